"""Why a search can't be read is said in the language of the page, whatever is wrong with it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.test import Client
from django.utils.translation import override

from corante.catalog import querying
from corante.core import paths
from corante.core.rules import RuleError, parse
from corante.site.search_hints import HINTS, hint

SOURCES = Path(__file__).resolve().parents[2] / "src" / "corante"


def texts(tree: ast.AST) -> set[str]:
    """All string constants that hold words."""
    return {
        n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str) and " " in n.value
    }


def test_everything_an_error_can_say_is_there_to_be_translated() -> None:
    said: set[str] = {querying._MUST}
    for name in ("core/rules.py", "catalog/search.py"):
        tree = ast.parse((SOURCES / name).read_text("utf-8"))
        calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and getattr(n.func, "id", "") == "RuleError"]
        assert calls
        said |= {text for call in calls for text in texts(call.args[0])}
    assert said <= set(HINTS)
    assert len(set(HINTS) - said) <= 1  # the one that stands in a variable first


@pytest.mark.parametrize(
    "wrong", ["(dam", "dam (OR", "-", "wind:x", "title:", "near:5(a)", "lang:?", "title:outlet:x", "a*", ""]
)
def test_every_language_says_it_in_words_of_its_own_with_its_values(wrong: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse(wrong)
    assert hint(caught.value) == caught.value.message
    for language in ("ar", "de", "es", "uk"):
        with override(language):
            said = hint(caught.value)
        assert said != caught.value.message
        assert "%(" not in said
        assert all(str(value) in said for value in caught.value.values.values())


@pytest.mark.django_db
def test_a_search_that_cant_be_read_says_why_in_the_language_of_the_site(client: Client) -> None:
    with override("de"):
        page = client.get(paths.SEARCH, {"q": "(dam"}).content.decode()
    assert "(dam\n^ diese Klammer wird nie geschlossen" in page
