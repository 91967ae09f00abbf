"""A rule of the one query language as FTS5 and as tsquery: what both text indexes (search, previews) are asked with.

Rule: a reader's or editor's text reaches either engine only as quoted words of a parsed rule (core.rules), never as
its syntax. Both hold our own words (core.tokens), so both find the same, in every script; of scripts written without
spaces they also hold three characters in a row as one word, which a query of three or more is asked with.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from corante.core.rules import And, Everything, Near, Not, Or, Phrase, Rule, RuleError
from corante.core.tokens import trigrams, unspaced

STOP: Final = "¦"  # between two texts of one column: no phrase runs across it
FAR: Final = 12  # words up to which PostgreSQL is asked for each distance
_WEIGHT: Final = {"title": "A", "text": "B", "outlet": "C", "lang": "D", "": "AB"}
_MUST: Final = "a search needs a word that must stand; take the * and the minus apart from it"


def tags(language: str) -> list[str]:
    """zh-Hant is also zh. Written without hyphens: one word for either engine."""
    parts = language.lower().replace("_", "-").split("-")
    return ["lang" + "x".join(parts[: n + 1]) for n in range(len(parts)) if parts[0]]


def apart(texts: Sequence[list[str]]) -> list[str]:
    """Words of several texts as one column."""
    joined: list[str] = []
    for found in texts:
        joined += [*found, STOP] if found else []
    return joined


def line(column: Sequence[str]) -> str:
    """A column as FTS5 reads it; the stop is a word no query has."""
    return " ".join("zzstopzz" if word == STOP else word for word in _indexed(column))


def tsvector(columns: Sequence[Sequence[str]]) -> str:
    """Four columns as PostgreSQL's literal, spelled by us: no parser of its own cuts our words.

    Its positions end at 16,383.
    """
    parts, place = [], 0
    for weight, column in zip("ABCD", columns, strict=True):
        place += 2
        for word in _indexed(column):
            place = min(place + 1, 16383)
            if word != STOP:
                parts.append(f"{_quoted(word)}:{place}{weight}")
    return " ".join(parts)


def _indexed(column: Sequence[str]) -> Iterator[str]:
    """The words, then the trigrams of those stretches that have no spaces."""
    yield from column
    stretch: list[str] = []
    for word in [*column, STOP]:
        if unspaced(word):
            stretch.append(word)
            continue
        if len(stretch) > 2:
            yield STOP
            yield from trigrams(stretch)
        stretch = []


def fts5(rule: Rule, columns: Sequence[str]) -> str:
    """The rule for an FTS5 table whose columns are title, text, outlet and language under these names.

    Every word of a reader's stands in double quotes. Raises RuleError for what FTS5 can't say (`*`, only a minus).
    """
    match rule:
        case Phrase(parts, prefix, field):
            return _scope(field, columns) + _side_by_side(parts, prefix, field)
        case Near(distance, parts):
            each = " ".join(f'"{word}"' for word in dict.fromkeys(parts))
            return f"{_scope('', columns)}NEAR({each}, {max(0, distance - 1)})"
        case And(parts):
            kept, out = _sides(parts)
            joined = " AND ".join(f"({fts5(part, columns)})" for part in kept)
            return joined + "".join(f" NOT ({fts5(part.part, columns)})" for part in out)
        case Or(parts):
            return " OR ".join(f"({fts5(part, columns)})" for part in parts)
    raise RuleError(_MUST, 0)


def tsquery(rule: Rule) -> str:
    """The rule for a tsvector of ours: every word of a reader's is a quoted lexeme. Raises RuleError as fts5 does.

    Finds more than the rule where a near: is loose, never less: what is forbidden roughly is not forbidden here.
    """
    match rule:
        case Phrase(parts, prefix, field):
            return _lexemes(parts, prefix, field)
        case Near(distance, parts):
            return _near(sorted(set(parts)), distance)
        case And(parts):
            kept, out = _sides(parts)
            joined = " & ".join(f"({tsquery(part)})" for part in kept)
            return joined + "".join(f" & !({tsquery(part.part)})" for part in out if not near_is_loose(part))
        case Or(parts):
            return " | ".join(f"({tsquery(part)})" for part in parts)
    raise RuleError(_MUST, 0)


def near_is_loose(rule: Rule) -> bool:
    """Does the rule hold a near: that PostgreSQL can only be asked for roughly?"""
    match rule:
        case Near(distance, parts):
            return distance > FAR or len(set(parts)) > 2
        case Not(part):
            return near_is_loose(part)
        case And(parts) | Or(parts):
            return any(map(near_is_loose, parts))
    return False


def said(parts: Sequence[str], prefix: bool, field: str) -> Sequence[str]:
    """The words the index is asked for: a language's tag, trigrams, or the words themselves."""
    if field == "lang":
        return tags(parts[0])[-1:]
    if len(parts) > 2 and not prefix and all(map(unspaced, parts)):
        return trigrams(parts)
    return parts


def _scope(field: str, columns: Sequence[str]) -> str:
    title, text, outlet, language = columns
    named = {"": f"{{{title} {text}}}", "title": title, "outlet": outlet, "lang": language}
    return f"{named[field]} : "


def _side_by_side(parts: Sequence[str], prefix: bool, field: str) -> str:
    return '"' + " ".join(said(parts, prefix, field)) + '"' + (" *" if prefix else "")


def _sides(parts: Sequence[Rule]) -> tuple[Sequence[Rule], Sequence[Not]]:
    """What must stand and what must not; `*` beside words says nothing."""
    stands = [part for part in parts if not isinstance(part, Not | Everything)]
    if not stands:
        raise RuleError(_MUST, 0)
    return stands, [part for part in parts if isinstance(part, Not)]


def _lexemes(parts: Sequence[str], prefix: bool, field: str) -> str:
    asked = said(parts, prefix, field)
    marks = [f":{_WEIGHT[field]}"] * len(asked)
    if prefix:
        marks[-1] = f":*{_WEIGHT[field]}"
    return " <-> ".join(_quoted(word) + mark for word, mark in zip(asked, marks, strict=True))


def _near(parts: Sequence[str], distance: int) -> str:
    """Two words: each distance either way, within one column. More, or further: that all stand."""
    told = [f"{_quoted(word)}:AB" for word in parts]
    if len(parts) != 2 or distance > FAR:
        return " & ".join(told)
    ways = []
    for one, other in (parts, parts[::-1]):
        for column in "AB":
            ways += [f"({_quoted(one)}:{column} <{n}> {_quoted(other)}:{column})" for n in range(1, distance + 1)]
    return " | ".join(ways)


def _quoted(word: str) -> str:
    """As a lexeme of PostgreSQL; our words are letters and digits, so this only makes sure."""
    bare = word.replace("\\", "").replace("'", "")[:200]
    return f"'{bare}'"
