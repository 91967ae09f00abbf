"""The world's many exceptions as few named outcomes, with what happened in words."""

from __future__ import annotations

import ssl
from typing import Final

import aiohttp

from corante.core.feeds import Outcome

from .guard import SAYS

NO_CONTACT: Final = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)
"""No connection came about: nothing was asked."""

_Kind = type[BaseException] | tuple[type[BaseException], ...]
_KINDS: Final[tuple[tuple[_Kind, Outcome], ...]] = (
    (aiohttp.ClientConnectorDNSError, Outcome.NO_SUCH_HOST),
    ((aiohttp.ClientSSLError, aiohttp.ClientConnectorCertificateError, ssl.SSLError), Outcome.BAD_TLS),
    ((aiohttp.ServerTimeoutError, TimeoutError), Outcome.TIMED_OUT),
    ((aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError), Outcome.BAD_ADDRESS),
    ((aiohttp.ClientConnectorError, ConnectionError, OSError), Outcome.NO_CONNECTION),
    ((aiohttp.ClientPayloadError, aiohttp.ClientError, ValueError), Outcome.BAD_ANSWER),
)


def failure(error: Exception) -> tuple[Outcome, str]:
    """How a request ended that ended by this error."""
    if SAYS in str(error):  # several addresses tried, several refused: their words are joined, their types lost
        return Outcome.BLOCKED_ADDRESS, _plainly(error)
    for kind, outcome in _KINDS:
        if isinstance(error, kind):
            return outcome, _plainly(error)
    return Outcome.BAD_ANSWER, f"{type(error).__name__}: {error}"[:300]


def _plainly(error: Exception) -> str:
    """What happened, without the library's own preamble."""
    below = getattr(error, "os_error", None)
    return (getattr(below, "strerror", None) or str(below or error) or type(error).__name__)[:300]
