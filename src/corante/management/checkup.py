"""What `corante doctor` looks at: each check a function that gives Findings, each finding a sentence and a way out.

Rule: a check never raises and never changes anything; what it can't find out it says.
"""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.db.models import Count, Q

from corante import deliver, subscribe
from corante.catalog import installation
from corante.core import paths
from corante.core.config import Config
from corante.mail.outbox import route_of
from corante.mail.postbox import Place, PostboxError, opened
from corante.mail.routes import RouteError
from corante.mail.smtp import Connection
from corante.models import Bounce, Dirty, Edition, Feed, Quarantine, Standstill
from corante.net.dns import Resolver
from corante.net.knock import one_click

from .findings import Finding
from .names import examine_names
from .secrecy import open_to_others

LITTLE_DISK = 500 * 2**20
LATE = timedelta(minutes=15)
PIPED = timedelta(days=90)


Check = Callable[[Config, Path, datetime], Iterator[Finding]]


def examine(config: Config, folder: Path, now: datetime, resolver: Resolver) -> Iterator[Finding]:
    """All findings, room by room, as they are made."""
    for check in (_database, _files, _disk, _worker, _outlets, _publishing, _address, _one_click, _mail):
        yield from check(config, folder, now)
    yield from examine_names(config, resolver)
    for check in (_returns, _sending):
        yield from check(config, folder, now)


def _database(config: Config, folder: Path, now: datetime) -> Iterator[Finding]:
    if connection.vendor != "sqlite":
        yield Finding(
            "database", "good", f"PostgreSQL {connection.cursor().connection.info.server_version // 10000} answers"
        )
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        said = cursor.fetchone()[0]
    if said == "ok":
        yield Finding("database", "good", "SQLite is whole")
    else:
        yield Finding(
            "database",
            "bad",
            f"SQLite is damaged: {said}",
            "stop Corante and restore the last backup (docs/operate/backup.md)",
        )


def _files(config: Config, folder: Path, now: datetime) -> Iterator[Finding]:
    if names := open_to_others(folder):
        words = f"everybody on this machine can read {', '.join(names)}: passwords, readers' addresses or their links"
        yield Finding("files", "bad", words, f"chmod -R o-rwx {' '.join(str(folder / name) for name in names)}")
    else:
        yield Finding("files", "good", "settings, database and letters are closed to other users of this machine")


def _disk(config: Config, folder: Path, now: datetime) -> Iterator[Finding]:
    free = shutil.disk_usage(folder).free
    words = f"{free / 2**30:.1f} GB free where the site is"
    if free < LITTLE_DISK:
        yield Finding(
            "disk",
            "bad",
            words,
            "make room: below that an edition is not started, because the ledger could not be kept",
        )
    else:
        yield Finding("disk", "good", words)


def _worker(config: Config, folder: Path, now: datetime) -> Iterator[Finding]:
    if config.database:
        return
    if _is_locked(folder / "worker.lock"):
        yield Finding("worker", "good", "a worker is running")
    else:
        yield Finding("worker", "note", "no worker is running", "start one with: corante run")


def _outlets(config: Config, folder: Path, now: datetime) -> Iterator[Finding]:
    feeds = Feed.objects.filter(state="active").aggregate(
        n=Count("id"),
        failing=Count("id", filter=Q(failures__gte=3)),
        late=Count("id", filter=Q(next_check_at__lt=now - LATE)),
    )
    if not feeds["n"]:
        yield Finding("outlets", "note", "there are none yet", "add one with: corante add https://an-outlet.example")
        return
    yield Finding("outlets", "good", f"{feeds['n']} feeds are looked at")
    if feeds["failing"]:
        yield Finding(
            "outlets",
            "note",
            f"{feeds['failing']} of them failed three times or more",
            "see /desk/outlets/ or: corante outlets",
        )
    if feeds["late"]:
        yield Finding("outlets", "note", f"{feeds['late']} are more than 15 minutes late", "is a worker running?")
    if held := Quarantine.objects.filter(released_at__isnull=True).count():
        yield Finding("outlets", "note", f"{held} documents are in quarantine", "see /desk/outlets/")


def _publishing(config: Config, folder: Path, now: datetime) -> Iterator[Finding]:
    waiting = Dirty.objects.filter(at__lt=now - LATE).count()
    if waiting:
        yield Finding(
            "site",
            "bad",
            f"{waiting} changes have waited more than 15 minutes to be published",
            "is a worker running, and is there room on the disk?",
        )
    elif not (folder / "public" / "index.html").is_file():
        yield Finding("site", "note", "nothing is published yet", "the first pages come with the first stories")
    else:
        yield Finding("site", "good", "every change is published")


