"""A rule as the form shows it: its text and its fields are one object, whichever an editor writes in.

Rule: text wins; fields count when they were changed and the text was not, so that it works without script too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from corante.core.ruleforms import Form, form_of, rule_of
from corante.core.rules import RuleError, parse

FIELDS: Final = (
    ("every", "All of", "flood*, sea wall"),
    ("some", "Any of", "dam, weir, dyke"),
    ("none", "None of", "sport"),
    ("outlets", "Told by", "Harbour Post"),
    ("languages", "In the language", "en, pt"),
)


def as_form(rule: str) -> dict[str, Any]:
    """What the form's template asks for; `fields` is None when the rule says more than a form can."""
    return {"rule_fields": FIELDS, "fields": _fields(rule), "swapped": False}


def written(said: Mapping[str, str]) -> str:
    """The rule that posted fields say; nothing when all are empty."""
    form = _form(said)
    return rule_of(form) if any(asdict(form).values()) else ""


def meant(said: Mapping[str, str]) -> str:
    """The rule an editor means by what was posted."""
    rule, was = said.get("rule", "").strip(), said.get("rule_was", "").strip()
    if rule != was or not any(f"f-{name}" in said for name, _, _ in FIELDS):
        return rule
    shown = _fields(was)
    changed = shown is not None and asdict(_form(said)) != shown
    return written(said) if changed else rule


def _fields(rule: str) -> dict[str, str] | None:
    if not rule.strip():
        return asdict(Form())
    try:
        form = form_of(parse(rule))
    except RuleError:
        return None
    return asdict(form) if form else None


def _form(said: Mapping[str, str]) -> Form:
    """Line ends and spaces apart, as they were typed."""
    return Form(**{name: " ".join(said.get(f"f-{name}", "").split())[:500] for name, _, _ in FIELDS})
