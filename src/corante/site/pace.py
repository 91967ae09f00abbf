"""How often one network may ask for what costs the database something, and how much of it runs at once.

Rule: in memory of this process and forgotten with it; what a network asks leaves no row. A network is a /24 or a /48:
behind one there may be a school, so the allowance is generous and refills by the second.
"""

from __future__ import annotations

from collections import OrderedDict
from math import ceil
from threading import Lock

from corante.core.addresses import Address, neighbourhood

NETWORKS = 20_000


class Pace:
    """A bucket for each network: `burst` at once, then `a_second`."""

    def __init__(self, burst: float, a_second: float) -> None:
        self.burst, self.a_second = burst, a_second
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = Lock()

    def wait(self, network: str, at: float) -> int:
        """Take one from the network's bucket; 0, or in how many whole seconds there is one again (none taken).

        `at` is in seconds of a clock that only goes forward.
        """
        with self._lock:
            left, since = self._buckets.pop(network, (self.burst, at))
            left = min(self.burst, left + (at - since) * self.a_second)
            self._buckets[network] = (left - 1 if left >= 1 else left, at)
            if len(self._buckets) > NETWORKS:
                self._buckets.popitem(last=False)
            return 0 if left >= 1 else max(1, ceil((1 - left) / self.a_second))


def network(address: Address | None) -> str:
    """The network an address belongs to; all whose address can't be read are one."""
    if address is None:
        return "unknown"
    return str(neighbourhood(address))
