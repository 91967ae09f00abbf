"""A form's stamp: made by us, for this address and network, not before, not after, and once.

Rule: no row is made by looking; a stamp proves itself by our key. Whoever fills a form faster than a person can, or comes
with another's stamp or a used one, is asked to press again: nobody is told no, and no script is needed.
"""

from __future__ import annotations

import hmac
import re
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings

from corante.core.delivering import mark

WAIT: Final = timedelta(seconds=5)
WITHIN: Final = timedelta(hours=1)
_STAMP: Final = re.compile(r"(\d{1,12})\.([0-9a-f]{16})\.([0-9a-f]{32})")


def made(address: str, network: str, now: datetime) -> str:
    """A stamp for one address asked from one network."""
    at, nonce = int(now.timestamp()), secrets.token_hex(8)
    return f"{at}.{nonce}.{_sealed(at, nonce, address, network)}"


def proven(stamp: str, address: str, network: str, now: datetime) -> str:
    """What of a stamp may be used once, if it is ours, for this, old enough and young enough; else empty."""
    found = _STAMP.fullmatch(stamp)
    if not found or not hmac.compare_digest(_sealed(int(found[1]), found[2], address, network), found[3]):
        return ""
    age = timedelta(seconds=now.timestamp() - int(found[1]))
    return found[2] if WAIT <= age <= WITHIN else ""


def _sealed(at: int, nonce: str, address: str, network: str) -> str:
    return mark(settings.SECRET_KEY, "stamp", at, nonce, address.strip().casefold(), network)
