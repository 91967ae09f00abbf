"""Sending the letter that asks back: by the worker, so that the web never talks to a mail server."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from corante.catalog import installation, signing
from corante.catalog.letters import render_letter
from corante.core import paths
from corante.core.delivering import Answer, judge, mark
from corante.core.mailboxes import sender_address, uncarried
from corante.core.work import Clock, Tally
from corante.mail.letters import Letter, Sheet
from corante.mail.outbox import route_of
from corante.mail.routes import Route, RouteError
from corante.mail.smtp import send
from corante.models import Subscriber

from .identity import ask_return_path
from .pressure import storm

LATER = timedelta(minutes=5)


def due(now: datetime, limit: int) -> list[int]:
    """Subscribers who are owed a letter, the longest waiting first."""
    owed = Subscriber.objects.filter(confirmation_due=True, confirmation_try_at__lte=now)
    return list(owed.order_by("confirmation_try_at", "pk").values_list("pk", flat=True)[:limit])


def work(ids: list[int], clock: Clock) -> Tally:
    """Write to each: claim the debt first, then send, so that nobody is written to twice."""
    try:
        route = route_of(settings.CORANTE.smtp, settings.OUTBOX)
        why = installation.silence(route) or storm(clock())
    except RouteError as error:
        why = str(error)
    if why:
        _put_off(ids, clock())
        return Tally(failed=len(ids), note=why)
    tally = Tally()
    for pk in ids:
        tally += _one(pk, route, clock)
    return tally


def _put_off(ids: list[int], now: datetime) -> None:
    Subscriber.objects.filter(pk__in=ids, confirmation_due=True).update(confirmation_try_at=now + LATER)


def _one(pk: int, route: Route, clock: Clock) -> Tally:
    row = Subscriber.objects.get(pk=pk)
    if not _claimed(row, clock()):
        return Tally()
    if row.state not in ("pending", "confirmed", "paused") or uncarried(row.address):
        return Tally()
    try:
        answer = _sent(row, route)
    except RouteError as error:
        answer = Answer("connect", 0, str(error))
    if judge(answer).event in ("defer", "release"):
        _give_back(row, clock())
        return Tally(failed=1, note=answer.text)
    return Tally(done=1) if judge(answer).event == "accept" else Tally(failed=1, note=answer.text)


def _claimed(row: Subscriber, now: datetime) -> bool:
    held = Subscriber.objects.filter(pk=row.pk, confirmation_due=True, confirmations=row.confirmations)
    values = {"confirmations": row.confirmations + 1, "confirmation_at": now, "confirmation_due": False}
    return held.update(**values) == 1


def _give_back(row: Subscriber, now: datetime) -> None:
    """The mail server has nothing of it: it is owed again, a little later."""
    Subscriber.objects.filter(pk=row.pk).update(
        confirmations=row.confirmations,
        confirmation_at=row.confirmation_at,
        confirmation_due=True,
        confirmation_try_at=now + LATER,
    )


def _sent(row: Subscriber, route: Route) -> Answer:
    sender = sender_address(settings.CORANTE)
    name = mark(settings.SECRET_KEY, "confirm", row.pk, row.confirmations)
    letter = Letter(_sheet(row, sender, name), signing.signer())
    domain = sender.rpartition("@")[2]
    message_id = f"<c{row.pk}.{name}@{domain}>"
    return send(
        route,
        ask_return_path(row.pk, domain),
        row.address,
        letter.copy(row.address, row.token, message_id, row.asked_at),
    )


def _sheet(row: Subscriber, sender: str, seed: str) -> Sheet:
    config = settings.CORANTE
    known = row.state != "pending"
    url = config.absolute(paths.letter(row.token) if known else paths.confirm(row.token))
    language = row.language or config.language
    with translation.override(language):
        subject = _("%(title)s: you have the letter already") if known else _("%(title)s: was it you?")
        subject %= {"title": config.title}
        preheader = _("One button, and the letter comes.")
    values = {
        "subject": subject,
        "preheader": preheader,
        "title": config.title,
        "confirm_url": url,
        "postal": config.postal,
    }
    html, text = render_letter("already" if known else "confirm", language, values)
    return Sheet(sender, config.title, subject, text, html, seed)
