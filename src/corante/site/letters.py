"""A reader's own pages, opened by the link in their letter: leaving, choosing, taking data along, deleting it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final
from zoneinfo import available_timezones

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from corante import subscribe
from corante.catalog.templating import almanac
from corante.catalog.timetables import next_at
from corante.catalog.tongues import own_name, spoken
from corante.core import paths
from corante.models import Digest, Subscriber
from corante.subscribe.own import chosen

from .signup import both, shown

NONE: Final = -1
"""No row and no hour has this number."""


@csrf_exempt  # RFC 8058: a mail program posts here with no cookie, no page and no origin
@both
def leave_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET: a button. POST: out, at once; the answer is the same however often."""
    if token == subscribe.probe():
        return HttpResponse(subscribe.PROBED, content_type="text/plain; charset=utf-8")
    row = subscribe.subscriber_of(token)
    if row is None:
        raise Http404
    if request.method == "POST":
        subscribe.leave(token, datetime.now(UTC))
        return shown(request, "site/leave_done.html", paths.leave(token), _("You have left"), token=token)
    gone = row.state not in ("confirmed", "paused", "pending")
    return shown(request, "site/leave.html", paths.leave(token), _("Leave the letter"), token=token, gone=gone)


@csrf_exempt  # the token in the address is the secret
@both
def letter_page(request: HttpRequest, token: str) -> HttpResponse:
    """GET: what you get and when. POST: change it, pause, or have your data deleted."""
    row = subscribe.subscriber_of(token)
    if row is None or not row.address:
        raise Http404
    if request.method != "POST":
        return _letter(request, row)
    if request.POST.get("act") == "take":
        return _data(row)
    try:
        said = _act(request, row, datetime.now(UTC))
    except ValueError as error:
        row.time_zone = request.POST.get("time_zone", row.time_zone)[:64]  # as typed, to be mended
        return _letter(request, row, str(error), 422)
    fresh = subscribe.subscriber_of(token)
    if fresh is None or not fresh.address:
        return shown(request, "site/letter_gone.html", paths.letter(token), _("Your data is deleted"))
    return _letter(request, fresh, said)


def _data(row: Subscriber) -> HttpResponse:
    """Everything we hold on a reader, to take along."""
    response = JsonResponse(subscribe.export(row), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="my-data.json"'
    return response


def _act(request: HttpRequest, row: Subscriber, now: datetime) -> str:
    act = request.POST.get("act", "keep")
    if act == "pause":
        subscribe.pause(row.token, now)
        return _("Paused: no letter comes until you end the pause.")
    if act == "resume":
        subscribe.resume(row.token, now)
        return _("The pause is over: the next letter comes at its hour.")
    if act == "forget":
        subscribe.forget(row, now)
        return _("Your data is deleted.")
    subscribe.preferences(row, _wishes(request), now)
    return _("Kept. It counts from the next letter on.")


def _wishes(request: HttpRequest) -> subscribe.Wishes:
    """What stands in the form, whoever wrote it. Raises ValueError in our own words."""
    hour, which = request.POST.get("hour", ""), request.POST.get("which")
    topics = frozenset(_number(each) for each in request.POST.getlist("topic")) - {NONE} if which == "some" else ()
    if which == "some" and not topics:
        raise ValueError(_("Tick at least one topic, or choose all of them."))
    return subscribe.Wishes(
        digest=_number(request.POST.get("digest", "")),
        topics=frozenset(topics),
        language=request.POST.get("language", ""),
        time_zone=request.POST.get("time_zone", "").strip(),
        hour=_number(hour) if hour else None,
    )


def _number(text: str) -> int:
    """A number as our own form writes it; NONE for anything else."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else NONE


def _letter(request: HttpRequest, row: Subscriber, said: str = "", status: int = 200) -> HttpResponse:
    mine = row.subscriptions.filter(ended_at__isnull=True).first()
    digests = Digest.objects.filter(retired_at__isnull=True).order_by("pk").prefetch_related("topics")
    digest = mine.digest if mine else digests.first()
    return shown(
        request,
        "site/letter.html",
        paths.letter(row.token),
        _("Your letter"),
        status,
        reader=row,
        said=said,
        digests=[(each, _comes(each)) for each in digests],
        digest=digest,
        topics=[topic for topic in digest.topics.all() if not topic.retired_at] if digest else [],
        chosen=chosen(mine) if mine else set(),
        hours=range(24),
        zones=sorted(available_timezones()),
        languages=_languages(row),
    )


def _comes(digest: Digest) -> str:
    """The hour a letter is made at, for a weekly one with its day, where the letter lives."""
    try:
        days, at = almanac(settings.CORANTE.language, digest.time_zone), next_at(digest, datetime.now(UTC))
    except (KeyError, ValueError):  # a zone that is none: the worker says so, and readers can still choose and leave
        return ""
    return f"{days.weekday(days.on(at))}, {days.clock(at)}" if digest.cadence == "weekly" else days.clock(at)


def _languages(row: Subscriber) -> list[tuple[str, str]]:
    """(code, own name) of the languages letters can be in: those we have words for, the site's, and the reader's."""
    codes = {"en", *spoken(), settings.CORANTE.language, row.language} - {""}
    return sorted(((code, own_name(code)) for code in codes), key=lambda pair: pair[1].casefold())
