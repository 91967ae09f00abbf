"""By what an entry is known again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from corante.core.entries import Entry, moment, name_all
from corante.core.feeds import FLOOD, ParsedFeed, Seen, decide, usual_gap

NOW = datetime(2026, 11, 22, 8, 12, tzinfo=UTC)
DAY = timedelta(hours=24)


def entry(n: int, **changes: object) -> Entry:
    values = {"guid": f"g{n}", "url": f"https://h.example/{n}", "title": f"Title number {n}", "published": NOW}
    return Entry(**(values | changes))  # type: ignore[arg-type]


def test_an_entry_is_known_by_guid_address_and_dated_title() -> None:
    (one,) = name_all([entry(1)])
    assert len(one.keys) == 3
    assert one.key == one.keys[1]


def test_a_guid_that_stands_twice_names_its_entry_only_together_with_its_address() -> None:
    one, other = name_all([entry(1, guid="same"), entry(2, guid="same")])
    assert not set(one.keys) & set(other.keys)


def test_entries_that_share_one_address_are_told_apart_by_their_guids() -> None:
    named = name_all([entry(n, url="https://h.example/live") for n in range(3)])
    assert len({one.key for one in named}) == 3


def test_an_entry_twice_in_one_document_is_one() -> None:
    assert len(name_all([entry(1), entry(1)])) == 1


def test_an_entry_without_any_name_is_left_out() -> None:
    assert name_all([Entry()]) == []


@given(
    st.lists(
        st.builds(
            Entry,
            guid=st.text(max_size=3),
            url=st.sampled_from(["", "https://h.example/a", "https://h.example/b"]),
            title=st.text(max_size=3),
        )
    )
)
def test_what_was_stored_is_known_next_time(entries: list[Entry]) -> None:
    seen = {key: Seen() for one in name_all(entries) for key in one.keys}
    again = decide(ParsedFeed(kind="rss", entries=tuple(entries)), seen, NOW, DAY, first=False)
    assert (again.fresh, again.remembered) == ((), ())


@given(st.datetimes(timezones=st.just(UTC)) | st.none())
def test_a_piece_is_never_from_the_future_and_never_older_than_1990(published: datetime | None) -> None:
    at, asserted = moment(entry(1, published=published), NOW)
    assert datetime(1990, 1, 1, tzinfo=UTC) <= at <= NOW
    assert asserted or at == NOW


def test_one_late_entry_is_news_and_a_flood_of_them_is_an_archive() -> None:
    old = [entry(n, published=NOW - timedelta(days=400)) for n in range(FLOOD)]
    assert len(decide(ParsedFeed(entries=tuple(old[:1])), {}, NOW, DAY, False, NOW).fresh) == 1
    assert len(decide(ParsedFeed(entries=tuple(old)), {}, NOW, DAY, False, NOW).remembered) == FLOOD


def test_after_a_week_out_of_reach_the_backlog_is_news() -> None:
    missed = [entry(n, published=NOW - timedelta(days=n % 6)) for n in range(40)]
    assert len(decide(ParsedFeed(entries=tuple(missed)), {}, NOW, DAY, False, NOW - timedelta(days=7)).fresh) == 40


def test_the_usual_gap_is_the_median_of_the_dates_it_gives() -> None:
    every_hour = [entry(n, published=NOW - timedelta(hours=n)) for n in range(20)]
    assert usual_gap(ParsedFeed(entries=tuple(every_hour)), NOW) == 3600
    assert usual_gap(ParsedFeed(entries=tuple(every_hour[:2])), NOW) == 0
