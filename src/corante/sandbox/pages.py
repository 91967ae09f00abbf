"""An article page's bytes made a value: decoded, the outlet's no-snippet parts taken out, parsed once.

Rule: this only reads. What is kept, cut and believed is decided in `core` (pages, refining, excerpts, wishes).
trafilatura finds the text; an outlet's own CSS selector goes before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml.html import HtmlElement
from trafilatura.metadata import extract_author

from corante.core.bylines import people, person
from corante.core.languages import base, tag, written
from corante.core.markup import clean
from corante.core.pages import Block, Claim, Page, authors
from corante.core.tonguewords import told_by_small_words
from corante.core.wishes import OUR_NAME, read_wishes

from . import claims, jsonld
from .decoding import decode
from .prescan import prescan
from .sheets import sheets
from .texts import blocks_of, plain_blocks
from .trees import drop_footers, drop_unquotable, drop_wordless, parse
from .unseen import drop_unseen, mark_hidden, mark_paid


def read(
    body: bytes,
    url: str,
    content_type: str = "",
    robots_header: tuple[str, ...] = (),
    selector: str = "",
) -> Page:
    """The page at `url`, as it says it is.

    `content_type` and `robots_header` (the X-Robots-Tag fields, and a `tdm-reservation: 1` field as it stood) are the
    answer's own; `selector` is the outlet's CSS selector of the text.
    Raises Refused for shapes no honest outlet sends.
    """
    prescan(body, "page")
    tree = parse(decode(body, content_type))
    if tree is None:
        return Page()
    objects = jsonld.objects(tree)
    article = jsonld.main_article(objects, url)
    said = [*jsonld.article_claims(article, objects, url), *claims.meta_claims(tree, url)]
    wishes = read_wishes(
        [*robots_header, *claims.robots(tree, OUR_NAME)],
        reserved=claims.reserved(tree) or "tdm-reservation: 1" in robots_header,
        free=jsonld.free(article),
    )
    mark_paid(tree, jsonld.paid(objects))
    css = sheets(tree)
    drop_wordless(tree)
    said += _guesses(tree, said)
    drop_footers(tree)
    drop_unquotable(tree)
    drop_unseen(tree)
    blocks = tuple(blocks_of(tree, url, selector, css))
    language = detect(_words(blocks), [claim.value for claim in said if claim.field == "language"])
    return Page(blocks, tuple(said), jsonld.witness(article), wishes, language)


def read_fragment(markup: str, url: str) -> Page:
    """An article's text as its feed carried it (`content:encoded`), in the same shape as a page."""
    prescan(markup.encode(), "page")
    tree = parse(f"<html><body><article>{markup}</article></body></html>")
    if tree is None:
        return Page()
    drop_unquotable(tree)
    drop_unseen(tree)
    mark_hidden(tree, sheets(tree))
    blocks = tuple(plain_blocks(tree))
    return Page(blocks, detected=detect(_words(blocks)))


def detect(text: str, declared: Iterable[str] = ()) -> str:
    """The language of a text: by its script, else by its small words; empty where neither tells, and the outlet's word counts.

    No model: the best one to be had weighs 70 MB in every process that reads.
    """
    return written(text[:1500]) or told_by_small_words(text, [base(tag(one)) for one in declared])


def _words(blocks: Iterable[Block]) -> str:
    return " ".join(block.text for block in blocks)


def _guesses(tree: HtmlElement, said: list[Claim]) -> Iterator[Claim]:
    """What the library makes out, only for what nobody said. Its guess at a date is not wanted: a date is asserted or none."""
    if authors(Page(claims=tuple(said)))[1] not in ("", "outlet"):
        return
    named = list(claims.bylines(tree))
    yield from (Claim("author", name, "html") for name in named)
    guessed = [] if named else people(clean(extract_author(tree) or ""))
    yield from (Claim("author", name, "library") for name in guessed if person(name))
