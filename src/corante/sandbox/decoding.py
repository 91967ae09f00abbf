"""From bytes to text: the ladder of encodings, for feeds and pages alike; and stray ampersands mended.

Rule: a byte-order mark, then valid UTF-8 whatever anyone declares, then what the document declares, then what HTTP
declared, then a guess. Labels mean what browsers take them to mean (ISO-8859-1 is Windows-1252, GB2312 is GB18030).
"""

from __future__ import annotations

import codecs
import re
from html.entities import html5
from typing import Final

from charset_normalizer import from_bytes

_BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SHAPES: Final = (
    (b"<\x00\x00\x00", "utf-32-le"),
    (b"\x00\x00\x00<", "utf-32-be"),
    (b"<\x00", "utf-16-le"),
    (b"\x00<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),  # "<?xm" in EBCDIC
)
_BROWSERS: Final = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "hz": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
}
_DECLARED: Final = re.compile(
    rb"""(?:<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})|<meta[^>]{0,300}?charset\s*=\s*["']?\s*([\w.:-]{1,40}))""",
    re.IGNORECASE,
)
_ODD: Final = re.compile(r"[A-Za-z][¹²³¼½¾¿£¥ª¯°±´µ¶¸º¤¦§¨©¬\ufffd][a-z]")
_CDATA = re.compile(rb"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_AMPERSAND = re.compile(
    rb"&(?!#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|(?:amp|lt|gt|quot|apos);)(?:([A-Za-z][A-Za-z0-9]{1,30});)?"
)
_DECLARATION = re.compile(r"""(<\?xml[^>]{0,200}?)\s+encoding\s*=\s*(?:"[^"]{0,60}"|'[^']{0,60}')""", re.IGNORECASE)
_HTTP: Final = re.compile(r"""charset\s*=\s*["']?([\w.:-]{1,40})""", re.IGNORECASE)


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a document; bytes that fit no encoding become U+FFFD."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    for shape, encoding in _SHAPES:
        if body.startswith(shape):
            return _ebcdic(body) if encoding == "cp037" else body.decode(encoding, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        pass
    return _by_declaration(body, content_type)


def xml_bytes(text: str) -> bytes:
    """A document as UTF-8, with a declaration that says so."""
    return _DECLARATION.sub(r'\1 encoding="utf-8"', text[:2048], count=1).encode() + text[2048:].encode()


def with_entities(data: bytes) -> bytes:
    """Bare ampersands and HTML's named characters made XML, so that no parser drops the words around them."""
    if b"&" not in data or b"<!ENTITY" in data:
        return data
    return b"".join(
        part if part.startswith(b"<![CDATA[") else _AMPERSAND.sub(_entity, part) for part in _CDATA.split(data) if part
    )


def _entity(found: re.Match[bytes]) -> bytes:
    named = html5.get((found[1] or b"").decode() + ";")
    return f"{named}".encode() if named and named not in "<&" else b"&amp;" + found[0][1:]


def _by_declaration(body: bytes, content_type: str) -> str:
    inside = _DECLARED.search(body, 0, 4096)
    outside = _HTTP.search(content_type)
    declared = [(inside[1] or inside[2]).decode("ascii", "replace")] if inside else []
    declared += [outside[1]] if outside else []
    for label in declared:
        if codec := _codec(label):
            try:
                return body.decode(codec)
            except (UnicodeDecodeError, LookupError):
                continue
    return _nearly(body, [c for c in map(_codec, declared) if c])


def _nearly(body: bytes, codecs_declared: list[str]) -> str:
    """No encoding fits wholly: mostly UTF-8 with a flaw, else the declared one with flaws, else the best guess."""
    lenient = body.decode("utf-8", "replace")
    if lenient.count("\ufffd") * 200 <= sum(byte > 127 for byte in body[:200_000]):
        return lenient
    for codec in codecs_declared:
        if codec not in ("utf-8", "cp1252"):
            return body.decode(codec, "replace")
    western = body.decode("cp1252", "replace")
    if sum(byte > 127 for byte in body[:65_536]) < len(body[:65_536]) // 20 and not _ODD.search(western):
        return western  # a few accents in Latin text: detectors take them for Central European
    guess = from_bytes(body[:65_536]).best()
    return body.decode(guess.encoding if guess else "cp1252", "replace")


def _codec(label: str) -> str:
    """Python's name of the codec a browser takes for this label; "" when there is none."""
    try:
        name = codecs.lookup(label.strip().lower().removeprefix("x-")).name
    except (LookupError, ValueError):
        return ""
    return _BROWSERS.get(name, name)


def _ebcdic(body: bytes) -> str:
    found = re.search(r"""encoding\s*=\s*["']([\w.:-]{1,40})""", body[:400].decode("cp037"))
    return body.decode(_codec(found[1]) if found and _codec(found[1]) else "cp037", "replace")
