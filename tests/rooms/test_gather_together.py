"""Looks that arrive together are written together, and each is still whole or not there at all."""

from __future__ import annotations

from datetime import timedelta

import pytest

from corante.core.config import Config
from corante.core.entries import Entry
from corante.core.feeds import Outcome, ParsedFeed
from corante.gather.noting import Look
from corante.gather.storing import Looked, store
from corante.models import Article, Body, Feed, Fetch, Sighting
from corante.net import client as net
from corante.net.client import Answer, Request
from tests.fakes import world
from tests.fakes.gathering import NOW

pytestmark = pytest.mark.django_db(transaction=True)


def told(feed: Feed, *addresses: str, jitter: float = 0.5) -> Looked:
    """A look that brought these pieces."""
    at = NOW - timedelta(hours=1)
    entries = tuple(
        Entry(guid=f"{feed.pk} {one}", url=one, title=f"Piece at {one}", html="<p>x</p>", published=at)
        for one in addresses
    )
    answer = Answer(Request(feed.url, tag=feed), Outcome.OK, url=feed.url, etag='"1"')
    return feed, answer, Look(seal="s", parsed=ParsedFeed("rss", entries=entries)), NOW, jitter


def feeds(count: int) -> list[Feed]:
    return [world.feed(world.outlet(f"Outlet {n}")) for n in range(count)]


def test_what_arrives_together_is_all_there_afterwards() -> None:
    some = feeds(5)
    tally = store([told(feed, f"https://h{n}.example/1", f"https://h{n}.example/2") for n, feed in enumerate(some)])
    assert (tally.done, tally.made, tally.failed) == (5, 10, 0)
    assert (Article.objects.count(), Body.objects.filter(feed_html="<p>x</p>").count()) == (10, 10)
    assert Fetch.objects.filter(outcome="fresh", new=2).count() == 5
    assert set(Feed.objects.values_list("etag", "outcome", "body_hash")) == {('"1"', "fresh", "s")}
    assert all(article.sightings.count() >= 2 for article in Article.objects.all())


def test_one_that_cannot_be_stored_does_not_stop_the_others() -> None:
    some = feeds(4)
    looks = [told(feed, f"https://h{n}.example/1") for n, feed in enumerate(some)]
    looks[2] = told(some[2], "https://h2.example/1", jitter=float("nan"))
    tally = store(looks)
    assert (tally.done, tally.made, tally.failed) == (3, 3, 1)
    assert not Article.objects.filter(feed=some[2]).exists()
    assert not Sighting.objects.filter(outlet=some[2].outlet).exists()
    assert not Fetch.objects.filter(feed=some[2]).exists()
    some[2].refresh_from_db()
    assert (some[2].etag, some[2].imported_at, some[2].body_hash) == ("", some[2].imported_at, "")


def test_two_outlets_that_tell_one_piece_in_one_breath_have_one_article() -> None:
    one, other = feeds(2)
    store([told(one, "https://wire.example/1"), told(other, "https://wire.example/1")])
    article = Article.objects.get()
    assert article.outlet == one.outlet
    assert set(Sighting.objects.values_list("outlet_id", "article_id")) == {
        (one.outlet_id, article.pk),
        (other.outlet_id, article.pk),
    }


def test_two_feeds_of_one_outlet_know_of_each_other_in_one_breath() -> None:
    (one,) = feeds(1)
    other = world.feed(one.outlet)
    tally = store([told(one, "https://h.example/1"), told(other, "https://h.example/1", "https://h.example/2")])
    assert (tally.made, Article.objects.count()) == (2, 2)


def test_a_feed_taken_away_meanwhile_leaves_the_others() -> None:
    one, gone, deleted = feeds(3)
    looks = [told(feed, f"https://h{feed.pk}.example/1") for feed in (one, gone, deleted)]
    Feed.objects.filter(pk=gone.pk).update(state="gone")
    Feed.objects.filter(pk=deleted.pk).delete()
    assert store(looks).done == 1
    assert Article.objects.get().feed == one


def test_a_feed_paused_while_it_answers_that_it_is_gone_stays_paused_and_stops_nobody() -> None:
    one, paused = feeds(2)
    gone = Answer(Request(paused.url, tag=paused), Outcome.GONE, url=paused.url, status=410)
    Feed.objects.filter(pk=paused.pk).update(state="paused")
    tally = store([told(one, "https://h.example/1"), (paused, gone, Look(), NOW, 0.5)])
    assert (tally.made, Article.objects.get().feed) == (1, one)
    paused.refresh_from_db()
    assert (paused.state, paused.outcome) == ("paused", "gone")


def test_an_error_in_what_is_made_of_an_answer_reaches_the_caller() -> None:
    def then(answer: Answer) -> str:
        if answer.request.tag == 3:
            raise ValueError("no")
        return answer.detail

    client = net.Client(Config(title="T", base_url="https://news.example"))
    requests = [Request("ftp://nowhere", tag=n) for n in range(5)]
    with pytest.raises(ValueError, match="no"):
        list(client.fetch_arrived(requests, then, most=16))
    client.close()
