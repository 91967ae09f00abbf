"""Every line of a page as a browser would break it, with what it is inside of and what that is called.

Rule: this reads the page as it stands and chooses nothing; menus, footers and buttons it passes by. Nothing here knows any
outlet: names of classes are read for the words people everywhere give such things.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from lxml.html import HtmlElement

from corante.core.markup import clean, words

from .trees import INLINE
from .unseen import withheld

DEEPEST = 250
"""Elements: the pre-scan refuses deeper pages."""
_NOTHING: frozenset[str] = frozenset()


class Container:
    """A block element: where lines stand. Its names are read only when somebody asks."""

    def __init__(self, element: HtmlElement | None, up: Container | None, number: int) -> None:
        self.element, self.up, self.number = element, up, number
        self.kind: str = up.kind if up else "paragraph"
        self.inside: frozenset[str] = up.inside if up else _NOTHING
        self.withheld: str = up.withheld if up else ""
        if element is not None:
            tag = str(element.tag)
            self.kind = _KINDS.get(tag, self.kind)
            self.inside = self.inside | {tag} if tag in _TOLD else self.inside
            self.withheld = withheld(element, self.withheld)

    @cached_property
    def hints(self) -> int:
        """Kinds of names it carries, one bit each; what names the whole page says nothing of a part."""
        outermost = self.up is None or self.up.up is None or self.up.up.up is None
        return 0 if outermost or self.element is None else _hints(_names(self.element))


@dataclass
class Line:
    """One line of the page as a browser would break it. `links` and `bold` are shares of its characters."""

    at: Container
    text: str
    links: float
    bold: float
    words: int

    @cached_property
    def path(self) -> tuple[Container, ...]:
        """The containers around the line, the innermost first."""
        found, at = [], self.at
        while at.up is not None:
            found.append(at)
            at = at.up
        return tuple(found)

    @cached_property
    def look(self) -> tuple[str, ...]:
        """What lines of one sort have in common: the tags and classes of the two innermost containers."""
        inner = [one.element for one in (self.at, self.at.up) if one is not None and one.element is not None]
        return tuple(said for element in inner for said in (str(element.tag), element.get("class") or ""))


def lines_of(root: HtmlElement) -> list[Line]:
    """The lines under `root` that hold words, in reading order."""
    walk = _Walk()
    walk.element(root, Container(None, None, 0), False, False, 0)
    return walk.lines


class _Walk:
    """A page's lines in reading order; block elements and `<br>` break them."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.count = 0
        self.parts: list[str] = []
        self.linked = self.bold = 0

    def element(self, at: HtmlElement, around: Container, link: bool, bold: bool, depth: int) -> None:
        """One element and what is in it."""
        tag = at.tag
        if not isinstance(tag, str) or tag in _SILENT or depth > DEEPEST:
            return
        if tag == "br":
            self._end(around)
        elif tag in INLINE or (tag in ("td", "th") and not any(child.tag in _BLOCKS for child in at)):
            if tag in ("td", "th"):
                self.parts.append(" ")
            self._inner(at, around, link or tag == "a", bold or tag in ("b", "strong"), depth)
        else:
            self._end(around)
            self.count += 1
            mine = Container(at, around, self.count)
            self._inner(at, mine, link, bold, depth)
            self._end(mine)

    def _inner(self, at: HtmlElement, around: Container, link: bool, bold: bool, depth: int) -> None:
        self._say(at.text, link, bold)
        for child in at:
            self.element(child, around, link, bold, depth + 1)
            self._say(child.tail, link, bold)

    def _end(self, at: Container) -> None:
        """What was said since the last end is a line, if it holds a word."""
        if not self.parts:
            return
        text = clean("".join(self.parts))
        if any(map(str.isalnum, text)):
            length = len(text)
            shares = min(1.0, self.linked / length), min(1.0, self.bold / length)
            self.lines.append(Line(at, text, *shares, words(text)))
        self.parts, self.linked, self.bold = [], 0, 0

    def _say(self, text: str | None, link: bool, bold: bool) -> None:
        if text and (text := text if text.strip() else " "):
            self.parts.append(text)
            if link or bold:
                length = len(text.strip())
                self.linked += length * link
                self.bold += length * bold


def _names(at: HtmlElement) -> str:
    named = map(at.get, ("class", "id", "itemprop", "role", "data-testid", "data-component"))
    return " ".join(filter(None, named))[:300]


@lru_cache(maxsize=20_000)
def _hints(names: str) -> int:
    """Which of the nine kinds of name an element carries, one bit each."""
    low = re.sub(r"([a-z])([A-Z])", r"\1-\2", names).lower()
    return sum(1 << at for at, pattern in enumerate(_HINTS) if low and pattern.search(low))


_KINDS = {"li": "list", "dt": "list", "dd": "list", "blockquote": "quote", "tr": "table", "pre": "table", "figcaption": "caption",
          "caption": "caption", "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading"}  # fmt: skip
_TOLD = frozenset(["aside", "header", "figure", "form", "p"])
_BLOCKS = frozenset(re.findall(r"\w+", "p div table ul ol li h1 h2 h3 h4 h5 h6 blockquote section article br"))
_SILENT = frozenset(
    re.findall(
        r"\w+",
        "nav footer button script style noscript template iframe svg audio video object select textarea head input canvas map",
    )
)
_HINTS = tuple(
    re.compile(pattern)
    for pattern in (
        r"relat|recommend|read-?(?:more|also|next)|more-|teaser|promo|card|also|popular|trend|most-?(?:read|view)|latest|outbrain|taboola"
        r"|suggest|further|linked|recirc|onward|list",
        r"nav|menu|foot|sidebar|breadcrumb|widget|toolbar|banner|cookie|consent|modal|popup|overlay|advert|\bads?\b|sponsor|gdpr|rail"
        r"|sticky|skip",
        r"share|social|follow|comment|disqus|repl(?:y|ies)|subscri|newsletter|sign-?up|paywall|login|regwall|donat|regist|promo|cta"
        r"|call-?to|piano|offer",
        r"byline|author|meta|date|time|publi|posted|kicker|eyebrow|tags?\b|label|categor|credit|copyright|topic|keyword|\bbio|source"
        r"|writer|contributor|agency|reading",
        r"caption|figure|image|img|photo|media|picture|gallery|slide|video|player|embed|tweet|audio|thumb|foto|bild",
        r"fact|infobox|box|aside|pull|quote|timeline|note|disclaimer|correction|appendix|glossar|poll|quiz",
        r"article-?_?-?(?:body|content|text|main|detail|copy)|story-?_?-?(?:body|content|text)|entry|post-?_?(?:content|body)|body"
        r"|rich-?text|paragraph|prose|text|content|copy",
        r"\blead|intro|standfirst|\bdek|summary|abstract|subtitle|excerpt|deck|descri|sapo|chapo|ingress|vorspann|sub-?head|sottotitolo"
        r"|entradilla|bajada|anons|preamble|sub-?title|stand-?first|strapline",
        r"headline|title|heading|\bh1|\bh2",
    )
)
"""Other pieces · furniture · sharing and asking · who and when · pictures · boxes · the text · the standfirst · headings."""
