"""The query language of topics and search: text in, a tree out (ruletree).

    sea wall            both words            "sea wall"          side by side
    flood OR storm      either                -sport              not
    (a OR b) c          brackets              flood*              words that begin so
    title:vote          in the headline       outlet:"Harbour Post"   lang:pt
    near:5(dam burst)   within five words     *                   everything

Rule: case and accents don't count, curly quotes are quotes, and no regular expression ever runs. What cannot be
understood is a RuleError that says where and what to write instead; `parse` raises nothing else.
"""

from __future__ import annotations

import re
from typing import Final

from .ruletree import And, Everything, Near, Not, Or, Phrase, Rule, RuleError, anchored, leaves, tag_of, text_of
from .tokens import words

__all__ = ["And", "Everything", "Near", "Not", "Or", "Phrase", "Rule", "RuleError", "leaves", "parse", "text_of"]

LONGEST: Final = 10_000
DEEPEST: Final = 25  # FTS5's parser holds about 30 levels of AND and OR; beyond them it only says that it overflowed
FIELDS: Final = ("title", "outlet", "lang")
_QUOTES: Final = '"“”„‟«»＂'
_STOPS: Final = re.compile(rf"[\s(){_QUOTES}]")
_NEAR: Final = re.compile(r"near:(\d{1,3})\(", re.IGNORECASE)
_FIELD: Final = re.compile(r"([A-Za-z]+):(?!//)")


def parse(text: str) -> Rule:
    """The tree of a rule. Raises RuleError."""
    if len(text) > LONGEST:
        raise RuleError("the rule is longer than %(n)s characters: make two topics of it", LONGEST, n=LONGEST)
    reader = _Reader(text)
    rule = reader.alternatives("", 0)
    if reader.peek():
        raise RuleError("this bracket closes nothing: take it out, or open one before it", reader.at)
    if not anchored(rule):
        raise RuleError("this only says what must not stand: say what must, or begin with *", 0)
    return rule


