"""Topics: their rules with a live preview, their order, and filing a story by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from corante import topics as room
from corante.catalog.desk import activity, subjects, suggested
from corante.core.rules import LONGEST, RuleError
from corante.core.work import Impossible
from corante.models import Act, Filing, Story, Topic

from . import rules
from .editor import editor, moment, number
from .frame import at_hand, page, sorry, told
from .preview import shown


@dataclass(frozen=True)
class Typed:
    """What stands in the form."""

    name: str = ""
    rule: str = ""
    description: str = ""
    hold: bool = False

    @classmethod
    def of(cls, request: HttpRequest) -> Typed:
        """As posted."""
        said = request.POST.get
        return cls(
            name=" ".join(said("name", "").split())[:120],
            rule=rules.meant(request.POST),
            description=" ".join(said("description", "").split())[:500],
            hold=said("hold") == "on",
        )


def topics(request: HttpRequest, errors: Sequence[str] = (), status: int = 200) -> HttpResponse:
    """All topics, in the order readers see them."""
    listed = subjects.subjects(moment(), settings.CORANTE.zone)
    values = {"title": "Topics", "topics": listed, "retired": subjects.retired(), "errors": errors}
    return page(request, "topics", values, status=status)


def topic_new(request: HttpRequest) -> HttpResponse:
    """GET: an empty form, or one with the rule of the address. POST: preview, or add the topic."""
    typed = Typed.of(request) if request.method == "POST" else Typed(rule=_offered(request))
    if request.method != "POST" or request.POST.get("do") == "preview":
        return _form(request, None, typed)
    try:
        made = room.add(
            typed.name, typed.rule, moment(), editor(request), description=typed.description, hold=typed.hold
        )
    except ValueError as error:
        return _form(request, None, typed, [_reason(error)], 400)
    return told(request, f"{made.name} is added; the archive is filed under it now.", back=reverse("desk:topics"))


def topic(request: HttpRequest, topic: int) -> HttpResponse:
    """GET: the form. POST: preview, or save against the version the editor saw."""
    standing = get_object_or_404(Topic, pk=topic)
    if request.method != "POST":
        typed = Typed(standing.name, _offered(request) or standing.rule, standing.description, standing.hold)
        return _form(request, standing, typed)
    typed = Typed.of(request)
    if request.POST.get("do") == "preview":
        return _form(request, standing, typed)
    return _save(request, standing, typed)


def preview(request: HttpRequest) -> HttpResponse:
    """What a rule would have found in the last 14 days, and the rule as a form, for htmx."""
    rule = request.GET.get("rule", "")
    return render(request, "desk/previewed.html", at_hand(request) | rules.as_form(rule) | {"preview": shown(rule)})


def compose(request: HttpRequest) -> HttpResponse:
    """The rule a form says, and its preview, for htmx."""
    typed = Typed(rule=rules.written(request.GET))
    values = at_hand(request) | {"typed": typed, "preview": shown(typed.rule)}
    return render(request, "desk/composed.html", values)


def retire(request: HttpRequest, topic: int) -> HttpResponse:
    """Let it stand, and file nothing new."""
    standing = get_object_or_404(Topic, pk=topic)
    version = number(request.POST.get("version")) or 0
    try:
        act = room.retire(standing, editor(request), "", moment(), version)
    except (room.Conflict, Impossible) as error:
        return sorry(request, _reason(error))
    return told(request, f"{standing.name} is retired.", act.pk)


def order(request: HttpRequest) -> HttpResponse:
    """Move a topic one place up or down, against the version the editor saw."""
    try:
        moved = _move(request)
    except (room.Conflict, Impossible) as error:
        return topics(request, [_reason(error)], 409)
    return told(request, f"{moved.name} is moved.", back=reverse("desk:topics"))


@transaction.atomic
def _move(request: HttpRequest) -> Topic:
    """All topics are locked: nobody else moves or changes one meanwhile. Raises Conflict, Impossible."""
    standing = list(Topic.objects.filter(retired_at__isnull=True).select_for_update())
    at = next((n for n, t in enumerate(standing) if t.pk == number(request.POST.get("topic"))), None)
    if at is None:
        raise Impossible("that topic is not there any more")
    moved = standing.pop(at)
    if number(request.POST.get("version")) not in (None, moved.version):
        raise room.Conflict(moved)
    standing.insert(max(0, at + (-1 if request.POST.get("go") == "up" else 1)), moved)
    for place, each in enumerate(standing):
        if each.position != place:
            room.change(each, editor(request), "order", moment(), each.version, position=place)
    return moved


def file(request: HttpRequest, story: int) -> HttpResponse:
    """File a story by hand."""
    under = get_object_or_404(Topic, pk=number(request.POST.get("topic")), retired_at__isnull=True)
    what = get_object_or_404(Story, pk=story)
    try:
        filing = room.file_by_hand(what, under, editor(request), moment(), request.POST.get("why", "")[:300])
    except Impossible as error:
        return sorry(request, _reason(error))
    return told(request, f"Filed under {under.name}.", _last(filing))


def withdraw(request: HttpRequest, story: int) -> HttpResponse:
    """Take a story out of a topic; the rule won't put it back."""
    filing = get_object_or_404(Filing, story=story, topic=number(request.POST.get("topic")))
    try:
        act = room.withdraw(filing, editor(request), moment(), request.POST.get("why", "")[:300])
    except Impossible as error:
        return sorry(request, _reason(error))
    return told(request, f"Taken out of {filing.topic.name}; the rule won’t put it back.", act.pk)


