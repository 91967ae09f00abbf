"""Lifecycles are whole: every arrow ends in a state that exists, every state can be reached."""

from __future__ import annotations

import pytest

from corante.core.lifecycles import LIFECYCLES, NotAllowed, step


@pytest.mark.parametrize("name", LIFECYCLES)
def test_every_arrow_ends_in_a_state_of_its_table(name: str) -> None:
    table = LIFECYCLES[name]
    assert {after for arrows in table.values() for after in arrows.values()} <= set(table)


@pytest.mark.parametrize("name", LIFECYCLES)
def test_every_state_can_be_reached_from_the_first(name: str) -> None:
    table = LIFECYCLES[name]
    reached, edge = set(), [next(iter(table))]
    while edge:
        state = edge.pop()
        if state not in reached:
            reached.add(state)
            edge.extend(table[state].values())
    assert reached == set(table)


def test_an_arrow_that_is_not_drawn_is_refused() -> None:
    with pytest.raises(NotAllowed, match="accept"):
        step(LIFECYCLES["delivery"], "pending", "accept")