class _Reader:
    """Reads a rule from left to right, one character of look-ahead."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def peek(self) -> str:
        """The next character that is no space, or nothing at the end."""
        while self.at < len(self.text) and self.text[self.at].isspace():
            self.at += 1
        return self.text[self.at : self.at + 1]

    def alternatives(self, field: str, depth: int) -> Rule:
        if depth > DEEPEST:
            raise RuleError("more than %(n)s brackets inside each other", self.at, n=DEEPEST)
        parts = [self.together(field, depth)]
        while self.keyword("OR"):
            parts.append(self.together(field, depth))
        return _joined(Or, parts)

    def together(self, field: str, depth: int) -> Rule:
        parts: list[Rule] = []
        while self.peek() not in ("", ")") and not self.ahead("OR"):
            if not (parts and self.keyword("AND")):
                parts.append(self.one(field, depth))
        if not parts:
            raise self.missing()
        return _joined(And, parts)

    def missing(self) -> RuleError:
        """What to say where a word should stand."""
        if not self.text.strip():
            return RuleError("the rule is empty: write a word, or * for everything", 0)
        return RuleError("a word is missing here", self.at)

    def one(self, field: str, depth: int) -> Rule:
        start, sign = self.at, self.peek()
        if sign in "-−–":
            return self.negated(field, depth)
        if sign == "(":
            return self.bracket(field, depth)
        if sign in _QUOTES:
            return self.quoted(field)
        if near := _NEAR.match(self.text, self.at):
            return self.near(near, field)
        if found := _FIELD.match(self.text, self.at):
            return self.within(found, field, depth)
        return self.word(field, start)

    def negated(self, field: str, depth: int) -> Rule:
        at = self.at
        self.at += 1
        if self.text[self.at : self.at + 1].isspace() or self.peek() in ("", ")"):
            raise RuleError("a minus needs a word right behind it; a dash between words goes in quotes", at)
        if self.peek() in "-−–":
            raise RuleError("one minus is enough", self.at)
        part = self.one(field, depth + 1)
        if isinstance(part, Everything):
            raise RuleError("this takes out everything", at)
        return Not(part)

    def bracket(self, field: str, depth: int) -> Rule:
        at = self.at
        self.at += 1
        inner = self.alternatives(field, depth + 1)
        if self.peek() != ")":
            raise RuleError("this bracket is never closed", at)
        self.at += 1
        return inner

    def quoted(self, field: str) -> Rule:
        at = self.at
        self.at += 1
        end = next((n for n in range(self.at, len(self.text)) if self.text[n] in _QUOTES), -1)
        if end < 0:
            raise RuleError("this quotation is never closed", at)
        inside, self.at = self.text[self.at : end], end + 1
        return self.phrase(inside, field, at, self.star())

    def near(self, found: re.Match[str], field: str) -> Rule:
        at, self.at = self.at, found.end()
        if field:
            raise RuleError("near: looks at the whole text; it can't stand inside %(field)s:", at, field=field)
        end = self.text.find(")", self.at)
        if end < 0:
            raise RuleError("this bracket is never closed", found.end() - 1)
        parts, self.at = words(self.text[found.end() : end]), end + 1
        if len(parts) < 2:
            raise RuleError("near: needs two words or more, as in near:5(dam burst)", at)
        if not int(found[1]) or len(parts) > 8:
            raise RuleError("near: takes a distance from 1 and up to eight words", at)
        return Near(int(found[1]), tuple(parts))

    def within(self, found: re.Match[str], field: str, depth: int) -> Rule:
        at, name = self.at, found[1].lower()
        if name == "near":
            raise RuleError("near: is written with a distance, as in near:5(dam burst)", at)
        if name not in FIELDS:
            known = ", ".join(f"{known}:" for known in FIELDS)
            said = "there is no %(name)s: here; there are %(known)s and near:5( ). A colon goes in quotes"
            raise RuleError(said, at, name=name, known=known)
        if field:
            raise RuleError("%(name)s: can't stand inside %(field)s:", at, name=name, field=field)
        self.at = found.end()
        if self.text[self.at : self.at + 1].strip() in ("", ")"):
            raise RuleError("%(name)s: needs a word right behind it", at, name=name)
        return self.one(name, depth + 1)

    def word(self, field: str, at: int) -> Rule:
        stop = _STOPS.search(self.text, self.at)
        end = stop.start() if stop else len(self.text)
        written, self.at = self.text[self.at : end], end
        if written == "*" and not field:
            return Everything()
        return self.phrase(written.rstrip("*"), field, at, written.endswith("*"))

    def phrase(self, written: str, field: str, at: int, prefix: bool) -> Rule:
        if field == "lang":
            return self.tongue(written, at, prefix)
        parts = tuple(words(written))
        if not parts:
            raise RuleError("no letter and no digit stands here", at)
        if prefix and len(parts[-1]) < 2 and parts[-1].isascii():
            raise RuleError("a star needs two letters before it", at)
        return Phrase(parts, prefix, field)

    def tongue(self, written: str, at: int, prefix: bool) -> Rule:
        tag = "" if prefix else tag_of(written)
        if not tag:
            raise RuleError("lang: takes a language tag such as en or pt-BR", at)
        return Phrase((tag,), field="lang")

    def star(self) -> bool:
        """A star right behind a quotation."""
        if self.text[self.at : self.at + 1] != "*":
            return False
        self.at += 1
        return True

    def ahead(self, keyword: str) -> bool:
        """Does this keyword come next, as a word of its own?"""
        self.peek()
        end = self.at + len(keyword)
        return self.text.startswith(keyword, self.at) and (self.text[end : end + 1].strip() in ("", "(", *_QUOTES))

    def keyword(self, keyword: str) -> bool:
        """Read past it if it comes next."""
        if not self.ahead(keyword):
            return False
        self.at += len(keyword)
        return True


def _joined(kind: type[And] | type[Or], parts: list[Rule]) -> Rule:
    """One part stands for itself; an And in an And, an Or in an Or, are one."""
    if len(parts) == 1:
        return parts[0]
    flat: list[Rule] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else [part])
    return kind(tuple(flat))