def undo(request: HttpRequest, act: Act) -> None:
    """Take an act on a topic back. Raises ValueError with what stands against it."""
    room.undo(act, editor(request), moment())


def _save(request: HttpRequest, standing: Topic, typed: Typed) -> HttpResponse:
    version = number(request.POST.get("version")) or 0
    try:
        act = room.change(standing, editor(request), "", moment(), version, **asdict(typed))
    except room.Conflict as conflict:
        others = activity.history("topic", standing.pk)[:3]
        return _form(request, conflict.row, typed, status=409, others=others)
    except ValueError as error:
        return _form(request, standing, typed, [_reason(error)], 400)
    return told(request, f"{typed.name} is saved.", act.pk, back=reverse("desk:topics"))


def _offered(request: HttpRequest) -> str:
    """A rule an address proposes: it stands in the form, unsaved."""
    return request.GET.get("rule", "").replace("\x00", "").strip()[:LONGEST]


def _reason(error: Exception) -> str:
    words = f"the rule can’t be read: {error}" if isinstance(error, RuleError) else str(error)
    return f"{words[:1].upper()}{words[1:]}."


def _last(filing: Filing) -> int | None:
    made = Act.objects.filter(subject="topic", subject_id=filing.topic_id, verb="file").order_by("-id").first()
    return made.pk if made else None


def _form(
    request: HttpRequest,
    standing: Topic | None,
    typed: Typed,
    errors: list[str] | None = None,
    status: int = 200,
    others: list[activity.Done] | None = None,
) -> HttpResponse:
    action = reverse("desk:topic", args=[standing.pk]) if standing else reverse("desk:topic_new")
    values: dict[str, Any] = {
        "title": standing.name if standing else "A new topic",
        "standing": standing,
        "typed": typed,
        "action": action,
        "errors": errors or [],
        "others": others or [],
        "preview": shown(typed.rule),
        "acts": activity.history("topic", standing.pk) if standing else [],
        "suggestions": suggested.suggested(standing.pk) if standing else [],
        "words": room.words_to_add(standing) if standing else [],
        "progress": subjects.progress(standing) if standing else None,
    } | rules.as_form(typed.rule)
    return page(request, "topic", values, status)
