"""What a worker had in hand when it died is taken up by the same job, run again, and by nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from corante import gather
from corante.core.config import Config
from corante.models import Article, Feed, HostGate
from corante.net import client as net
from corante.net.client import Request
from corante.net.politeness import registrable_of
from tests.fakes import world
from tests.fakes.gathering import NOW, loopback, outlets
from tests.fakes.outlets import Asked, Outlets, Reply, item, rss

__all__ = ["loopback", "outlets"]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("loopback")]

ONE = rss(item("The council votes on the wall", "https://h.example/wall", "1"))


def held(outlets: Outlets, job: str) -> Feed:
    """A feed as a job leaves it that was killed while it asked."""
    feed = world.feed(world.outlet(), url=outlets.url("/feed.xml"), imported_at=NOW - timedelta(days=9))
    Feed.objects.filter(pk=feed.pk).update(next_check_at=NOW + timedelta(minutes=1), held_by=job)
    return feed


def work(feed: Feed, job: str, seconds: int = 5) -> Feed:
    gather.work([feed.pk], lambda: NOW + timedelta(seconds=seconds), job)
    feed.refresh_from_db()
    return feed


def test_the_same_job_run_again_takes_up_what_it_held(outlets: Outlets) -> None:
    outlets["/feed.xml"] = ONE
    feed = work(held(outlets, "job-1"), "job-1")
    assert (feed.outcome, feed.held_by, Article.objects.count()) == ("fresh", "", 1)


@pytest.mark.parametrize("other", ["job-2", ""])
def test_no_other_job_takes_it_before_its_minute_is_over(outlets: Outlets, other: str) -> None:
    outlets["/feed.xml"] = ONE
    feed = work(held(outlets, "job-1"), other)
    assert (outlets.requests, feed.held_by) == ([], "job-1")
    assert work(feed, other, seconds=60).outcome == "fresh"


def test_a_job_run_again_leaves_to_others_what_others_took_meanwhile(outlets: Outlets) -> None:
    outlets["/feed.xml"] = ONE
    feed = held(outlets, "job-2")
    assert work(feed, "job-1").outcome == ""
    assert outlets.requests == []


def test_a_feed_that_brings_its_worker_down_twice_has_its_minute(outlets: Outlets) -> None:
    seen = list[str]()

    def dying(_asked: Asked) -> bytes:
        seen.append(Feed.objects.get().held_by)
        return ONE

    outlets["/feed.xml"] = dying
    feed = held(outlets, "")
    work(feed, "job-1", seconds=60)
    Feed.objects.update(next_check_at=NOW + timedelta(minutes=2), held_by="job-1")
    work(feed, "job-1", seconds=65)
    assert seen == ["job-1", ""], "the first look is the job's to repeat, the repeated one is not"


@pytest.mark.parametrize("answer", [Reply(status=304), Reply(status=500), ONE, b"no feed"], ids=str)
def test_a_look_that_is_stored_is_held_by_nobody(outlets: Outlets, answer: Reply | bytes) -> None:
    outlets["/feed.xml"] = answer
    assert work(held(outlets, "job-1"), "job-1").held_by == ""
    Feed.objects.update(next_check_at=NOW)
    feed = work(Feed.objects.get(), "job-2", seconds=0)
    assert (feed.held_by, len(outlets.requests)) == ("", 2)
    assert work(feed, "job-2").held_by == ""
    assert len(outlets.requests) == 2


def test_a_feed_whose_host_asked_us_to_wait_is_held_by_nobody(outlets: Outlets) -> None:
    feed = held(outlets, "job-1")
    until = NOW + timedelta(hours=1)
    HostGate.objects.create(host=registrable_of(feed.url), not_before=until)
    feed = work(feed, "job-1")
    assert (feed.held_by, feed.next_check_at, outlets.requests) == ("", until, [])


def test_a_worker_that_has_just_begun_asks_nobody_until_two_seconds_have_passed() -> None:
    client = net.Client(Config(title="T", base_url="https://news.example"))
    client.rest(3600)
    answer = client.fetch_one(Request("http://harbour.example/feed.xml", patience_s=60))
    client.close()
    assert (answer.outcome, answer.retry_s > 3000) == ("postponed", True)
