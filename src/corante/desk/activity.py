"""The log of acts, and undo: each kind of act is taken back by the room that did it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from corante import stories
from corante.catalog.desk import activity as read
from corante.core.lifecycles import NotAllowed
from corante.models import Act
from corante.models.deeds import Conflict

from . import digests, editions, outlets, story, topics
from .access import may
from .editor import number
from .frame import page, sorry, told
from .words import said

SUBJECTS = {
    "story": "Stories",
    "topic": "Topics",
    "outlet": "Outlets",
    "digest": "Letters",
    "edition": "Editions",
    "account": "Accounts",
}
TAKERS = {"topic": topics.undo, "outlet": outlets.undo, "edition": editions.undo, "digest": digests.undo}


def activity(request: HttpRequest) -> HttpResponse:
    """Who did what, when and why."""
    subject, who = request.GET.get("about", ""), request.GET.get("by", "")[:150]
    subject = subject if subject in SUBJECTS else ""
    acts, older = read.activity(number(request.GET.get("before")), subject, who)
    values = {"title": "Activity", "acts": acts, "older": older, "subject": subject, "who": who, "subjects": SUBJECTS}
    return page(request, "activity", values)


def undo(request: HttpRequest, act: int) -> HttpResponse:
    """Take an act back. An outlet's or account's act is an admin's to take back."""
    made = get_object_or_404(Act, pk=act)
    words = _undone(made)
    if made.subject == "story":
        doing = lambda s, by, why, now: stories.undo(made, by, now, why)  # noqa: E731
        return story.act(request, made.subject_id, words, doing)
    taker = TAKERS.get(made.subject)
    if taker is None or (made.subject == "outlet" and not may(request, "outlet_change")):
        return sorry(request, "That can’t be undone from here: change it back on its own page.")
    try:
        taker(request, made)
    except (ValueError, NotAllowed, Conflict) as error:
        return sorry(request, f"It can’t be undone: {error}.")
    return told(request, words)


def _undone(act: Act) -> str:
    """What is not done any more, as the log says it."""
    done = read.done(act.pk)
    return f"Undone: {said(done)} {act.label}." if done else "Undone."
