"""From bytes to text: the ladder of encodings, for feeds and pages alike; and stray ampersands mended.

Rule: a byte-order mark, then valid UTF-8 whatever anyone declares, then what the document declares, then what HTTP
declared, then a guess. Labels mean what browsers take them to mean (ISO-8859-1 is Windows-1252, GB2312 is GB18030).
Encodings of seven bits look like valid UTF-8: there the declaration is heeded where the document shifts as they do.
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
_SHAPES: Final = {
    (True, False, False, False): "utf-32-le",
    (False, False, False, True): "utf-32-be",
    (True, False, True, False): "utf-16-le",
    (False, True, False, True): "utf-16-be",
}
"""Which of the first four bytes are not zero where a document begins with letters of ASCII."""
_XML_IN_EBCDIC: Final = b"\x4c\x6f\xa7\x94"
_BROWSERS: Final = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "big5": "big5hkscs",
    "iso2022_jp": "iso2022_jp_ext",
}
_LABELS: Final = {
    "windows-31j": "cp932",
    "windows-949": "cp949",
    "cseuckr": "cp949",
    "ks_c_5601-1989": "cp949",
    "ksc_5601": "cp949",
    "iso-ir-149": "cp949",
    "windows-874": "cp874",
    "dos-874": "cp874",
    "gb_2312": "gb18030",
    "gb_2312-80": "gb18030",
    "csgb2312": "gb18030",
    "hz-gb-2312": "hz",
    "cn-big5": "big5hkscs",
    "mac": "mac_roman",
    "csmacintosh": "mac_roman",
    "mac-ukrainian": "mac_cyrillic",
    "koi": "koi8-r",
    "koi8": "koi8-r",
    "koi8-ru": "koi8-u",
    "ms-cyrl": "cp1251",
    "sun_eu_greek": "iso8859-7",
    "csisolatin9": "iso8859-15",
    "logical": "iso8859-8",
    "visual": "iso8859-8",
}
"""Labels of the web (WHATWG Encoding §4.2, and Windows' own of Cyrillic) that Python does not know, without "x-"."""
_NO_CHARSETS: Final = frozenset(
    [
        "utf-7",
        "idna",
        "punycode",
        "undefined",
        "unicode-escape",
        "raw-unicode-escape",
        "rot-13",
        "base64",
        "bz2",
        "hex",
        "quopri",
        "uu",
        "zlib",
    ]
)
"""Codecs of Python's that no document is in, whatever it declares."""
_SHIFTS: Final = {"iso2022_jp_ext": b"\x1b", "iso2022_kr": b"\x1b", "hz": b"~{"}
"""What a document of seven bits has in it when it really is what it says."""
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
    if body.startswith(_XML_IN_EBCDIC):
        return _ebcdic(body)
    shape = tuple(map(bool, body[:4]))
    if shape in _SHAPES:
        return body.decode(_SHAPES[shape], "replace")
    declared = _declared(body, content_type)
    for codec in declared:
        if codec in _SHIFTS and _SHIFTS[codec] in body and body.isascii():
            return body.decode(codec, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return _by_declaration(body, declared)


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


def _declared(body: bytes, content_type: str) -> list[str]:
    """Codecs of what the document and then HTTP declare, where there are such."""
    inside, outside = _DECLARED.search(body, 0, 4096), _HTTP.search(content_type)
    labels = [(inside[1] or inside[2]).decode("ascii", "replace")] if inside else []
    labels += [outside[1]] if outside else []
    return [codec for label in labels if (codec := _codec(label))]


def _by_declaration(body: bytes, declared: list[str]) -> str:
    for codec in declared:
        try:
            return body.decode(codec)
        except (UnicodeError, LookupError):
            continue
    return _nearly(body, declared)


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
    label = label.strip().lower()
    while label.startswith("x-"):
        label = label[2:]
    label = re.sub(r"^(?:cs)?iso-?8859-?(\d{1,2})(?:-?[ei])?$", r"iso8859-\1", label)
    try:
        name = codecs.lookup(_LABELS.get(label, label)).name
    except (LookupError, ValueError):
        return ""
    return "" if name in _NO_CHARSETS else _BROWSERS.get(name, name)


def _ebcdic(body: bytes) -> str:
    found = re.search(r"""encoding\s*=\s*["']([\w.:-]{1,40})""", body[:400].decode("cp037"))
    return body.decode(_codec(found[1]) if found and _codec(found[1]) else "cp037", "replace")
