"""What becomes of a return, from wherever it came: mailbox, pipe, webhook, or the mail server's own refusal.

    1. whose is it        `identity`: our marks, nothing else
    2. what does it mean  `core.bounces`
    3. keep it, once      a Bounce, by the key of what came
    4. its consequence    hard, complaint: suppressed · policy: the domain stands still · soft: counted over editions
    5. complaints, again  0.1 % of the letters: alarm · 0.3 %: nothing more is sent until an operator says so

What can still go wrong: a return without any mark of ours is nobody's; it is left where it was and counted.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256

import structlog
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from corante.core.bounces import Meaning, Said, read
from corante.core.delivering import mark
from corante.core.markup import clean
from corante.core.settling import COMPLAINTS_OVER, exhausted
from corante.core.work import Clock, Tally
from corante.mail.notices import SIZE, Notice
from corante.models import Bounce, Delivery, Instance
from corante.sandbox.pool import Poisoned, parse

from .identity import Concerned, concerned, reader_at
from .standing import count_complaints, halt, stand_still
from .staying import suppress

KEPT = ("hard", "soft", "policy", "complaint")
REFUSED_WITHIN = timedelta(days=2)
SOFT_OVER = 40  # editions looked back at
READ_S = 5.0  # processor time one return may take
log = structlog.get_logger(__name__)


def receive(raw: bytes, source: str, now: datetime, to: str = "") -> str:
    """Take in one returned mail. `to`: the envelope's recipient, where the source knows it.

    Returns its kind, or "" when it is no return or nobody's.
    """
    notice = _notice(raw, source)
    if notice is None:
        return ""
    about = concerned([to, *notice.to, *notice.traces])
    if about is None or notice.meaning.kind not in KEPT:
        return notice.meaning.kind if about else ""
    return note(about, notice.meaning, notice.words, source, now, _key(notice.message_id or raw, about))


def report(traces: list[str], meaning: Meaning, words: str, now: datetime, key: str, address: str = "") -> str:
    """Take in what a provider reported as an event, proven to be theirs. Returns its kind, or "" when it is nobody's."""
    about = concerned(traces) or (reader_at(address) if address else None)
    if about is None or meaning.kind not in KEPT:
        return meaning.kind if about else ""
    return note(about, meaning, words, "webhook", now, _key(key, about) if key else None)


def refusals_due(now: datetime, limit: int) -> list[int]:
    """Deliveries a mail server refused, whose refusal nobody drew a conclusion from yet."""
    rows = Delivery.objects.filter(state="rejected", settled_at__gt=now - REFUSED_WITHIN, code__isnull=False)
    rows = rows.exclude(Exists(Bounce.objects.filter(delivery=OuterRef("pk"))))
    return list(rows.order_by("settled_at", "pk").values_list("pk", flat=True)[:limit])


def take_refusals(ids: list[int], clock: Clock) -> Tally:
    """Draw it: a refusal at the door says the same as one that comes back by mail."""
    done = 0
    for row in Delivery.objects.filter(pk__in=ids, state="rejected").select_related("subscriber"):
        said = Said(words=f"{row.code} {row.reply}", status=row.status, action="failed")
        meaning = read(said)
        kept = meaning if meaning.kind in KEPT else Meaning("soft", row.status, "refused")
        note(Concerned(row.subscriber, row), kept, row.reply, "smtp", clock(), f"smtp-{row.pk}")
        done += 1
    return Tally(done=done)


def note(about: Concerned, meaning: Meaning, words: str, source: str, now: datetime, key: str | None) -> str:
    """Keep a return and let it have its consequence; the same key again changes nothing."""
    words, meaning = clean(words), Meaning(meaning.kind, clean(meaning.status), clean(meaning.reason))
    with transaction.atomic():
        if not _kept(about, meaning, words, source, now, key):
            return meaning.kind
        _consequence(about, meaning, words, now)
    if meaning.kind == "complaint":
        halt(count_complaints(now, now - COMPLAINTS_OVER, _since()), now)
    return meaning.kind


def _notice(raw: bytes, source: str) -> Notice | None:
    """Anybody may write to us: what breaks its reader or takes too long is no return, and stops no other."""
    try:
        found: Notice | None = parse("corante.mail.notices:read_notice", raw[:SIZE], cpu_s=READ_S)
    except Poisoned as poison:
        log.warning("subscribe.return_unread", source=source, why=str(poison))
        return None
    return found


def _key(what: str | bytes, about: Concerned) -> str:
    whose = f"d{about.delivery.pk}" if about.delivery else f"s{about.subscriber.pk}"
    said = what if isinstance(what, bytes) else what.encode("utf-8", "replace")
    return sha256(whose.encode() + b"\0" + said).hexdigest()


def _kept(about: Concerned, meaning: Meaning, words: str, source: str, now: datetime, key: str | None) -> bool:
    if about.delivery and Bounce.objects.filter(delivery=about.delivery, kind=meaning.kind).exists():
        return False  # the same letter, told by two sources
    try:
        with transaction.atomic():
            Bounce.objects.create(
                delivery=about.delivery,
                subscriber=about.subscriber,
                key=key,
                source=source,
                at=now,
                kind=meaning.kind,
                status=meaning.status[:12],
                detail=" ".join(f"{meaning.reason}: {words}".split())[:500],
            )
    except IntegrityError:
        return False
    return True


def _consequence(about: Concerned, meaning: Meaning, words: str, now: datetime) -> None:
    if meaning.kind == "hard":
        suppress(about.subscriber, now, f"its address came back: {meaning.reason} {meaning.status}".strip())
    elif meaning.kind == "complaint":
        suppress(about.subscriber, now, "complained: our letter was reported as spam")
    elif meaning.kind == "policy":
        stand_still(about.subscriber.address.rpartition("@")[2], words or meaning.reason, now)
    elif exhausted(_editions(about)):
        suppress(about.subscriber, now, "five letters in a row came back over ten days or more")


def _editions(about: Concerned) -> list[tuple[datetime, bool]]:
    """(when, came back) of this reader's editions, newest first; what is still under way says nothing."""
    came_back = Exists(Bounce.objects.filter(delivery=OuterRef("pk"), kind="soft"))
    rows = Delivery.objects.filter(subscriber=about.subscriber, state__in=("accepted", "rejected", "expired"))
    newest = rows.annotate(back=came_back).order_by("-edition__slot_at").values_list("edition__slot_at", "back")
    return list(newest[:SOFT_OVER])


def _since() -> datetime | None:
    """Since when an operator last said that sending is in order."""
    row = Instance.objects.order_by("pk").first()
    return row.sending_ok_at if row else None


def hook_secret() -> str:
    """What a provider's webhook signs with: of this site's own secret, shown by `corante bounces --webhook`."""
    return mark(settings.SECRET_KEY, "returns hook")
