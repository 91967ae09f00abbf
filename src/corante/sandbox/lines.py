"""Every line of a page as a browser would break it, with what it is inside of and what that is called.

Rule: this reads the page as it stands and chooses nothing. Nothing here knows any outlet: names of classes are read for
the words people everywhere give such things.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache

from lxml.html import HtmlElement

from corante.core.markup import clean, words
from corante.core.tokens import words as tokens

from .unseen import PAID

DEEPEST = 250
"""Elements: the pre-scan refuses deeper pages."""


@dataclass
class Line:
    """One line of the page as a browser would break it."""

    kind: str = "paragraph"
    inside: frozenset[str] = frozenset()
    near: int = 0
    above: int = 0
    path: tuple[int, ...] = ()
    look: tuple[str, ...] = ("", "")
    paid: bool = False
    parts: list[str] = field(default_factory=list)
    bold: int = 0
    linked: int = 0
    text: str = ""
    tokens: list[str] = field(default_factory=list)
    words: int = 0

    @property
    def links(self) -> float:
        """Share of the line's characters that stand in links."""
        return min(1.0, self.linked / max(1, len(self.text)))


def lines_of(root: HtmlElement) -> list[Line]:
    """The lines under `root` that hold words, in reading order."""
    walk = _Walk()
    walk.element(root, Line(), False, False, 0, 0)
    for line in walk.lines:
        line.text = clean("".join(line.parts))
        line.tokens = tokens(line.text)
        line.words = words(line.text)
    return [line for line in walk.lines if line.tokens]


class _Walk:
    """A page's lines in reading order; block elements and `<br>` break them."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.count = 0
        self.open = Line()

    def element(self, at: HtmlElement, around: Line, link: bool, bold: bool, named: int, depth: int) -> None:
        """One element and what is in it; `named`: the hints of the element around."""
        tag = at.tag
        if not isinstance(tag, str) or tag in _SILENT or depth > DEEPEST:
            return
        if tag == "br":
            self._begin(around)
        elif tag in _INLINE or (tag in ("td", "th") and not any(child.tag in _BLOCKS for child in at)):
            if tag in ("td", "th"):
                self.open.parts.append(" ")
            self._inner(at, around, link or tag == "a", bold or tag in ("b", "strong"), named, depth)
        else:
            hints = _hints(_names(at)) if depth > 1 else 0
            mine = self._line(at, tag, around, named, hints)
            self._begin(mine)
            self._inner(at, mine, link, bold, hints, depth)
            self._begin(around)

    def _inner(self, at: HtmlElement, around: Line, link: bool, bold: bool, named: int, depth: int) -> None:
        self._say(at.text, link, bold)
        for child in at:
            self.element(child, around, link, bold, named, depth + 1)
            self._say(child.tail, link, bold)

    def _line(self, at: HtmlElement, tag: str, around: Line, named: int, hints: int) -> Line:
        self.count += 1
        return Line(
            _KINDS.get(tag, around.kind),
            around.inside | {tag} if tag in _TOLD else around.inside,
            hints | named,
            around.above | named,
            (*around.path, self.count),
            (tag, at.get("class") or "", *around.look[:2]),
            around.paid or at.get(PAID) is not None,
        )

    def _begin(self, around: Line) -> None:
        if self.open.parts:
            self.lines.append(self.open)
        self.open = Line(around.kind, around.inside, around.near, around.above, around.path, around.look, around.paid)

    def _say(self, text: str | None, link: bool, bold: bool) -> None:
        if text and (text := text if text.strip() else " "):
            self.open.parts.append(text)
            self.open.linked += len(text.strip()) * link
            self.open.bold += len(text.strip()) * bold


def _names(at: HtmlElement) -> str:
    return " ".join(filter(None, map(at.get, ("class", "id", "itemprop", "role", "data-testid", "data-component"))))[
        :300
    ]


@lru_cache(maxsize=20_000)
def _hints(names: str) -> int:
    """Which of the nine kinds of name an element carries, one bit each."""
    low = re.sub(r"([a-z])([A-Z])", r"\1-\2", names).lower()
    return sum(1 << at for at, pattern in enumerate(_HINTS) if low and pattern.search(low))


_KINDS = {"li": "list", "dt": "list", "dd": "list", "blockquote": "quote", "tr": "table", "pre": "table", "figcaption": "caption",
          "caption": "caption", "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading", "h5": "heading", "h6": "heading"}  # fmt: skip
_TOLD = frozenset(["aside", "nav", "footer", "header", "figure", "form", "button", "p"])
_BLOCKS = frozenset(re.findall(r"\w+", "p div table ul ol li h1 h2 h3 h4 h5 h6 blockquote section article br"))
_INLINE = frozenset(
    re.findall(
        r"\w+",
        "a abbr acronym b bdi bdo big cite code data dfn em font i ins kbd label mark nobr q ruby s samp small span strike strong sub"
        " sup time tt u var wbr",
    )
)
_SILENT = frozenset(
    re.findall(
        r"\w+", "script style noscript template iframe svg audio video object select textarea head input canvas map"
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
