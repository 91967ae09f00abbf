"""Which elements a page's own style sheets hide: their plain rules weighed against each other as CSS weighs them.

Rule: only what is sure hides: no condition (`@media`) and no state that scripts give the whole page (`.no-js .text`); a rule
that shows an element on some screen shows it. Each rule is tried only on the elements that carry a name of its own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Final

from lxml.html import HtmlElement

from .sheets import HINTS, Compound, Rule, Sheet, plain

MOST_STEPS: Final = 20_000
"""Elements looked at for all rules together; honest pages need a few hundred."""
_WHOLE: Final = ("html", "body")
_STATE: Final = re.compile(
    r"[.#](?:[\w-]*[_-])?(?:no-?js|js|load(?:ing|ed)?|ready|init|(?:in)?active)(?:[_-].*)?$", re.I
)
_SETTABLE: Final = ("display", "visibility", "opacity", "font-size", "color")
_ANYTHING: Final = re.compile("")
_MOVES: Final = re.compile(r"\b(?:animation|transition)\b")


def hidden(elements: Iterable[HtmlElement], css: str, hides: Callable[[str], bool]) -> list[HtmlElement]:
    """Which of these elements the sheets hide. `hides` says of declarations whether one of them does."""
    sheet = Sheet(plain(css))
    if not (hinted := sheet.saying(HINTS)):
        return []
    page = _Page(elements)
    picked = page.picked(rule for rule in sheet.rules(hinted, page.named.keys()) if hides(rule.body))
    victims = {one: [rule for rule in rules if sheet.holds.get(rule.order)] for one, rules in picked.items()}
    names = {name for one, rules in victims.items() if rules for name in page.called(one)}
    rivals = page.picked(sheet.rules(sheet.saying(dict.fromkeys(_SETTABLE, _ANYTHING)), names)) if names else {}
    return [
        one
        for one, rules in victims.items()
        if rules and _stays_hidden(one, rules, rivals.get(one, []), sheet.holds, hides)
    ]


def _stays_hidden(
    element: HtmlElement, rules: list[Rule], rivals: list[Rule], holds: Mapping[int, bool], hides: Callable[[str], bool]
) -> bool:
    """One of the rules hides the element on every screen, and no rival shows it again: on some screen, or by its weight."""
    for name in _SETTABLE:
        hiding = [rule.weight(name) for rule in rules if hides(rule.sets(name)) and _counts(name, rule, element)]
        if not (most := max(hiding, default=None)):
            continue
        shown = [one for one in rivals if one.order in holds and one.sets(name) and not hides(one.sets(name))]
        if all(holds[rival.order] and rival.weight(name) < most for rival in shown):
            return True
    return any(hides(rule.rest) and not _MOVES.search(rule.body) for rule in rules)


def _counts(name: str, rule: Rule, element: HtmlElement) -> bool:
    """What fades in is shown, and a size or colour says only something of words that stand in the element itself."""
    if name in ("opacity", "visibility"):
        return not _MOVES.search(rule.body)
    if name in ("font-size", "color"):
        return bool((element.text or "").strip()) and "background-clip" not in rule.body
    return True


class _Page:
    """The elements by what they are called, and how many more may be looked at."""

    def __init__(self, elements: Iterable[HtmlElement]) -> None:
        self.left = MOST_STEPS
        self.named: dict[str, list[HtmlElement]] = defaultdict(list)
        self._called: dict[HtmlElement, frozenset[str]] = {}
        for element in elements:
            for name in self.called(element):
                self.named[name].append(element)

    def called(self, element: HtmlElement) -> frozenset[str]:
        """Its classes and ids, with their `.` and `#`."""
        if element not in self._called:
            self._called[element] = _names(element.get("class") or "", element.get("id") or "")
        return self._called[element]

    def picked(self, rules: Iterable[Rule]) -> dict[HtmlElement, list[Rule]]:
        """For each element that is picked, the rules that do."""
        found: dict[HtmlElement, list[Rule]] = defaultdict(list)
        for rule in rules:
            if self.left <= 0:
                break
            for element in self.named.get(min(rule.steps[0].names, default=""), ()):
                if element.tag not in _WHOLE and self._fits(rule, element):
                    found[element].append(rule)
        return found

    def _fits(self, rule: Rule, element: HtmlElement) -> bool:
        at: HtmlElement | None = element if self.left > 0 else None
        for number, step in enumerate(rule.steps):
            at = at.getparent() if at is not None and number else at
            while at is not None and not self._is(at, step):
                at = at.getparent() if number and not step.inner and self.left > 0 else None
            if at is None or (at.tag in _WHOLE and any(map(_STATE.match, step.names))):
                return False
        return True

    def _is(self, element: HtmlElement, step: Compound) -> bool:
        self.left -= 1
        return step.names <= self.called(element) and step.tag in ("", element.tag)


@lru_cache(maxsize=4096)
def _names(classes: str, identity: str) -> frozenset[str]:
    names = [f".{name}" for name in classes.split()]
    return frozenset(names + [f"#{name}" for name in identity.split()[:1]])
