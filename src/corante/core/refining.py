"""From the library's blocks to the article's own text: what stands in front, between and behind is dropped.

Four witnesses, each able to drop a line by itself: the head (nothing before the first prose line but a standfirst),
repetition (no line twice), JSON-LD's `articleBody` (when it is whole, what it lacks is not the article), and the
memory of the site (a line seen on three different articles of an outlet is furniture). The tail is never trimmed by
punctuation: lists, quotes and poems end there too.
"""

from __future__ import annotations

from collections.abc import Sequence

from .filtering import unlikely
from .marks import CREDIT, Known, asks, credits, dated, leaked, line_key, names_author, repeats, shingles, standfirst
from .markup import words
from .pages import Block
from .sentences import finished
from .tokens import words as tokens

HEAD_LINES = 8
"""So many lines may stand before the lead; a page with more is not trimmed at the head at all."""
PLAIN = 25
"""Words: a line as long as that is text, also where nobody set a full stop."""


def refine(blocks: Sequence[Block], known: Known) -> list[Block]:
    """The article's own blocks, in order. Never empty unless `blocks` hold no prose nor a long line."""
    out = unlikely(blocks, known)
    kept = [block for at, block in enumerate(blocks) if at not in out and not _furniture(block, known)]
    kept = _witnessed(kept, known)
    kept = _once(_without_head(kept, known))
    kept = _without_tail(kept)
    if any(_prose(block) for block in kept):
        return kept
    return [block for block in blocks if _prose(block)] or [block for block in blocks if words(block.text) >= PLAIN]


def text(blocks: Sequence[Block]) -> str:
    """The text as it is kept: a blank line between paragraphs."""
    return "\n\n".join(block.text for block in blocks)


def _furniture(block: Block, known: Known) -> bool:
    """Code that leaked, what is all link, and what the site says on every page."""
    if leaked(block.text):
        return True
    if block.links > 0.9 and not finished(block.text):
        return True
    return bool(known.furniture) and line_key(block.text) in known.furniture


def _witnessed(blocks: list[Block], known: Known) -> list[Block]:
    """Only what JSON-LD's body has too, when that body is whole; headings inside and the standfirst stay."""
    whole = sum(len(block.text) for block in blocks)
    if len(known.witness) < 500 or len(known.witness) < 0.6 * whole:
        return blocks
    there = shingles(tokens(known.witness))
    held = [_held(block, there) for block in blocks]
    if not any(held):
        return blocks
    first, last = held.index(True), len(held) - 1 - held[::-1].index(True)
    return [
        block
        for at, block in enumerate(blocks)
        if held[at] or (first < at < last and block.kind == "heading") or (at < first and standfirst(block, known))
    ]


def _held(block: Block, there: set[tuple[str, ...]]) -> bool:
    mine = shingles(tokens(block.text))
    return bool(mine) and sum(shingle in there for shingle in mine) >= 0.5 * len(mine)


def _without_head(blocks: list[Block], known: Known) -> list[Block]:
    """Headline, kicker, byline, date and caption in front of the first prose line are dropped."""
    kept: list[Block] = []
    blocks = blocks[_headline(blocks, known) :]
    for at, block in enumerate(blocks[: HEAD_LINES + 1]):
        if repeats(block.text, known.title):
            continue
        if standfirst(block, known):
            kept.append(block)
        elif not in_front(block, known):
            return kept + blocks[at:]
    return blocks


def _headline(blocks: list[Block], known: Known) -> int:
    """Where the article begins: what stands before its own headline is of something else."""
    head = blocks[:HEAD_LINES]
    return max(
        (at for at, one in enumerate(head) if one.kind == "heading" and repeats(one.text, known.title)), default=0
    )


def in_front(block: Block, known: Known) -> bool:
    """A line that stands before the lead without being part of the text."""
    length = words(block.text)
    if block.kind in ("heading", "caption", "table") or (block.kind == "quote" and length < 25):
        return True
    if block.kind == "list":
        # Where the filter could judge a list by its place, it did.
        return block.place is None and (length < 8 or not finished(block.text))
    if (length < 30 and credits(block.text)) or (length < 45 and asks(block.text)):
        return True
    if length < 20 and (names_author(block.text, known.authors) or dated(block.text)):
        return length < 12 or not finished(block.text)
    return not finished(block.text) and length < 20


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
    asking = block.links > 0.6 or asks(block.text) or bool(CREDIT.match(block.text.lower()))
    return words(block.text) < 30 and asking


def _prose(block: Block) -> bool:
    return block.kind in ("paragraph", "quote") and finished(block.text) and words(block.text) >= 5
