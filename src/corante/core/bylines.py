"""Names in a byline: the people, without "By", roles, places of work and addresses.

Rule: a name is kept as it is written. A role stands in for a person only where nobody is named; the outlet itself is no
author of its pieces (core.pages sees to that).
"""

from __future__ import annotations

import re

from .markup import clean
from .tokens import words as tokens

LONGEST = 80


def people(line: str) -> list[str]:
    """`By Ada Rahn and Jonas Weidt, Berlin correspondent` -> two names; a desk where no person is named."""
    line = _BY.sub("", clean(line)).strip(" ,;|")
    if not line or line.startswith(("http:", "https:", "www.")):
        return []
    names = [_tidy(name) for name in _AND.split(line)]
    names = [name for name in names if 1 < len(name) <= LONGEST and "@" not in name and not name.isdigit()]
    return [name for name in names if not _ROLE.search(name)] or names


def person(name: str) -> bool:
    """Looks like one person's full name: two to five words, each of them written as names are."""
    parts = name.split()
    if not 2 <= len(parts) <= 5 or _NO_NAME.search(name) or _ROLE.search(name):
        return False
    return all(not part[:1].islower() or part.lower() in _PARTICLES for part in parts)


def fold(name: str) -> str:
    """A name's letters and digits alone, for telling whether two are one."""
    return "".join(tokens(name))


def _tidy(name: str) -> str:
    """Without roles and places after a bracket or bar; `WEIDT, Jonas` stays as it is."""
    name = re.split(r"\s*[(|/•·–—]|\s+-\s+", name.strip(" .,;:"))[0]
    return _TITLE.sub("", _BY.sub("", name)).strip(" .,;:")


_BY = re.compile(
    r"^(?:by|written by|von|par|por|di|da|door|av|af|fra|tekst|text|skrevet af|skrifað af|autor(?:in)?|author|από|του|της|γράφει|от"
    r"|автор[ы]?|текст|авторка|بقلم|كتب|نویسنده|מאת|द्वारा|文|撰文|記者|记者|文/|文／)\s*[:：/／]?\s+",
    re.IGNORECASE,
)
_TITLE = re.compile(r"\s*(?:기자|특파원|記者|记者|編集委員|特派員)$")
_AND = re.compile(r"\s*(?:,|;|\band\b|\bund\b|\bet\b|\be\b|\by\b|\bog\b|\boch\b|\ben\b|&|\bи\b|\bта\b|、|，)\s+")
_ROLE = re.compile(
    r"\b(?:correspondent|editor(?:ial)?|reporters?|staff|writer|journalist|columnist|contributor|producer|desk|newsroom|team|bureau|agencies"
    r"|redaktion|redakteur\w*|korrespondent\w*|volont[äa]r\w*|rédaction|rédact\w+|journaliste|correspondant\w*|redacción|redactora?"
    r"|periodista|corresponsal|redazione|giornalista|redação|repórter|redactie|redacteur|redaksjonen|redaktionen|redaktion\w*|toimitus|toimittaja"
    r"|redakcja|redakce|szerkesztő\w*|редакция|редакция|корреспондент\w*|журналист\w*|обозреватель|кореспондент\w*|muhabir\w*|editör\w*)\b",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"[\d:/@©]|\b(?:facebook|twitter|instagram|linkedin|whatsapp|telegram|e-?mail|follow|share|photo|foto|bild|quelle|source|video|more|mehr)\b",
    re.IGNORECASE,
)
_PARTICLES = frozenset(
    re.findall(r"\w+", "de del della di da dos das do van von der den la le el al bin ibn ben af av y e zu ten ter")
)
