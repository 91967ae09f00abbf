"""A rule as a form: all of, any of, none of, outlets, languages. The form and the text are one object.

Rule: `rule_of` writes the text of a form, `form_of` reads the form out of a rule that says no more than a form can;
there and back again changes nothing (tests). In a field, commas stand between words and phrases.
"""

from __future__ import annotations

from dataclasses import dataclass

from .ruletree import And, Everything, Not, Or, Phrase, Rule, tag_of, text_of, written
from .tokens import words


@dataclass(frozen=True)
class Form:
    """What stands in each field."""

    every: str = ""  # all of these
    some: str = ""  # any of these
    none: str = ""
    outlets: str = ""
    languages: str = ""


def rule_of(form: Form) -> str:
    """The form as text; * when it says of nothing that it must stand. Raises nothing: what is no word is left out."""
    must: list[Rule] = list(_phrases(form.every))
    for field, said in (("", form.some), ("outlet", form.outlets), ("lang", form.languages)):
        if either := _phrases(said, field):
            must.append(either[0] if len(either) == 1 else Or(either))
    parts = [*(dict.fromkeys(must) or [Everything()]), *(Not(phrase) for phrase in _phrases(form.none))]
    return text_of(parts[0] if len(parts) == 1 else And(tuple(parts)))


def form_of(rule: Rule) -> Form | None:
    """The form that says the same; None when the rule says more than a form can."""
    found: dict[str, list[str]] = {"every": [], "some": [], "none": [], "outlets": [], "languages": []}
    for part in rule.parts if isinstance(rule, And) else (rule,):
        if isinstance(part, Everything):
            continue
        place = _place(part)
        if place is None or (found[place] and place in ("some", "outlets", "languages")):
            return None
        found[place] += [_item(leaf) for leaf in _alike(part) or ()]
    return Form(**{name: ", ".join(items) for name, items in found.items()})


def _place(part: Rule) -> str | None:
    """The field a part of the rule belongs to."""
    phrases = _alike(part)
    if not phrases:
        return None
    field = phrases[0].field
    if isinstance(part, Not):
        return None if field else "none"
    if field:
        return {"outlet": "outlets", "lang": "languages"}.get(field)
    return "some" if isinstance(part, Or) else "every"


def _alike(part: Rule) -> tuple[Phrase, ...] | None:
    """The phrases of a part that is one, or several of one field."""
    if isinstance(part, Not) and isinstance(part.part, Phrase):
        return (part.part,)
    phrases = part.parts if isinstance(part, Or) else (part,)
    kept = tuple(phrase for phrase in phrases if isinstance(phrase, Phrase))
    return kept if len(kept) == len(phrases) and len({phrase.field for phrase in kept}) == 1 else None


def _item(phrase: Phrase) -> str:
    return written(phrase.words) + ("*" if phrase.prefix else "")


def _phrases(said: str, field: str = "") -> tuple[Phrase, ...]:
    """The phrases of a field, each once."""
    found = []
    for item in said.replace("\n", ",").replace("،", ",").replace("、", ",").split(","):
        parts = tuple(words(item) if field != "lang" else filter(None, [tag_of(item.strip())]))
        prefix = item.strip().endswith("*") and field == "" and len(parts[-1:][0] if parts else "") > 1
        if parts:
            found.append(Phrase(parts, prefix, field))
    return tuple(dict.fromkeys(found))
