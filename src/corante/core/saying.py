"""Why a story stands under a topic, as a sentence an editor reads: the clause that matched, in words.

Rule: the clause itself is what is stored; this only says it. What it can't read it shows as it stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from .rules import And, Everything, Near, Not, Or, Phrase, Rule, RuleError, parse
from .ruletree import written


def because(clause: str) -> str:
    """ "it says “sea wall” and “vote” in the headline": to stand after "because"."""
    if not clause or clause == "*":
        return "the topic takes everything"
    try:
        return _sentence(parse(clause))
    except RuleError:
        return f"of {clause}"


def _sentence(rule: Rule) -> str:
    parts = rule.parts if isinstance(rule, And) else (rule,)
    says = [_said(part) for part in parts if _kind(part) == "says"]
    others = [_said(part) for part in parts if _kind(part) == "is"]
    without = [_said(part.part) for part in parts if isinstance(part, Not)]
    told = [f"it says {_joined(says)}"] if says else []
    told += [f"it is {_joined(others)}"] if others else []
    told += [f"it does not say {_joined(without, 'or')}"] if without and (says or others) else []
    return ", and ".join(told) or f"nothing in it says {_joined(without, 'or')}"


def _kind(part: Rule) -> str:
    if isinstance(part, Not | Everything):
        return ""
    return "is" if isinstance(part, Phrase) and part.field in ("outlet", "lang") else "says"


def _said(rule: Rule) -> str:
    match rule:
        case Phrase(parts, prefix, field):
            return _phrase(written(parts) + ("…" if prefix else ""), field)
        case Near(distance, parts):
            return f"{_joined([f'“{word}”' for word in parts])} within {distance} words"
        case And(parts):
            return _joined([_said(part) for part in parts])
        case Or(parts):
            return _joined([_said(part) for part in parts], "or")
        case Not(part):
            return f"not {_said(part)}"
    return "anything"


def _phrase(words: str, field: str) -> str:
    if field == "outlet":
        return f"told by “{words}”"
    if field == "lang":
        return f"in the language {words}"
    return f"“{words}” in the headline" if field == "title" else f"“{words}”"


def _joined(parts: Sequence[str], word: str = "and") -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {word} {parts[-1]}"
