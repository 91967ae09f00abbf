"""Every catalogue says everything we say to readers, fills in the same values, and is compiled as it stands."""

from __future__ import annotations

import re
from functools import cache
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

HOME = Path(__file__).resolve().parents[2] / "src" / "corante"
LANGUAGES = sorted(folder.name for folder in (HOME / "locale").iterdir() if folder.is_dir())
VALUE = re.compile(r"%\((\w+)\)[sd]")


@cache
def said() -> frozenset[str | tuple[str, ...]]:
    """Every message of the templates and rooms that speak to readers."""
    with open(HOME / "locale" / "babel.cfg", encoding="utf-8") as config:
        mapping, options = parse_mapping_cfg(config)
    found = extract_from_dir(HOME, mapping, options)
    return frozenset(tuple(one[2]) if isinstance(one[2], tuple | list) else one[2] for one in found)


def catalogue(language: str) -> Catalog:
    """What a language's file holds."""
    with open(HOME / "locale" / language / "LC_MESSAGES" / "django.po", "rb") as file:
        return read_po(file, locale=language)


def sides(message: Message) -> tuple[list[str], list[str]]:
    """Our words and the translator's, each as a list of forms."""
    ids = list(message.id) if isinstance(message.id, tuple) else [message.id]
    strings = list(message.string) if isinstance(message.string, tuple) else [message.string]
    return ids, strings


def test_there_are_words_and_catalogues_to_compare() -> None:
    assert len(said()) > 200
    assert {"ar", "de", "es", "uk"} <= set(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_catalogue_covers_every_message_and_holds_no_other(language: str) -> None:
    messages = {m.id for m in catalogue(language) if m.id}
    assert said() - messages == set(), "not translated yet: see locale/babel.cfg"
    assert messages - said() == set(), "nobody says these any more"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_form_of_every_message_is_filled_with_values_that_exist(language: str) -> None:
    wrong = []
    for message in catalogue(language):
        if not message.id:
            continue
        ids, strings = sides(message)
        known = set().union(*(VALUE.findall(one) for one in ids))
        for text in strings:
            named = set(VALUE.findall(text))
            if not text or message.fuzzy or named - known or (len(ids) == 1 and named != known):
                wrong.append((message.id, text))
    assert wrong == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_compiled_catalogue_is_that_of_the_text(language: str) -> None:
    fresh = BytesIO()
    write_mo(fresh, catalogue(language))
    with open(HOME / "locale" / language / "LC_MESSAGES" / "django.mo", "rb") as file:
        stands = {str(m.id): m.string for m in read_mo(file) if m.id}
    fresh.seek(0)
    assert stands == {str(m.id): m.string for m in read_mo(fresh) if m.id}, "run: pybabel compile -d locale -D django"
