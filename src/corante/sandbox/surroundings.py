"""Where on its page each line of the library's text stands: what it is inside of, what it is called, who its neighbours are.

The library gives text without surroundings, and the surroundings tell a caption from a paragraph and a teaser from the
text. Rule: this measures, `core.filtering` judges; also what the library left out between its lines is only shown to that
judge.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import reduce
from itertools import islice
from operator import or_

from lxml.html import HtmlElement

from corante.core.pages import Block, Place

from .lines import Container, Line, lines_of

FAR = 400
"""Lines: what matches so far behind the last match stands there by chance."""
ENDS = 20
"""Characters: so much of a line tells it from others."""
INSIDE = 5_000
"""Elements inside of lines that are looked at."""
HEAD, GAP = 15, 12
"""Lines: so far before the text its headline is looked for; so many left out in one place are no oversight."""


def placed(blocks: Sequence[Block], root: HtmlElement) -> tuple[list[Block], set[HtmlElement]]:
    """The blocks, each with its place on the page under `root`, and the lines between them that the library left out.

    With them the elements that the text stands in.

    A block that is not found on the page has no place. A line that was left out is marked so (`taken`).
    Where a part is for subscribers, what is not found counts as theirs.
    """
    lines = lines_of(root)
    found = _matched(blocks, lines)
    weights = _Weights(lines, {at for at in found if at is not None})
    paid = "paid" if any(line.at.withheld == "paid" for line in lines) else ""
    made: list[Block] = []
    before = _head(lines, next((at for at in found if at is not None), 0))
    for block, at in zip(blocks, found, strict=True):
        if at is None:
            made.append(replace(block, withheld=paid))
            continue
        gap = max(-5, min(20, at - before))
        made += [_left_out(weights, between) for between in range(before + 1, at) if _may_belong(lines[between], gap)]
        line = lines[at]
        place = weights.place(at, gap)
        made.append(replace(block, kind=_kind(block, line), links=line.links, place=place, withheld=line.at.withheld))
        before = at
    return made, _standing([lines[at] for at in found if at is not None])


def _standing(lines: Sequence[Line]) -> set[HtmlElement]:
    """The elements around these lines and inside of them; those of the first lines first, which are quoted."""
    innermost = dict.fromkeys(line.at.element for line in lines if line.at.element is not None)
    around = {one.element for line in lines for one in line.path if one.element is not None}
    return around | set(islice((below for element in innermost for below in element.iterdescendants()), INSIDE))


def _head(lines: list[Line], first: int) -> int:
    """Where the page's headline stands before the text, if it does within a few lines."""
    return next((at for at in range(first - 1, max(-1, first - HEAD), -1) if lines[at].look[:1] == ("h1",)), first - 1)


def _may_belong(line: Line, gap: int) -> bool:
    out = "form" in line.at.inside or line.links > 0.5
    return gap <= GAP and line.words >= 5 and not out


def _left_out(weights: _Weights, at: int) -> Block:
    line = weights.lines[at]
    return Block(line.at.kind, line.text, line.links, replace(weights.place(at, 1), taken=False), line.at.withheld)


def _kind(block: Block, line: Line) -> str:
    """The page's word for what the library calls a paragraph, except in lists: whole texts are set as one."""
    return line.at.kind if block.kind == "paragraph" and line.at.kind in ("heading", "caption", "quote") else block.kind


def _matched(blocks: Sequence[Block], lines: list[Line]) -> list[int | None]:
    """For each block the line that holds it, going down the page where several do."""
    where: dict[str, list[int]] = defaultdict(list)
    for at, line in enumerate(lines):
        for key in _keys(line.text):
            where[key].append(at)
    found: list[int | None] = []
    last = -1
    for block in blocks:
        candidates = next((where[key] for key in _keys(block.text) if key in where), [])
        after = [at for at in candidates if at >= last]
        if after and after[0] - last < FAR:
            last = after[0]
        found.append(next(iter(after), candidates[-1] if candidates else None))
    return found


def _keys(text: str) -> Iterator[str]:
    """The whole line, else how it begins or how it ends; spaces don't count."""
    key = text.replace(" ", "")
    yield key
    if len(key) > ENDS:
        yield "^" + key[:ENDS]
        yield "$" + key[-ENDS:]


class _Weights:
    """How much of the library's text is in each container, and in lines that look alike."""

    def __init__(self, lines: list[Line], chosen: set[int]) -> None:
        self.lines = lines
        self.inside: dict[Container, int] = defaultdict(int)
        self.all_inside: dict[Container, int] = defaultdict(int)
        self.alike: dict[tuple[str, ...], int] = defaultdict(int)
        self.all_alike: dict[tuple[str, ...], int] = defaultdict(int)
        self.own = [line.words if at in chosen and line.links < 0.5 else 0 for at, line in enumerate(lines)]
        for line, own in zip(lines, self.own, strict=True):
            self.inside[line.at] += own
            self.all_inside[line.at] += line.words
            self.alike[line.look] += own
            self.all_alike[line.look] += line.words
        self._add_up()
        self.mass = max(self.inside.values(), default=0) or 1
        self.main = self._main()

    def _add_up(self) -> None:
        """What is in a container is in those around it, but for the page as a whole."""
        told = {container for line in {line.at: line for line in self.lines}.values() for container in line.path}
        self.inside = defaultdict(int, {one: self.inside.get(one, 0) for one in told})
        self.all_inside = defaultdict(int, {one: self.all_inside.get(one, 0) for one in told})
        for one in sorted(told, key=lambda one: one.number, reverse=True):
            if one.up in told:
                self.inside[one.up] += self.inside[one]
                self.all_inside[one.up] += self.all_inside[one]

    def _main(self) -> Container | None:
        """The innermost container of most of the text."""
        heavy = [one for one, weight in self.inside.items() if weight >= 0.7 * self.mass]
        return max(heavy, key=lambda one: one.number, default=None)

    def place(self, at: int, gap: int) -> Place:
        """The place of one line."""
        line, own = self.lines[at], self.own[at]
        up, higher = ((*line.path, line.at, line.at, line.at)[1:3]) if line.path else (line.at, line.at)
        hints = [one.hints for one in line.path]
        return Place(
            inside=line.at.inside,
            near=_all(hints[:2]),
            above=_all(hints[1:]),
            shared=(self.inside[up] - own) / self.mass,
            pure=(self.inside[up] - own) / max(1, self.all_inside[up] - line.words),
            pure_above=(self.inside[higher] - own) / max(1, self.all_inside[higher] - line.words),
            alike=(self.alike[line.look] - own) / self.mass,
            alike_pure=(self.alike[line.look] - own) / max(1, self.all_alike[line.look] - line.words),
            main=self.main in line.path,
            bold=line.bold,
            gap=gap,
        )


def _all(bits: Sequence[int]) -> int:
    return reduce(or_, bits, 0)
