"""A small cast to write tests with: each function makes one row, complete and plausible, with what you name changed."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.utils.text import slugify

from corante.models import (
    Account,
    Article,
    Body,
    Digest,
    Feed,
    Filing,
    Join,
    Outlet,
    Story,
    Subscriber,
    Subscription,
    Topic,
)

NOW = datetime(2026, 11, 22, 8, 12, tzinfo=UTC)
_count = itertools.count(1)


def outlet(name: str = "Harbour Post", **changes: Any) -> Outlet:
    """An outlet; its slug follows from its name."""
    values: dict[str, Any] = {
        "slug": slugify(name) or f"outlet-{next(_count)}",
        "home_url": "https://harbour.example/",
        "created_at": NOW,
    }
    return Outlet.objects.create(name=name, **(values | changes))


def feed(of: Outlet, **changes: Any) -> Feed:
    """A feed of an outlet, due now, its first import behind it."""
    values: dict[str, Any] = {
        "url": f"https://{of.slug}.example/feed-{next(_count)}.xml",
        "created_at": NOW,
        "next_check_at": NOW,
        "imported_at": NOW - timedelta(days=30),
    }
    return Feed.objects.create(outlet=of, **(values | changes))


def article(of: Outlet, title: str = "Council votes to raise the sea wall", text: str = "", **changes: Any) -> Article:
    """An article that has been read, with its body."""
    n = next(_count)
    values: dict[str, Any] = {
        "url": f"https://{of.slug}.example/{n}",
        "key": f"key-{n}",
        "language": "en",
        "published_at": NOW,
        "published_asserted": True,
        "seen_at": NOW,
        "reading": "read",
        "read_at": NOW,
        "excerpt": "The harbour council voted nine to four late on Saturday to raise the sea wall by one metre along its whole length, and to start before a permit for the northern section has been granted.",
        "excerpt_source": "body",
    }
    made = Article.objects.create(outlet=of, title=title, **(values | changes))
    Body.objects.create(article=made, text=text or made.excerpt)
    return made


def story(*articles: Article, **changes: Any) -> Story:
    """A story told by these articles, led by the first."""
    lead = articles[0]
    values: dict[str, Any] = {
        "lead": lead,
        "language": lead.language,
        "first_at": min(a.published_at for a in articles),
        "last_at": max(a.seen_at for a in articles),
        "outlets": len({a.outlet_id for a in articles}),
        "articles_count": len(articles),
        "unfiled": False,
        "public_at": NOW,
    }
    made = Story.objects.create(**(values | changes))
    for one in articles:
        one.story = made
        one.save(update_fields=["story"])
        Join.objects.create(
            article=one, story=made, kind="opened" if one is lead else "joined", reason="they share “sea wall”", at=NOW
        )
    return made


def topic(name: str = "Everything", rule: str = "*", **changes: Any) -> Topic:
    """A topic."""
    values: dict[str, Any] = {"slug": slugify(name), "created_at": NOW}
    return Topic.objects.create(name=name, rule=rule, **(values | changes))


def filed(what: Story, under: Topic, **changes: Any) -> Filing:
    """A story under a topic."""
    values: dict[str, Any] = {"told_at": what.first_at, "at": NOW, "clause": under.rule}
    return Filing.objects.create(story=what, topic=under, **(values | changes))


def digest(*topics: Topic, name: str = "Daily letter", **changes: Any) -> Digest:
    """A daily digest at seven, UTC."""
    values: dict[str, Any] = {
        "slug": slugify(name),
        "slot": time(7),
        "time_zone": "UTC",
        "created_at": NOW - timedelta(days=2),
    }
    made = Digest.objects.create(name=name, **(values | changes))
    made.topics.set(topics)
    return made


def subscriber(address: str = "", of: Digest | None = None, **changes: Any) -> Subscriber:
    """A confirmed subscriber, of a digest if one is given."""
    n = next(_count)
    values: dict[str, Any] = {
        "key": f"subscriber-{n}",
        "state": "confirmed",
        "token": f"{n:032x}",
        "asked_at": NOW - timedelta(days=3),
        "confirmed_at": NOW - timedelta(days=3),
    }
    made = Subscriber.objects.create(address=address or f"reader{n}@example.org", **(values | changes))
    if of:
        Subscription.objects.create(subscriber=made, digest=of, since=made.asked_at)
    return made


def account(name: str = "editor", role: str = "editor") -> Account:
    """An account whose password is "a long password"."""
    return Account.objects.create_user(name, password="a long password", role=role)


def told(count: int, under: Topic | None = None, minutes: int = 10) -> list[Story]:
    """So many public stories of one article each, the newest first told now."""
    who = Outlet.objects.first() or outlet()
    made = []
    for n in range(count):
        at = NOW - timedelta(minutes=minutes * n)
        made.append(story(article(who, f"Story number {n + 1}", published_at=at, seen_at=at)))
        if under:
            filed(made[-1], under)
    return made
