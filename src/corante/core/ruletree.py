"""A rule as a tree, and the tree as text: what the query language of topics and search says.

Rule: frozen values only. `text_of` writes what `rules.parse` reads back as the same tree; what a rule is about in
words of its own is `saying`'s, what matches is `matching`'s.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from .tokens import unspaced

_TAG: Final = re.compile(r"[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*")


def tag_of(said: str) -> str:
    """A language tag as rules hold it ("pt-br"); empty when what was said is none."""
    return said.lower().replace("_", "-") if _TAG.fullmatch(said) else ""


class RuleError(ValueError):
    """The rule can't be understood: `at` is the offset of the first character that is wrong.

    `template` is the message before its values are put in: what a translation is looked up by.
    """

    def __init__(self, template: str, at: int, **values: str | int) -> None:
        self.template, self.at, self.values = template, at, values
        self.message = template % values if values else template
        super().__init__(self.message)

    def pointing(self, rule: str, said: str = "") -> str:
        """The rule with a mark under the spot, and the message; `said` is the message in another language."""
        before = rule[max(0, self.at - 60) : self.at].replace("\n", " ")
        after = rule[self.at : self.at + 20].replace("\n", " ")
        return f"{before}{after}\n{' ' * len(before)}^ {said or self.message}"


@dataclass(frozen=True)
class Everything:
    """`*`"""


@dataclass(frozen=True)
class Phrase:
    """One word or several side by side, perhaps only the beginning of the last; perhaps in one field only."""

    words: tuple[str, ...]
    prefix: bool = False
    field: str = ""


@dataclass(frozen=True)
class Near:
    """All of these, with at most `distance` words from the first to the last."""

    distance: int
    words: tuple[str, ...]


@dataclass(frozen=True)
class Not:
    """Must not stand."""

    part: Rule


@dataclass(frozen=True)
class And:
    """All of these."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True)
class Or:
    """Any of these."""

    parts: tuple[Rule, ...]


Rule = Everything | Phrase | Near | Not | And | Or


def anchored(rule: Rule) -> bool:
    """Does it say of every match what must stand in it?"""
    match rule:
        case Not():
            return False
        case And(parts):
            return any(map(anchored, parts))
        case Or(parts):
            return all(map(anchored, parts))
    return True


def leaves(rule: Rule) -> list[Rule]:
    """The words, phrases and stars a rule is made of, in order."""
    match rule:
        case Not(part):
            return leaves(part)
        case And(parts) | Or(parts):
            return [leaf for part in parts for leaf in leaves(part)]
    return [rule]


def text_of(rule: Rule) -> str:
    """The rule as text; `parse` of it gives the same tree."""
    match rule:
        case Everything():
            return "*"
        case Phrase(parts, prefix, field):
            star = "*" if prefix else ""
            shown = _shown(parts, field) + star
            return f"{field}:{shown}" if field else shown
        case Near(distance, parts):
            return f"near:{distance}({' '.join(parts)})"
        case Not(part):
            return "-" + _bracketed(part)
        case And(parts):
            return " ".join(_bracketed(part) for part in parts)
        case Or(parts):
            return " OR ".join(_bracketed(part) for part in parts)
    raise TypeError(rule)


def _shown(parts: tuple[str, ...], field: str) -> str:
    # OR and AND fold to lower case, which is no keyword; quotes are needed for phrases only.
    if len(parts) == 1 or (field != "lang" and all(map(unspaced, parts))):
        return "".join(parts)
    return '"' + written(parts) + '"'


def written(parts: Iterable[str]) -> str:
    """Words as they are written: none of the scripts without spaces gets any."""
    text = before = ""
    for part in parts:
        text += part if not before or (unspaced(before) and unspaced(part)) else f" {part}"
        before = part
    return text


def _bracketed(rule: Rule) -> str:
    shown = text_of(rule)
    return f"({shown})" if isinstance(rule, And | Or) else shown
