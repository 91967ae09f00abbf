"""Why a search can't be read, in the language of the page: the sentences of core.rules and catalog.search, for translators.

Rule: every sentence a RuleError can say stands here; a test compares them.
"""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as N_

from corante.core.rules import RuleError

HINTS: Final = (
    N_("the rule is longer than %(n)s characters: make two topics of it"),
    N_("this bracket closes nothing: take it out, or open one before it"),
    N_("this only says what must not stand: say what must, or begin with *"),
    N_("more than %(n)s brackets inside each other"),
    N_("the rule is empty: write a word, or * for everything"),
    N_("a word is missing here"),
    N_("a minus needs a word right behind it; a dash between words goes in quotes"),
    N_("one minus is enough"),
    N_("this takes out everything"),
    N_("this bracket is never closed"),
    N_("this quotation is never closed"),
    N_("near: looks at the whole text; it can't stand inside %(field)s:"),
    N_("near: needs two words or more, as in near:5(dam burst)"),
    N_("near: takes a distance from 1 and up to eight words"),
    N_("near: is written with a distance, as in near:5(dam burst)"),
    N_("there is no %(name)s: here; there are %(known)s and near:5( ). A colon goes in quotes"),
    N_("%(name)s: can't stand inside %(field)s:"),
    N_("%(name)s: needs a word right behind it"),
    N_("no letter and no digit stands here"),
    N_("a star needs two letters before it"),
    N_("lang: takes a language tag such as en or pt-BR"),
    N_("a search has %(n)s characters at most"),
    N_("write a word to look for"),
    N_("a search has %(n)s words at most"),
    N_("a search has %(n)s words with a star at most"),
    N_("a search needs a word that must stand; take the * and the minus apart from it"),
)


def hint(error: RuleError) -> str:
    """What is wrong and what to write instead, with its values."""
    said = gettext(error.template)
    return said % error.values if error.values else said
