"""Signs by which a line gives itself away: a headline said again, a byline, a date, a credit, an invitation, leaked code.

Rule: a sign is a fact about one line and what is known of its article; what follows from it is decided in `filtering`
and `refining`. The words are those of newsrooms everywhere; no outlet is named.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from .markup import overlap
from .pages import Block
from .tokens import words as tokens


@dataclass(frozen=True)
class Known:
    """What is known of an article before its text is looked at."""

    title: str = ""
    description: str = ""
    authors: tuple[str, ...] = ()
    witness: str = ""
    furniture: Collection[str] = frozenset()  # `line_key` of lines known from three other articles


def line_key(line: str) -> str:
    """A line's identity in the memory of a site: its words."""
    return " ".join(tokens(line))


def repeats(line: str, title: str) -> bool:
    """The line is the headline again, or little more."""
    mine, its = tokens(line), tokens(title)
    if not mine or not its or len(mine) > len(its) * 1.5 + 2:
        return False
    return mine == its or (overlap(mine, its) >= 0.8 and overlap(its, mine) >= 0.6)


def standfirst(block: Block, known: Known) -> bool:
    """What the outlet gives as its own description, standing in front of the text."""
    mine, its = tokens(block.text), tokens(known.description)
    return len(mine) >= 6 and len(its) >= 6 and overlap(its, mine) >= 0.8 and overlap(mine, its) >= 0.6


def names_author(line: str, authors: Sequence[str]) -> bool:
    """Holds an author's name, or begins as a byline."""
    mine = set(tokens(line))
    return any(len(name) > 1 and set(name) <= mine for name in map(tokens, authors)) or bool(_BYLINE.match(line))


def shingles(line: list[str]) -> set[tuple[str, ...]]:
    """All runs of three words; a shorter line is one run."""
    size = min(3, len(line))
    return {tuple(line[at : at + size]) for at in range(len(line) - size + 1)} if line else set()


def credits(line: str) -> bool:
    """Says who made a picture, or whose it is."""
    return bool(CREDIT.search(line.lower()))


def asks(line: str) -> bool:
    """Asks for something, or points to something else."""
    return bool(ASKS.search(line.lower()))


def dated(line: str) -> bool:
    """Holds a date, a time of day or a word that stands beside one."""
    return bool(_DATED.search(line.lower()))


def points_elsewhere(line: str) -> bool:
    """Begins as a pointer to another piece does: `Read more: …`, `Les også: …`."""
    return bool(_POINTS.match(line))


def leaked(line: str) -> bool:
    """Code that a page lets slip into its text."""
    return bool(_CODE.search(line))


