"""An article page's bytes made a value: decoded, the outlet's no-snippet parts taken out, parsed once.

Rule: this only reads. What is kept, cut and believed is decided in `core` (pages, refining, excerpts, wishes).
trafilatura finds the text; an outlet's own CSS selector goes before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from charset_normalizer import from_bytes
from cssselect import SelectorError
from htmldate import find_date
from lxml.etree import _Element
from lxml.html import HtmlElement
from py3langid.langid import classify
from trafilatura import bare_extraction
from trafilatura.metadata import extract_author
from trafilatura.utils import load_html

from corante.core.languages import written
from corante.core.markup import clean
from corante.core.pages import Block, Claim, Page
from corante.core.wishes import OUR_NAME, read_wishes

from . import claims
from .prescan import prescan

_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{2,40})|<\?xml[^>]{0,80}?encoding\s*=\s*[\"']([\w-]{2,40})",
    re.IGNORECASE,
)
_HEADER_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
# What labels mean on the web (WHATWG Encoding): the supersets that outlets really use.
_MEANT = {"iso-8859-1": "cp1252", "latin1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252", "gb2312": "gb18030",
          "gbk": "gb18030", "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "shift_jis": "cp932", "iso-8859-9": "cp1254",
          "big5": "big5hkscs", "tis-620": "cp874", "iso-8859-11": "cp874", "x-sjis": "cp932"}  # fmt: skip
_SUSPICIOUS = 500
"""Characters: so little text on a page is looked for again, less strictly."""
_KINDS = {"p": "paragraph", "head": "heading", "item": "list", "quote": "quote", "row": "table", "code": "table"}


def read(
    body: bytes,
    url: str,
    content_type: str = "",
    robots_header: tuple[str, ...] = (),
    selector: str = "",
    date: bool = False,
) -> Page:
    """The page at `url`, as it says it is.

    `content_type` and `robots_header` (the X-Robots-Tag fields, and a `tdm-reservation: 1` field as it stood) are the
    answer's own; `selector` is the outlet's CSS selector of the text; `date`: look for a date in the text too, as a guess.
    Raises Refused for shapes no honest outlet sends.
    """
    prescan(body, "page")
    tree = load_html(decode(body, content_type))
    if tree is None:
        return Page()
    objects = claims.json_ld(tree)
    article = claims.main_article(objects, url)
    said = [*claims.article_claims(article, objects, url), *claims.meta_claims(tree, url)]
    said += _guesses(tree, said, date)
    wishes = read_wishes(
        [*robots_header, *claims.robots(tree, OUR_NAME)],
        reserved=claims.reserved(tree) or "tdm-reservation: 1" in robots_header,
        free=claims.free(article),
    )
    _drop_unquotable(tree)
    blocks = tuple(_blocks(tree, url, selector))
    return Page(blocks, tuple(said), claims.witness(article), wishes, detect(" ".join(b.text for b in blocks)))


def read_fragment(markup: str, url: str) -> Page:
    """An article's text as its feed carried it (`content:encoded`), in the same shape as a page."""
    prescan(markup.encode(), "page")
    tree = load_html(f"<html><body><article>{markup}</article></body></html>")
    if tree is None:
        return Page()
    _drop_unquotable(tree)
    blocks = tuple(_plain_blocks(tree))
    return Page(blocks, detected=detect(" ".join(b.text for b in blocks)))


