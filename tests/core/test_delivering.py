"""What a mail server's answer means, at every stage."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corante.core.delivering import RETRY_FOR, Answer, breaker_trips, judge, retry_at, return_path, returned
from corante.core.lifecycles import DELIVERY, step

NOW = datetime(2026, 11, 22, 8, 12, tzinfo=UTC)
STAGES = ("connect", "login", "mail", "rcpt", "data", "dot")


@given(st.sampled_from(STAGES), st.integers(0, 599), st.text(max_size=40), st.booleans())
def test_every_answer_has_a_meaning_its_lifecycle_knows(stage: str, code: int, text: str, fresh: bool) -> None:
    verdict = judge(Answer(stage, code, text), fresh)
    step(DELIVERY, "armed" if stage == "dot" else "leased", verdict.event)


@given(st.sampled_from(STAGES), st.integers(0, 599))
def test_only_silence_after_the_dot_is_doubt(stage: str, code: int) -> None:
    assert (judge(Answer(stage, code)).event == "doubt") == (stage == "dot" and code == 0)


@given(st.integers(0, 40), st.integers(0, 10**6), st.integers(0, 47 * 60))
def test_a_retry_is_later_and_never_past_48_hours(tries: int, row: int, minutes: int) -> None:
    now = NOW + timedelta(minutes=minutes)
    assert now < retry_at(tries, now, NOW, row) <= NOW + RETRY_FOR


def test_the_status_is_read_from_the_servers_words() -> None:
    assert Answer("rcpt", 550, "5.1.1 no such person").status == "5.1.1"
    assert Answer("rcpt", 550, "no such person").status == ""


@pytest.mark.parametrize(
    ("before", "settled", "refused", "trips"),
    [(0, 200, 11, True), (0, 200, 10, False), (0, 199, 100, False), (200, 400, 100, False)],
)
def test_the_breaker_is_judged_once(before: int, settled: int, refused: int, trips: bool) -> None:
    assert breaker_trips(before, settled, refused) is trips


@given(st.integers(1, 10**12))
def test_a_return_path_names_its_delivery_and_cannot_be_forged(delivery: int) -> None:
    path = return_path(delivery, "example.org", "secret")
    assert len(path.partition("@")[0]) <= 64
    assert returned(path, "secret") == delivery
    assert returned(path.replace(str(delivery), str(delivery + 1), 1), "secret") is None
    assert returned(path, "another secret") is None