_CODE = re.compile(
    r"\bfunction\s*\(|\bvar \w+\s*=|window\.\w+\s*[=(.\[]|document\.\w+\(|=>\s*\{|\}\s*\)\s*;|^\s*[.#][\w-]+\s*\{|!important|googletag"
)
_POINTS = re.compile(
    r"\W*(?:(?:read|see|watch|listen|also read|must read|more|related|recommended|in pictures|explained?)\b[^:：.!?|]{0,24}[:：|]"
    r"|(?:lesen sie|lies|mehr|zum artikel|zum thema|siehe|auch interessant|lesetipp|hintergrund)\b[^:.!?|]{0,24}[:|]"
    r"|(?:à lire|lire|voir|lisez)\b[^:.!?|]{0,24}[:|»]|(?:lea|lee|leer|ver|mira|te puede|leia|veja|saiba|le[gi]+|vedi|approfondi)\b[^:.!?|]{0,24}[:|]"
    r"|(?:les|läs|læs|lue|lees|bekijk)\b[^:.!?|]{0,20}[:|]|(?:czytaj|zobacz|přečtěte|čtěte|olvassa|citește|čitajte|pročitajte|ayrıca|haber)\b[^:.!?|]{0,24}[:|]"
    r"|(?:читайте|читать|смотрите|по теме|також|дивіться|чытайце|прочетете)[^:.!?|]{0,24}[:|]|(?:διαβάστε|δείτε)[^:.!?|]{0,24}[:|]"
    r"|(?:اقرأ|شاهد|קראו|ראו|यह भी|और पढ़ें|関連|あわせて|相关|延伸|관련|อ่าน)[^:：.!?|]{0,24}[:：|])",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"^(?:by|von|par|por|di|da|door|av|af|fra|tekst|text|autor(?:in)?|author|автор|текст|کد|نویسنده|بقلم|מאת|द्वारा|文|記者|기자)\s*[:：]?\s+\S+(?:\s+\S+){0,7}$",
    re.IGNORECASE,
)
# Asked of every line: searched in its lower case, which is twice as quick as searching without regard to case.
_MONTH = (
    r"jan\w*|feb\w*|mar\w*|mär\w*|apr\w*|ma[iy]\w*|jun\w*|jul\w*|aug\w*|sep\w*|o[ck]t\w*|nov\w*|de[cz]\w*|août|févr\w*|déc\w*"
    r"|янв\w*|фев\w*|мар\w*|апр\w*|ма[йя]|июн\w*|июл\w*|авг\w*|сен\w*|окт\w*|ноя\w*|дек\w*"
    r"|січ\w*|лют\w*|берез\w*|квіт\w*|трав\w*|черв\w*|лип\w*|серп\w*|верес\w*|жовт\w*|листоп\w*|груд\w*"
)
_DATED = re.compile(
    rf"\b\d{{1,2}}[.:h]\d{{2}}\b|\b\d{{4}}-\d\d-\d\d\b|\b\d{{1,2}}[./]\s?\d{{1,2}}[./]\s?\d{{2,4}}\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th|\.|º)?\s+(?:de\s+)?(?:{_MONTH})\b|\b(?:{_MONTH})\.?\s+\d{{1,2}}\b|\d+年\d+月\d+日|\d+월\s?\d+일"
    r"|\b(?:updated|published|posted|aktualisiert|veröffentlicht|stand|publié|mis à jour|publicado|actualizado|aggiornato|pubblicato"
    r"|обновлено|опубликовано|lesezeit|min read|minute read)\b",
)
CREDIT = re.compile(
    r"©|\(c\)|\bgetty images\b|\bafp via\b|\bap photo\b|\bfile photo\b|\bshutterstock\b|\breuters/\w|/reuters\b|/afp\b|\bpicture alliance\b|/dpa\b"
    r"|\b(?:photo|foto|fotos|image|images|picture|bild|bilder|credit|credits|quelle|source|crédit|fotograf|grafik|video|фото|зображення|写真|사진|صورة|צילום|फोटो)\s*(?:by|von|credit|source|courtesy|par)?\s*[:：/]"
    r"|\bphoto by\b|\bimage source\b|\bcourtesy of\b|\bphotograph by\b|提供】?$|撮影】?$",
)
ASKS = re.compile(
    r"\b(?:independently select\w*|affiliate commission|earn (?:us )?a commission|non-commercial use|order reprints|this article is sponsored|sponsored by|listen to this article|support our journalism|reporting by|with reporting from|report an error|report a typo)\b"
    r"|\b(?:sign up|subscribe|newsletter|read more|read also|related (?:articles?|stories|topics)|more on this story|recommended (?:for you|stories)|click here|follow us|share this|cookies?|advertisement|all rights reserved|log in|whatsapp|telegram channel)\b"
    r"|\b(?:lesen sie auch|fehler (?:der|an die) redaktion|mit (?:informationen|material) (?:von|der|des)|mehr zum thema|jetzt abonnieren|hier klicken|anzeige|folgen sie|alle rechte vorbehalten)\b"
    r"|\b(?:à lire aussi|lire aussi|abonnez-vous|inscrivez-vous|s'abonner|publicité)\b"
    r"|\b(?:suscríbete|con información de|lea también|lee también|te puede interesar|síguenos|publicidad|leia também|leia mais|assine|inscreva-se)\b"
    r"|\b(?:leggi anche|iscriviti|abbonati|lees ook|meld je aan|les også|läs också|læs også|czytaj też|czytaj także|czytaj więcej|zobacz też|zobacz także|čtěte také)\b"
    r"|читайте также|подпис(?:ывайтесь|аться)|читайте також|підписуйтесь|ayrıca okuyun|abone ol|اقرأ أيضا|اشترك|קראו גם|यह भी पढ़ें|あわせて読みたい|関連記事|相关阅读|延伸阅读|관련기사|อ่านเพิ่มเติม",
)