def _address(config: Config, folder: Path, now: datetime) -> Iterator[Finding]:
    if not config.base_url.startswith("https://"):
        local = (urlsplit(config.base_url).hostname or "") in ("127.0.0.1", "localhost", "::1")
        level, way_out = (
            ("note", "") if local else ("bad", "serve it by HTTPS (docs/operate/install.md) and set base_url")
        )
        yield Finding("address", level, f"{config.base_url} is not HTTPS; one-click unsubscribe needs it", way_out)
    else:
        yield Finding("address", "good", f"{config.base_url}")
    if not config.contact:
        yield Finding(
            "address",
            "note",
            "no contact address is set",
            "set contact: outlets and readers must be able to write to you",
        )


def _mail(config: Config, folder: Path, now: datetime) -> Iterator[Finding]:
    if not config.smtp:
        yield Finding(
            "mail", "note", "no mail server is set: letters go to the outbox", "name one as docs/operate/mail.md says"
        )
        return
    if not config.sender:
        yield Finding("mail", "bad", "no sender is set", 'set sender, as in: sender = "news@example.org"')
    try:
        route = route_of(config.smtp, settings.OUTBOX)
        Connection(route).part()
    except (RouteError, OSError) as error:
        yield Finding("mail", "bad", str(error), "check smtp in corante.toml, and that the server is up")
    else:
        words = "takes our login" if route.user else "takes our connection"
        yield Finding("mail", "good", f"{route} {words}" + ("" if route.loopback else ", encrypted and verified"))


def _one_click(config: Config, folder: Path, now: datetime) -> Iterator[Finding]:
    """RFC 8058: what a mail program's own button does, done at an address that takes nobody off the list."""
    if not config.smtp:
        return
    answer = one_click(config.absolute(paths.leave(subscribe.probe())))
    if answer.status == 200 and answer.words == subscribe.PROBED:
        yield Finding("address", "good", "one-click unsubscribe works from outside")
        return
    said = f"answered {answer.status} {answer.location}".strip() if answer.status else answer.words
    yield Finding(
        "address",
        "bad",
        f"one-click unsubscribe does not work at {config.base_url}: {said}",
        "is the site running, and does whatever stands before it pass POST on, without redirect, sign-in or check?",
    )


def _returns(config: Config, folder: Path, now: datetime) -> Iterator[Finding]:
    """What came back, and whether anybody reads it."""
    if config.returns:
        yield _postbox(config)
    elif config.smtp and not Bounce.objects.filter(source__in=("pipe", "webhook"), at__gt=now - PIPED).exists():
        words = "nobody reads what comes back: dead addresses stay on the list"
        yield Finding("returns", "note", words, "set returns, or a pipe, or a webhook: docs/operate/returns.md")
    said = subscribe.complaints(now)
    if said.level:
        level, way_out = (
            ("bad", "find out why; then corante doctor --send-anyway") if said.level == "pause" else ("note", "")
        )
        yield Finding("returns", level, str(said), way_out)
    for row in Standstill.objects.filter(until__gt=now):
        words = f"{row.domain} refuses us until {row.until:%d %b %H:%M} UTC: {row.why}"
        yield Finding("returns", "note", words, f"mend the cause, then: corante bounces --lift {row.domain}")
    if why := subscribe.storm(now):
        yield Finding("sign-up", "note", why)


def _postbox(config: Config) -> Finding:
    try:
        with opened(config.returns, Place()) as box:
            return Finding("returns", "good", f"the mailbox of returns at {box.where} can be read")
    except PostboxError as error:
        return Finding("returns", "bad", f"the mailbox of returns: {error}", "check returns in corante.toml")


def _sending(config: Config, folder: Path, now: datetime) -> Iterator[Finding]:
    held = Edition.objects.filter(state__in=("held", "paused"))
    for edition in held.select_related("digest")[:5]:
        yield Finding(
            "letters",
            "note",
            f"{edition.digest.name} of {edition.date} is {edition.state}: {edition.state_why}",
            f"release it at the desk, or: corante digest release {edition.pk}",
        )
    if not config.smtp:
        return
    with suppress(RouteError):  # `_mail` has said it
        if why := deliver.may_not_mail(route_of(config.smtp, settings.OUTBOX)):
            yield Finding("letters", "bad" if installation.is_copy() else "note", why)


def _is_locked(file: Path) -> bool:
    try:
        with open(file) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
