"""Addresses of the web: made clean, and made comparable.

Rule: `clean` is what we store and link to; `key` is what we compare by, blind to scheme, `www.`, tracking and the
other things that change without the piece changing. Both are pure text: nothing is looked up.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit, urlunsplit

import idna

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_TRACKING: Final = re.compile(
    r"(?:utm_\w+|pk_\w+|mtm_\w+|hsa_\w+|mc_[ce]id|gclid|dclid|gbraid|wbraid|fbclid|yclid|msclkid|igshid|twclid|ttclid|"
    r"_hsenc|_hsmi|__twitter_impression|at_(?:medium|campaign|link_\w+|format|ptr_name|bbc_team|custom\d)|"
    r"ns_(?:mchannel|source|campaign|linkname|fee)|traffic_source|xtor|ito|smid|cmpid|ocid|ftag|ref_?src|"
    r"sr_share|srnd|taid|wt[_.]mc|wtmc|ns_campaign|rss|syn-[0-9a-f]+)",
    re.IGNORECASE,
)
_ID: Final = re.compile(r"(?=\w*\d)[0-9a-f]{6,}|[a-z]{0,4}\d{4,}", re.IGNORECASE)
_DEFAULT_PORT: Final = {"http": 80, "https": 443}


def clean(url: str, base: str = "", whole: bool = False) -> str:
    """The absolute http(s) address as we store it, or "" when it is none.

    Relative addresses are joined to `base`; user names, fragments, default ports, invisible characters and tracking
    parameters go; a host of another script becomes its A-label (UTS 46). `whole`: the query stays as it is, as a
    feed's must, for which `?rss=1` is no tracking.
    """
    text = _CONTROL.sub("", url).strip().replace("\\", "/")
    if not text:
        return ""
    try:
        parts = urlsplit(urljoin(base, text) if base else text)
        host, port = _host(parts.hostname or ""), parts.port
    except ValueError:
        return ""
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORT or not host:
        return ""
    shown = f"[{host}]" if ":" in host else host
    place = shown if port in (None, _DEFAULT_PORT[scheme]) else f"{shown}:{port}"
    fragment = parts.fragment if parts.fragment.startswith("!") else ""
    query = _quoted(parts.query, also="=&?+,") if whole else _query(parts.query)
    return urlunsplit((scheme, place, _quoted(parts.path) or "/", query, _quoted(fragment)))[:2000]


def key(url: str) -> str:
    """32 hexadecimal characters by which two addresses of one piece are the same."""
    parts = urlsplit(clean(url) or url)
    host = re.sub(r"^(?:www\d?|m|amp|mobile)\.(?=.+\.)", "", parts.hostname or "")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    path = re.sub(r"/(?:index\.(?:html?|php)|amp)?/?$", "", unquote(parts.path))
    query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
    return digest(f"{host}{port}{path}?{query}#{parts.fragment}")


def feed_key(url: str) -> str:
    """What two addresses of one feed have in common: all but scheme, `www.` and a slash at the end."""
    parts = urlsplit(clean(url, whole=True) or url)
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port not in (None, 80, 443) else ""
    return f"{host}{port}{parts.path.rstrip('/')}?{parts.query}"


def words_of(url: str) -> str:
    """The headline an address spells, as `/2026/11/sea-wall-to-be-raised.html` does; "" under three words."""
    segments = [part for part in unquote(urlsplit(url).path).split("/") if part]
    for segment in reversed(segments[-2:]):
        stem = re.sub(r"\.[a-z]{2,5}$", "", segment)
        spelt = [
            word for word in re.split(r"[-_+ ]+", stem) if re.search(r"[^\W\d_]", word) and not _ID.fullmatch(word)
        ]
        if len(spelt) >= 3:
            text = " ".join(spelt)
            return text[:1].upper() + text[1:]
    return ""


def digest(text: str) -> str:
    """32 hexadecimal characters (128 bits of BLAKE2b) that stand for a text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def digest_of(body: bytes) -> str:
    """32 hexadecimal characters that stand for a document."""
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def host_of(url: str) -> str:
    """The host, lower-cased; "" when there is none."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


def port_of(url: str) -> int:
    """The port, as written or by scheme; 0 when it can't be read."""
    try:
        parts = urlsplit(url)
        return parts.port or _DEFAULT_PORT.get(parts.scheme, 0)
    except ValueError:
        return 0


@lru_cache(maxsize=4096)
def _host(host: str) -> str:
    """A host as its A-label; raises ValueError when it can't be one."""
    host = host.rstrip(".").lower()
    if host.isascii():
        if not re.fullmatch(r"[a-z0-9_.:-]*", host):
            raise ValueError(host)
        return host
    try:
        return idna.encode(host, uts46=True, transitional=False).decode("ascii")
    except idna.IDNAError:
        raise ValueError(host) from None


def _query(query: str) -> str:
    """The query without what only tracks."""
    if not query:
        return ""
    kept = [pair for pair in query.split("&") if pair and not _TRACKING.fullmatch(pair.partition("=")[0])]
    return _quoted("&".join(kept), also="=&?+,")


def _quoted(text: str, also: str = "") -> str:
    """Percent-encode what may not stand in an address; what is encoded stays as it is."""
    return quote(text, safe="/%:@!$&'()*+,;=~-._?" + also)
