"""A name as it stands in an address: lower-case letters of English, digits, single hyphens.

Rule: an address can be read aloud. Accents are dropped; Cyrillic and Greek are written in Latin letters, as most
signposts do it; of a script that has no plain transcription nothing is left, and whoever asks names it by a number.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final
from unicodedata import normalize

from .tokens import words

LONGEST: Final = 70
# Each letter with what is written for it.
_LETTERS: Final = """
аa бb вv гg дd еe зz иi йy кk лl мm нn оo пp рr сs тt уu фf цts ыy эe іi їyi јj љlj њnj ђdj ћc џdz
ѓgj ќkj ўu ґg єye ёe жzh хkh чch шsh щshch юyu яya
αa βv γg δd εe ζz ηi θth ιi κk λl μm νn ξx οo πp ρr σs ςs τt υy φf χch ψps ωo
ßss þth ъ ь ' ’
"""
_LATIN: Final = str.maketrans({pair[0]: pair[1:] for pair in _LETTERS.split()})
_PLAIN: Final = re.compile(r"[a-z0-9]+")


def slug(name: str) -> str:
    """The name for an address, at most 70 characters; empty when nothing of it can be written so."""
    latin = normalize("NFC", name).casefold().translate(_LATIN)  # й is no и with an accent
    bare = " ".join(words(latin)).translate(_LATIN)  # but ά is α with one
    whole = "-".join(_PLAIN.findall(bare))
    return whole if len(whole) <= LONGEST else whole[: LONGEST + 1].rpartition("-")[0] or whole[:LONGEST]


def free(wanted: str, taken: Callable[[str], bool]) -> str:
    """This slug, or the next of its kind that is not taken; an empty one stays empty."""
    found, count = wanted, 1
    while wanted and taken(found):
        count += 1
        found = f"{wanted}-{count}"
    return found
