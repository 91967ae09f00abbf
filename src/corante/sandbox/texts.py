"""A page's text as typed blocks: what the library takes for the article, or what the outlet's own CSS selector picks.

Rule: trafilatura's generous mode without its second opinion (readability, jusText: a third of its time): what is too much
`core.filtering` takes out again, which knows where on the page each line stood; what is missing nobody could put in. The
second opinion is heard only where the first looks like a menu or like nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Final

from cssselect import SelectorError
from lxml.etree import _Element
from lxml.html import HtmlElement
from trafilatura import bare_extraction

from corante.core.markup import clean, words
from corante.core.pages import Block
from corante.core.sentences import finished

from .surroundings import placed
from .trees import INLINE
from .unseen import hidden_by, mark_hidden, withheld

_SHORT: Final = 60
"""Words: so little text is looked for again."""
_PROSE: Final = 0.2
"""Of the words, in whole sentences: a text with less, and of lines as short as a menu's, is looked for again."""
_MENU: Final = 8
"""Words in a line, on average."""
_KINDS = {"p": "paragraph", "head": "heading", "item": "list", "quote": "quote", "row": "table", "code": "table"}


def blocks_of(tree: HtmlElement, url: str, selector: str = "", css: str = "") -> Iterator[Block]:
    """The blocks of the article on this page. `selector` goes before everything else; `css` is the page's own style sheets.

    They are asked only about what the text stands in: few pages hide anything there, and those are read once more.
    """
    if chosen := _picked(tree, selector):
        mark_hidden(tree, css)
        for element in chosen:
            yield from plain_blocks(element)
        return
    found, around = placed(_best(tree, url), tree)
    if hidden_by(css, around):
        mark_hidden(tree, css)
        found, _ = placed(_best(tree, url), tree)
    yield from found


def _best(tree: HtmlElement, url: str) -> list[Block]:
    """The library's text; where it is doubtful, the better of it and its second opinion."""
    found = _extracted(tree, url, fast=True)
    return max(found, _extracted(tree, url, fast=False), key=_worth) if _doubtful(found) else found


def _doubtful(blocks: list[Block]) -> bool:
    """Hardly a text, or a menu taken for one."""
    size = sum(words(block.text) for block in blocks)
    return size < _SHORT or (_prose(blocks) < _PROSE * size and size < _MENU * len(blocks))


def _worth(blocks: list[Block]) -> float:
    """The more prose the better, and the less beside it."""
    return _prose(blocks) ** 2 / max(1, sum(words(block.text) for block in blocks))


def _prose(blocks: list[Block]) -> int:
    """Words in lines that are whole sentences."""
    sizes = ((words(block.text), block.text) for block in blocks)
    return sum(size for size, line in sizes if size >= 12 and finished(line))


def _picked(tree: HtmlElement, selector: str) -> list[HtmlElement]:
    """What the selector picks; nothing when it is none, so that a slip of the pen costs no article."""
    try:
        return list(tree.cssselect(selector)) if selector else []
    except SelectorError:
        return []


def _extracted(tree: HtmlElement, url: str, fast: bool) -> list[Block]:
    """The library's text. With "python" for a format it would write it out as well, which nobody reads."""
    found: Any = bare_extraction(tree, url=url, fast=fast, include_comments=False, output_format="txt")
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
_SILENT = frozenset(
    re.findall(
        r"\w+", "script style noscript template iframe form button nav svg audio video object figure select textarea"
    )
)


def plain_blocks(root: HtmlElement) -> Iterator[Block]:
    """Blocks of an element taken as it is, by the rules of HTML: block elements and `<br>` end a line."""
    around = reduce(lambda why, one: withheld(one, why), reversed(list(root.iterancestors())), "")
    lines = [_Line("paragraph", around)]
    _gather(root, lines[0], False, lines, 0)
    for line in lines:
        if text := clean("".join(line.text)):
            links = min(1.0, len(clean("".join(line.linked))) / len(text))
            yield Block(line.kind, text, links, withheld=line.withheld)


@dataclass
class _Line:
    """A line in the making."""

    kind: str
    withheld: str
    text: list[str] = field(default_factory=list)
    linked: list[str] = field(default_factory=list)


def _gather(element: HtmlElement, around: _Line, link: bool, lines: list[_Line], depth: int) -> None:
    if not isinstance(element.tag, str) or element.tag in _SILENT or depth > 200:
        return
    block = element.tag not in INLINE
    kind = _HTML_KINDS.get(element.tag, around.kind)
    mine = _Line(kind, withheld(element, around.withheld))
    link = link or element.tag == "a"
    if block:
        lines.append(mine)
    _say(element.text, link, lines)
    for child in element:
        _gather(child, mine, link, lines, depth + 1)
        _say(child.tail, link, lines)
    if block:
        lines.append(_Line("paragraph", around.withheld))


def _say(text: str | None, link: bool, lines: list[_Line]) -> None:
    if text:
        lines[-1].text.append(text)
        if link:
            lines[-1].linked.append(text)
