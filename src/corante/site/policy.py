"""What browsers may do with our pages, in headers.

Rule: public pages may do nothing but show their one inlined sheet and post a form home. The desk may also load our
own files. Nothing is ever loaded from elsewhere.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from corante.catalog.templating import style_hash

_CLOSED: Final = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
DESK: Final = (
    _CLOSED + "style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; frame-src 'self'"
)


@lru_cache(maxsize=1)
def public_policy() -> str:
    """The Content-Security-Policy of a public page: its own sheet, by its hash."""
    return f"{_CLOSED}style-src 'self' {style_hash()}; img-src 'self' data:"


@lru_cache(maxsize=1)
def public_headers() -> tuple[tuple[bytes, bytes], ...]:
    """The headers that go with every file of the public tree."""
    return (
        (b"content-security-policy", public_policy().encode()),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
        (b"cross-origin-opener-policy", b"same-origin"),
    )
