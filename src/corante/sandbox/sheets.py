"""A page's own style sheets as plain rules: selectors of tags, classes and ids, each with its declarations.

Rule: a rule is found by a word of it and read only then, for of a thousand few say anything that is asked for. A selector
that is not plain (pseudo-classes, siblings, attributes) is no rule. Sheets from elsewhere are not asked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Final

from lxml.html import HtmlElement

LONGEST: Final = 250_000
"""Characters of style sheets that are read: of 237 pages, few had half as many."""
LONGEST_CONDITION: Final = 300
LONGEST_HEAD: Final = 5_000
LONGEST_BODY: Final = 2_000
"""Characters of a condition, of a list of selectors, and of a rule's declarations."""
MOST_SHEETS: Final = 200
MOST_RULES: Final = 3_000
"""Selectors tried; beyond them nothing more is hidden."""
_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
# Letters and digits only: an escaped colon is part of a name.
_ESCAPED: Final = re.compile(r"\\(?:0{0,4}([3-7][0-9a-fA-F])(?:\s|(?![0-9a-fA-F]))|([g-zG-Z]))")
_BRACE: Final = re.compile(r"([{}])")
HINTS: Final = {
    word: re.compile(pattern)
    for word, pattern in (
        ("display", r"display\s*+:\s*+none"),
        ("visibility", r"visibility\s*+:\s*+[hc]"),
        ("opacity", r"opacity\s*+:\s*+[0.]"),
        ("font-size", r"font-size\s*+:\s*+[01.]"),
        ("max-height", r"max-height\s*+:\s*+0"),
        ("clip", r"clip(?:-path)?\s*+:"),
        ("transparent", r"(?:(?<=[^-]color:)|(?<=[^-]color: ))transparent"),
        ("scale(", r"scale\(\s*+0"),
        ("-1", r"-\d{3}"),
        ("-9", r"-\d{3}"),
    )
}
"""Words that every hiding has, and how it goes on."""
_STEP: Final = re.compile(r">|[^\s>]+")
_COMPOUND: Final = re.compile(r"([a-zA-Z][\w-]*+)?+((?:[.#](?:[\w-]|\\.)++)*+)")
_NAME: Final = re.compile(r"[.#](?:[\w-]|\\.)++")
_SCREEN: Final = re.compile(r"@media\b(?!.*\bprint\b)|@layer\b|@supports\b(?!\s*+not\b)|@container\b")
_ALWAYS: Final = re.compile(r"@media\s+(?:only\s+)?(?:all|screen)$|@layer\b|@supports\b")
_SETS: Final = re.compile(r"(?:^|[;\s])(display|visibility|opacity|font-size|color)\s*+:\s*+([^;!]*+)(!\s*+important)?")


@dataclass(frozen=True)
class Compound:
    """What one element must be: its tag ("" for any), and classes and ids with their `.` and `#`."""

    tag: str
    names: frozenset[str]
    inner: bool = False  # must be the parent of the one before it


@dataclass(frozen=True)
class Rule:
    """One selector, from the element outwards, and its declarations."""

    steps: tuple[Compound, ...]
    body: str
    order: int  # where it opens

    def sets(self, name: str) -> str:
        """What it declares of a property that hides and shows; empty if nothing."""
        return self._declared.get(name, ("", False))[0]

    @property
    def rest(self) -> str:
        """What else it declares."""
        return _SETS.sub("", self.body)

    def weight(self, name: str) -> tuple[bool, int, int, int, int]:
        """As CSS counts: `!important`, ids, classes, tags, and what stands later."""
        names = [called for step in self.steps for called in step.names]
        ids = sum(called.startswith("#") for called in names)
        tags = sum(bool(step.tag) for step in self.steps)
        return self._declared[name][1], ids, len(names) - ids, tags, self.order

    @cached_property
    def _declared(self) -> dict[str, tuple[str, bool]]:
        return {name: (f"{name}:{value}", bool(mark)) for name, value, mark in _SETS.findall(self.body)}