def decode(body: bytes, content_type: str = "") -> str:
    """Text of the bytes: byte-order mark, then UTF-8 where it fits, then header, then the document, then a guess."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if body.startswith(mark):
            return body[len(mark) :].decode(name, "replace")
    found = _CHARSET.search(body[:4096])
    labels = [*_HEADER_CHARSET.findall(content_type), *((found.group(1) or found.group(2)).decode() if found else "",)]
    for name in ("utf-8", *labels):
        try:
            return body.decode(_MEANT.get(name.lower(), name) if name else "utf-8")
        except (UnicodeDecodeError, LookupError):
            continue
    return _nearest(body, [name for name in labels if name])


def detect(text: str) -> str:
    """The language of a text by its script, else by the detector; empty when there is too little of it."""
    text = text[:1500]
    if len(text) < 40:
        return written(text)
    found: tuple[str, float] = classify(text)  # type: ignore[no-untyped-call]  # py3langid has no types
    return written(text) or found[0]


def _nearest(body: bytes, labels: list[str]) -> str:
    """Broken somewhere: nearly UTF-8 stays UTF-8, else the label, else what it looks like."""
    lenient = body.decode("utf-8", "replace")
    if lenient.count("\ufffd") < max(3, len(body) // 2000):
        return lenient
    for name in labels:
        try:
            return body.decode(_MEANT.get(name.lower(), name), "replace")
        except LookupError:
            continue
    guess = from_bytes(body[:100_000]).best()
    return body.decode(guess.encoding if guess else "cp1252", "replace")


def _guesses(tree: HtmlElement, said: list[Claim], date: bool) -> Iterator[Claim]:
    """What the library makes out, only for what nobody said."""
    if not any(claim.field == "author" for claim in said) and (author := extract_author(tree)):
        yield Claim("author", clean(author), "library")
    if date and not any(claim.field == "published" for claim in said) and (day := find_date(tree, original_date=True)):
        yield Claim("published", day, "guess")


def _drop_unquotable(tree: HtmlElement) -> None:
    """`data-nosnippet`: the outlet does not want this quoted, so nothing after here sees it."""
    for element in tree.xpath("//*[@data-nosnippet]"):
        if element.getparent() is not None:
            element.drop_tree()


def _blocks(tree: HtmlElement, url: str, selector: str) -> Iterator[Block]:
    if chosen := _picked(tree, selector):
        for element in chosen:
            yield from _plain_blocks(element)
        return
    exact = _extracted(tree, url, precision=True)
    if sum(len(block.text) for block in exact) < _SUSPICIOUS:
        exact = max(exact, _extracted(tree, url, precision=False), key=lambda b: sum(len(one.text) for one in b))
    yield from exact


def _picked(tree: HtmlElement, selector: str) -> list[HtmlElement]:
    """What the selector picks; nothing when it is none, so that a slip of the pen costs no article."""
    try:
        return list(tree.cssselect(selector)) if selector else []
    except SelectorError:
        return []


def _extracted(tree: HtmlElement, url: str, precision: bool) -> list[Block]:
    """The library's text. Precision loses a little on blogs and wins on news: fewer captions, teasers, plugs."""
    found: Any = bare_extraction(tree, url=url, include_comments=False, favor_precision=precision)
    return list(_walk(found.body)) if found is not None and found.body is not None else []


def _walk(element: _Element) -> Iterator[Block]:
    """Blocks of trafilatura's tree; text that stands outside any of them is a paragraph."""
    for child in element:
        kind = _KINDS.get(str(child.tag))
        if kind and not (child.tag in ("item", "quote") and child.find("p") is not None):
            yield from _lines(child, kind)
        else:
            yield from _own(child.text)
            yield from _walk(child)
        yield from _own(child.tail)


def _lines(element: _Element, kind: str) -> Iterator[Block]:
    """One block a line: `lb` breaks them."""
    links = sum(len("".join(ref.itertext())) for ref in element.iter("ref"))
    text = "".join(_pieces(element))
    for line in text.split("\n"):
        if line := clean(line):
            yield Block(kind, line, min(1.0, links / max(1, len(text))))


def _pieces(element: _Element) -> Iterator[str]:
    yield element.text or ""
    for child in element:
        yield "\n" if child.tag in ("lb", "p", "item", "head") else " " if child.tag == "cell" else ""
        yield from _pieces(child)
        yield child.tail or ""


def _own(text: str | None) -> Iterator[Block]:
    if text and (line := clean(text)):
        yield Block("paragraph", line)


_HTML_KINDS = {"p": "paragraph", "li": "list", "blockquote": "quote", "tr": "table", "pre": "table", "figcaption": "caption",
               "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading"}  # fmt: skip
_INLINE = frozenset(
    re.findall(
        r"\w+",
        "a abbr b bdi bdo big cite code data dfn em font i ins kbd mark q s samp small span strong sub sup time tt u var wbr",
    )
)
_SILENT = frozenset(
    re.findall(
        r"\w+", "script style noscript template iframe form button nav svg audio video object figure select textarea"
    )
)


def _plain_blocks(root: HtmlElement) -> Iterator[Block]:
    """Blocks of an element taken as it is, by the rules of HTML: block elements and `<br>` end a line."""
    lines: list[tuple[str, list[str], list[str]]] = [("paragraph", [], [])]
    _gather(root, "paragraph", False, lines, 0)
    for kind, text, linked in lines:
        if line := clean("".join(text)):
            yield Block(kind, line, min(1.0, len(clean("".join(linked))) / len(line)))


def _gather(
    element: HtmlElement, kind: str, link: bool, lines: list[tuple[str, list[str], list[str]]], depth: int
) -> None:
    if not isinstance(element.tag, str) or element.tag in _SILENT or depth > 200:
        return
    block = element.tag not in _INLINE
    kind = _HTML_KINDS.get(element.tag, kind)
    link = link or element.tag == "a"
    if block:
        lines.append((kind, [], []))
    _say(element.text, link, lines)
    for child in element:
        _gather(child, kind, link, lines, depth + 1)
        _say(child.tail, link, lines)
    if block:
        lines.append(("paragraph", [], []))


def _say(text: str | None, link: bool, lines: list[tuple[str, list[str], list[str]]]) -> None:
    if text:
        lines[-1][1].append(text)
        if link:
            lines[-1][2].append(text)
