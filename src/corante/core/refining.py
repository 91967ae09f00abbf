"""From the library's blocks to the article's own text: what stands in front, between and behind is dropped.

Four witnesses, each able to drop a line by itself: the head (nothing before the first prose line but a standfirst),
repetition (no line twice), JSON-LD's `articleBody` (when it is whole, what it lacks is not the article), and the
memory of the site (a line seen on three different articles of an outlet is furniture). The tail is never trimmed by
punctuation: lists, quotes and poems end there too.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from .markup import overlap, words
from .pages import Block
from .sentences import finished
from .tokens import words as tokens

HEAD_LINES = 8
"""So many lines may stand before the lead; a page with more is not trimmed at the head at all."""


@dataclass(frozen=True)
class Known:
    """What is known of an article before its text is looked at."""

    title: str = ""
    description: str = ""
    authors: tuple[str, ...] = ()
    witness: str = ""
    furniture: Collection[str] = frozenset()  # `line_key` of lines known from three other articles


def refine(blocks: Sequence[Block], known: Known) -> list[Block]:
    """The article's own blocks, in order. Never empty unless `blocks` hold no line of prose at all."""
    kept = [block for block in blocks if not _furniture(block, known)]
    kept = _witnessed(kept, known)
    kept = _once(_without_head(kept, known))
    kept = _without_tail(kept)
    return kept if any(_prose(block) for block in kept) else [block for block in blocks if _prose(block)]


def text(blocks: Sequence[Block]) -> str:
    """The text as it is kept: a blank line between paragraphs."""
    return "\n\n".join(block.text for block in blocks)


def line_key(line: str) -> str:
    """A line's identity in the memory of a site: its words."""
    return " ".join(tokens(line))


def _furniture(block: Block, known: Known) -> bool:
    """Code that leaked, what is all link, and what the site says on every page."""
    if _CODE.search(block.text):
        return True
    if block.links > 0.9 and not finished(block.text):
        return True
    return bool(known.furniture) and line_key(block.text) in known.furniture


def _witnessed(blocks: list[Block], known: Known) -> list[Block]:
    """Only what JSON-LD's body has too, when that body is whole; headings inside and the standfirst stay."""
    whole = sum(len(block.text) for block in blocks)
    if len(known.witness) < 500 or len(known.witness) < 0.6 * whole:
        return blocks
    there = _shingles(tokens(known.witness))
    held = [_held(block, there) for block in blocks]
    if not any(held):
        return blocks
    first, last = held.index(True), len(held) - 1 - held[::-1].index(True)
    return [
        block
        for at, block in enumerate(blocks)
        if held[at] or (first < at < last and block.kind == "heading") or (at < first and _standfirst(block, known))
    ]


def _held(block: Block, there: set[tuple[str, ...]]) -> bool:
    mine = _shingles(tokens(block.text))
    return bool(mine) and sum(shingle in there for shingle in mine) >= 0.5 * len(mine)


def _shingles(line: list[str]) -> set[tuple[str, ...]]:
    size = min(3, len(line))
    return {tuple(line[at : at + size]) for at in range(len(line) - size + 1)} if line else set()


def _without_head(blocks: list[Block], known: Known) -> list[Block]:
    """Headline, kicker, byline, date and caption in front of the first prose line are dropped."""
    kept: list[Block] = []
    for at, block in enumerate(blocks[: HEAD_LINES + 1]):
        if repeats(block.text, known.title):
            continue
        if _standfirst(block, known):
            kept.append(block)
        elif not in_front(block, known):
            return kept + blocks[at:]
    return blocks


def in_front(block: Block, known: Known) -> bool:
    """A line that stands before the lead without being part of the text."""
    length = words(block.text)
    if block.kind in ("heading", "caption", "table") or (block.kind == "quote" and length < 25):
        return True
    if block.kind == "list":
        return length < 8 or not finished(block.text)
    if (length < 30 and _CREDIT.search(block.text)) or (length < 45 and _ASKS.search(block.text)):
        return True
    if length < 20 and (_names_author(block.text, known.authors) or _DATED.search(block.text)):
        return length < 12 or not finished(block.text)
    return not finished(block.text) and length < 20


def repeats(line: str, title: str) -> bool:
    """The line is the headline again, or little more."""
    mine, its = tokens(line), tokens(title)
    if not mine or not its or len(mine) > len(its) * 1.5 + 2:
        return False
    return mine == its or (overlap(mine, its) >= 0.8 and overlap(its, mine) >= 0.6)


def _standfirst(block: Block, known: Known) -> bool:
    """What the outlet gives as its own description, standing in front of the text."""
    mine, its = tokens(block.text), tokens(known.description)
    return len(mine) >= 6 and len(its) >= 6 and overlap(its, mine) >= 0.8 and overlap(mine, its) >= 0.6