def plain(css: str) -> str:
    """A style without comments, its letters written as letters (`\\6eone` is `none`)."""
    if "/*" in css:
        css = _COMMENT.sub("", css)
    return _ESCAPED.sub(_letter, css) if "\\" in css else css


def sheets(tree: HtmlElement) -> str:
    """The page's own sheets that hold where scripts run, each in its `@media`."""
    found = []
    for style in islice(tree.iter("style"), MOST_SHEETS):
        media = (style.get("media") or "all").strip().lower()
        if style.text and not any(above.tag in ("noscript", "template", "svg") for above in style.iterancestors()):
            found.append(style.text if media == "all" else f"@media {media}{{{style.text}}}")
    return "\n".join(found)[:LONGEST]


def _letter(found: re.Match[str]) -> str:
    letter = chr(int(found[1], 16)) if found[1] else found[2]
    return letter if letter.isalnum() or letter == "-" else found[0]


class Sheet:
    """Style sheets in which a rule is found by a word of it, for most rules are of no interest. Rules by where they open."""

    def __init__(self, css: str) -> None:
        self.css = css
        low = css.lower()
        self.low = low if len(low) == len(css) else css  # a few letters grow by it, and every place would be another

    def saying(self, words: Mapping[str, re.Pattern[str]]) -> set[int]:
        """The rules in whose declarations one of these words stands, and goes on like this."""
        return {opened for word, pattern in words.items() for opened in self._saying(word, pattern) if opened >= 0}

    def _saying(self, word: str, pattern: re.Pattern[str]) -> Iterator[int]:
        at = self.low.find(word)
        while at >= 0:
            if pattern.match(self.low, at):
                yield self.low.rfind("{", max(0, at - LONGEST_BODY), at)
            at = self.low.find(word, at + 1)

    def rules(self, opened: Iterable[int], names: Set[str]) -> Iterator[Rule]:
        """One for each plain selector of these that picks by one of the names."""
        selectors = ((selector, at) for at in sorted(opened) for selector in self._head(at).split(","))
        for selector, at in islice(selectors, MOST_RULES):
            last = selector.split()[-1:] or [""]
            if not names.isdisjoint(_NAME.findall(last[0])) and (steps := _steps(selector)):
                yield Rule(steps, self.low[at + 1 : at + LONGEST_BODY].partition("}")[0], at)

    def _head(self, at: int) -> str:
        """The selectors before a brace."""
        first = max(0, at - LONGEST_HEAD)
        return self.css[max(first, *(self.css.rfind(mark, first, at) + 1 for mark in "{};")) : at]

    @cached_property
    def holds(self) -> dict[int, bool]:
        """Where the rules open that hold on some screen, and whether on all; none within another."""
        found: dict[int, bool] = {}
        around, at = [(True, True)], -1
        pieces = _BRACE.split(self.css)
        for text, brace in zip(pieces[::2], pieces[1::2], strict=False):
            at += len(text) + 1
            screen, always = around[-1]
            if brace == "}":
                around = around[:-1] or around
            elif "@" in text and (condition := text.rpartition(";")[2].strip())[:1] == "@":
                around.append(_condition(condition[:LONGEST_CONDITION].lower(), screen, always))
            else:
                if screen:
                    found[at] = always
                around.append((False, False))
        return found


def _condition(said: str, screen: bool, always: bool) -> tuple[bool, bool]:
    """Whether what stands in it holds on some screen, and whether on all."""
    return screen and bool(_SCREEN.match(said)), always and bool(_ALWAYS.match(said))


def _steps(selector: str) -> tuple[Compound, ...]:
    """From the element outwards; empty for a selector that is not plain."""
    found: list[Compound] = []
    inner = False
    for word in reversed(_STEP.findall(selector)):
        if word == ">":
            inner = True
        elif match := _COMPOUND.fullmatch(word):
            names = frozenset(name.replace("\\", "") for name in _NAME.findall(match[2]))
            found.append(Compound((match[1] or "").lower(), names, inner))
            inner = False
        else:
            return ()
    return tuple(found)
