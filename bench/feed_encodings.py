"""Feeds in other encodings than UTF-8: is their text what its outlet wrote?

Rule: what is right comes from elsewhere than our own ladder. Of a corpus' document it is what the document itself says is
expected of it (feedparser's tests do), else what its declaration makes of it where every byte fits, else UTF-8 where that
fits, else what encodings_right.toml says; one that none of these settles is left out and named. Of real feeds, written
anew in an encoding that has their letters, it is the text they were written from.
"""

from __future__ import annotations

import ast
import codecs
import pathlib
import re
import tomllib
from collections.abc import Iterable, Iterator
from typing import Final

from corante.core.feeds import ParsedFeed
from corante.sandbox import feeds
from corante.sandbox.decoding import decode, xml_bytes
from corante.sandbox.prescan import Refused

Document = tuple[str, bytes]
_NAMED: Final = tomllib.loads(pathlib.Path(__file__).with_name("encodings_right.toml").read_text())["encoding"]
_DECLARED: Final = re.compile(r"""(?:<\?xml[^>]*?encoding\s*=\s*|<meta[^>]*?charset\s*=\s*)["']?([\w.:-]+)""")
_HEADER: Final = re.compile(r"(?i)Header:\s*Content-type:\s*(.*)")
_EXPECTED: Final = re.compile(
    r"Expect:.*?(feed|entries\[0\])\[?\.?'?(title|description|summary)'?\]? == (u?'.*?')\s*$", re.M
)
_ENCODING: Final = re.compile(r"Expect:.*?\bencoding == '([\w-]+)'")
_NEEDED: Final = re.compile(r"SkipUnless:.*?lookup\('([\w-]+)'\)")
_WIDE: Final = ("utf-16", "utf-16-be", "utf-16-le", "utf-32", "utf-32-be", "utf-32-le", "cp037")
_ON_THE_WEB: Final = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
LEGACY: Final = [
    "iso-8859-1",
    "iso-8859-2",
    "iso-8859-5",
    "iso-8859-7",
    "iso-8859-8",
    "iso-8859-9",
    "iso-8859-15",
    "windows-1250",
    "windows-1251",
    "windows-1252",
    "windows-1253",
    "windows-1254",
    "windows-1255",
    "windows-1256",
    "windows-1257",
    "koi8-r",
    "koi8-u",
    "gb2312",
    "gb18030",
    "big5",
    "shift_jis",
    "euc-jp",
    "iso-2022-jp",
    "euc-kr",
    "utf-16",
]
CARRIED: Final = 0.98
"""Of a text's letters beyond ASCII, for an encoding to be one its outlet might have used; the rest became question marks."""


def evaluate(corpora: Iterable[Document], real: Iterable[Document]) -> dict[str, float]:
    """The feeds.encodings* keys."""
    judged = {name: _right(name, body) for name, body in corpora if _is_legacy(body)}
    for name, right in sorted(judged.items()):
        if not right:
            print(f"  {name}: {'wrong' if right is False else 'left out: nobody says what is right'}")
    found = {"feeds.encodings": _share([right for right in judged.values() if right is not None])}
    written = [one for name, body in real for one in _written_anew(name, body)]
    for key, which in (("transcoded", 0), ("transcoded_http", 1)):
        found[f"feeds.encodings.{key}"] = _share([rights[which] for rights in written])
    return {key: share for key, share in found.items() if share is not None}


def _is_legacy(body: bytes) -> bool:
    """Whether a document is in another encoding than UTF-8, or says so."""
    declared = _declared(body)
    if not _fits(body, "utf-8") or b"\x00" in body[:8] or body[:2] in (codecs.BOM_UTF16_BE, codecs.BOM_UTF16_LE):
        return True
    return bool(declared) and _codec(declared) != "utf-8" and (not body.isascii() or _codec(declared)[:7] == "iso2022")


def _right(name: str, body: bytes) -> bool | None:
    """Whether the document's text is read right; None when nobody says what is right."""
    said = next((text for text in _readings(body) if "Expect:" in text), "")
    header = _HEADER.search(said)
    declared_outside = header[1].strip() if header else ""
    if (needed := _NEEDED.search(said)) and not _codec(needed[1]):
        return None  # the test says itself that it is none where Python has no such encoding
    expected = _EXPECTED.search(said)
    if expected:
        return bool(_field(body, declared_outside, expected[1], expected[2]) == ast.literal_eval(expected[3]))
    encoding = _ENCODING.search(said)
    text = _gold(pathlib.PurePath(name).name, body, encoding[1] if encoding else "")
    return (
        None if text is None else decode(body, declared_outside) == text and _parsed(body) == _parsed(xml_bytes(text))
    )


def _gold(name: str, body: bytes, expected: str) -> str | None:
    tried = [expected, _NAMED.get(name, ""), "utf-8-sig", _declared(body), "utf-16" if b"\x00" in body[:8] else ""]
    return next(
        (body.decode(_codec(one)).removeprefix("\ufeff") for one in tried if one and _fits(body, _codec(one))), None
    )


def _field(body: bytes, content_type: str, of: str, name: str) -> str:
    """The field that a test of feedparser's asks about."""
    parsed = feeds.read(body, content_type, "http://feed.example/")
    if of == "feed":
        return parsed.title
    entry = parsed.entries[0]
    return entry.title if name == "title" else entry.html or entry.summary


def _written_anew(name: str, body: bytes) -> Iterator[tuple[bool, bool]]:
    """A real feed in each encoding that has its letters: read right declared inside, and by HTTP alone."""
    if not _fits(body, "utf-8") or body.isascii() or body.lstrip()[:1] != b"<":
        return
    original = re.sub(r"^\s*<\?xml[^>]*\?>", "", body.decode("utf-8-sig"))
    beyond = sum(ord(letter) > 127 for letter in original)
    for label in LEGACY:
        codec = _codec(label)
        written = original.encode(codec, "replace")
        text = written.decode(codec)
        kept = beyond - (text.count("?") - original.count("?"))
        if kept < CARRIED * beyond:
            continue
        inside = f'<?xml version="1.0" encoding="{label}"?>{text}'
        bare = written if label != "utf-16" else text.encode("utf-16-le")
        yield (
            decode(inside.encode(codec)) == inside,
            decode(bare, f"application/rss+xml; charset={label if label != 'utf-16' else 'utf-16le'}") == text,
        )


def _parsed(body: bytes) -> ParsedFeed:
    try:
        return feeds.read(body, "", "http://feed.example/")
    except Refused:
        return ParsedFeed()


def _readings(body: bytes) -> Iterator[str]:
    """The document as several families of encodings have it, to find what it says of itself."""
    for encoding in ("latin-1", *_WIDE):
        if _fits(body, encoding):
            yield body.decode(encoding)


def _declared(body: bytes) -> str:
    found = _DECLARED.search(body[:4096].replace(b"\x00", b"").decode("latin-1"))
    return found[1] if found else ""


def _codec(label: str) -> str:
    """The codec the web means by a label; "" when Python has none."""
    try:
        name = codecs.lookup(label).name
    except LookupError:
        return ""
    return _ON_THE_WEB.get(name, name)


def _fits(body: bytes, codec: str) -> bool:
    try:
        body.decode(codec)
    except (UnicodeError, LookupError):
        return False
    return True


def _share(values: list[bool]) -> float | None:
    return sum(values) / len(values) if values else None