def _names_author(line: str, authors: Sequence[str]) -> bool:
    mine = set(tokens(line))
    return any(len(name) > 1 and set(name) <= mine for name in map(tokens, authors)) or bool(_BYLINE.match(line))


def _once(blocks: list[Block]) -> list[Block]:
    """The lead does not stand twice, nor a line beside itself, nor a pull quote that repeats a piece of a paragraph.

    Further down, what is said twice may be meant so: recipes, interviews, songs.
    """
    kept: list[Block] = []
    whole = "\n".join(f" {line_key(block.text)} " for block in blocks if block.kind == "paragraph")
    for block in blocks:
        key = line_key(block.text)
        if len(key) > 20:
            if key in {line_key(one.text) for one in (*kept[:3], *kept[-1:])}:
                continue
            if block.kind in ("quote", "heading") and f" {key} " in whole:
                continue
        kept.append(block)
    return kept


def _without_tail(blocks: list[Block]) -> list[Block]:
    """Trailing lines that only invite to something else."""
    end = len(blocks)
    while end > 1 and invites(blocks[end - 1]):
        end -= 1
    return blocks[:end]


def invites(block: Block) -> bool:
    """A line that asks for something instead of telling: a link to another piece, a sign-up, a credit."""
    if block.kind == "heading":
        return True
    return words(block.text) < 30 and (
        block.links > 0.6 or bool(_ASKS.search(block.text)) or bool(_CREDIT.match(block.text))
    )


def _prose(block: Block) -> bool:
    return block.kind in ("paragraph", "quote") and finished(block.text) and words(block.text) >= 5


_CODE = re.compile(
    r"\bfunction\s*\(|\bvar \w+\s*=|window\.\w+\s*[=(.\[]|document\.\w+\(|=>\s*\{|\}\s*\)\s*;|^\s*[.#][\w-]+\s*\{|!important|googletag"
)
_BYLINE = re.compile(
    r"^(?:by|von|par|por|di|da|door|av|af|fra|tekst|text|autor(?:in)?|author|автор|текст|کد|نویسنده|بقلم|מאת|द्वारा|文|記者|기자)\s*[:：]?\s+\S+(?:\s+\S+){0,7}$",
    re.IGNORECASE,
)
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
    re.IGNORECASE,
)
_CREDIT = re.compile(
    r"©|\(c\)|\bgetty images\b|\bafp via\b|\bap photo\b|\bfile photo\b|\bshutterstock\b|\breuters/\w|/reuters\b|/afp\b|\bpicture alliance\b|/dpa\b"
    r"|\b(?:photo|foto|fotos|image|images|picture|bild|bilder|credit|credits|quelle|source|crédit|fotograf|grafik|video|фото|зображення|写真|사진|صورة|צילום|फोटो)\s*(?:by|von|credit|source|courtesy|par)?\s*[:：/]"
    r"|\bphoto by\b|\bimage source\b|\bcourtesy of\b|\bphotograph by\b|提供】?$|撮影】?$",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:independently select\w*|affiliate commission|earn (?:us )?a commission|non-commercial use|order reprints|this article is sponsored|sponsored by|listen to this article|support our journalism|reporting by|with reporting from|report an error|report a typo)\b"
    r"|\b(?:sign up|subscribe|newsletter|read more|read also|click here|follow us|share this|cookies?|advertisement|all rights reserved|log in|whatsapp|telegram channel)\b"
    r"|\b(?:lesen sie auch|fehler (?:der|an die) redaktion|mit (?:informationen|material) (?:von|der|des)|mehr zum thema|jetzt abonnieren|hier klicken|anzeige|folgen sie|alle rechte vorbehalten)\b"
    r"|\b(?:à lire aussi|lire aussi|abonnez-vous|inscrivez-vous|s'abonner|publicité)\b"
    r"|\b(?:suscríbete|con información de|lea también|lee también|te puede interesar|síguenos|publicidad|leia também|leia mais|assine|inscreva-se)\b"
    r"|\b(?:leggi anche|iscriviti|abbonati|lees ook|meld je aan|les også|läs också|læs også|czytaj też|czytaj także|zobacz też|čtěte také)\b"
    r"|читайте также|подпис(?:ывайтесь|аться)|читайте також|підписуйтесь|ayrıca okuyun|abone ol|اقرأ أيضا|اشترك|קראו גם|यह भी पढ़ें|あわせて読みたい|関連記事|相关阅读|延伸阅读|관련기사|อ่านเพิ่มเติม",
    re.IGNORECASE,
)
