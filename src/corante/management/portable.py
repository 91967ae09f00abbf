"""A site in open formats: one file of JSON Lines a table, in the order of its numbers; and back again.

Rule: what is exported imports equal, on SQLite and PostgreSQL alike, so this is also the way from one to the other.
Left out is what belongs to one installation (accounts' passwords, sessions, its identity) or is found again by
itself (fetches, pages, the search index). Who did something is written by name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.core.management.color import no_style
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models, transaction

from corante.core.mailboxes import read_mailbox
from corante.models import (
    Account,
    Act,
    Article,
    Body,
    Bounce,
    Change,
    Choice,
    Consent,
    Delivery,
    Digest,
    Dirty,
    Edition,
    Feed,
    Filing,
    Gist,
    Hiding,
    Instance,
    Item,
    Join,
    Link,
    Memory,
    Merge,
    Outlet,
    Pin,
    Profile,
    Proposal,
    Revision,
    Scope,
    Shingle,
    Sighting,
    Split,
    Story,
    Subscriber,
    Subscription,
    Suggestion,
    Term,
    Topic,
    Variant,
)  # fmt: skip
from corante.subscribe import subscriber_key

from .vintage import came_later, completed

TABLES: Final[dict[str, type[models.Model]]] = {
    "outlets": Outlet, "feeds": Feed, "topics": Topic, "stories": Story, "articles": Article, "bodies": Body,
    "changes": Change, "sightings": Sighting, "joins": Join, "proposals": Proposal, "links": Link, "acts": Act,
    "filings": Filing, "profiles": Profile, "suggestions": Suggestion, "pins": Pin, "hidings": Hiding, "merges": Merge, "splits": Split, "revisions": Revision,
    "digests": Digest, "scopes": Scope, "editions": Edition, "items": Item, "variants": Variant,
    "subscribers": Subscriber, "consents": Consent, "subscriptions": Subscription, "choices": Choice,
    "deliveries": Delivery, "bounces": Bounce, "memories": Memory, "terms": Term, "gists": Gist, "shingles": Shingle,
}  # fmt: skip
_BATCH: Final = 1000


class NotPortable(Exception):
    """It can't be taken in; the message says why, with file and line."""


def write_all(folder: Path) -> dict[str, int]:
    """Write every table to `folder`, all of one moment. Returns how many rows each has."""
    counts: dict[str, int] = {}
    alone = not connection.in_atomic_block  # within a transaction its view is settled already
    with transaction.atomic():
        if connection.vendor == "postgresql" and alone:
            connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        names = dict(Account.objects.values_list("pk", "username"))
        for name, model in TABLES.items():
            counts[name] = _write(folder / f"{name}.jsonl", model, names)
    return counts


def read_all(folder: Path, now: datetime) -> dict[str, int]:
    """Take a site in, all of it or nothing, into one that has no outlets and no readers. Raises NotPortable.

    Of an export written by an earlier version, tables and columns that came later may be missing (`vintage.py`).
    Sending is switched off: the site it comes from may still mail.
    """
    if Outlet.objects.exists() or Subscriber.objects.exists() or Edition.objects.exists():
        raise NotPortable("this site has outlets or readers of its own: import into a new one (corante init DIR)")
    counts: dict[str, int] = {}
    with transaction.atomic():
        Digest.objects.all().delete()
        Topic.objects.all().delete()
        names: dict[str, int] = dict(Account.objects.values_list("username", "pk"))
        for name, model in TABLES.items():
            counts[name] = _read(folder / f"{name}.jsonl", model, names)
        _renumber()
        Instance.objects.update(sending_ok_at=None)
        Dirty.mark("site", [0], "imported", now)
    return counts


def _write(file: Path, model: type[models.Model], names: dict[int, str]) -> int:
    count = 0
    with open(file, "w", encoding="utf-8") as out:
        for row in model._default_manager.order_by("pk").iterator(chunk_size=_BATCH):
            line = {field.name: _said(row, field, names) for field in model._meta.concrete_fields}
            if model is Subscriber and line["address"]:
                del line["key"]  # made of the address with the site's own secret
            out.write(json.dumps(line, ensure_ascii=False, sort_keys=True, cls=_Exact) + "\n")
            count += 1
    return count


def _said(row: models.Model, field: Any, names: dict[int, str]) -> Any:
    value = getattr(row, field.attname)
    return names.get(value) if field.related_model is Account else value


class _Exact(DjangoJSONEncoder):
    """Times to the microsecond; Django's own form cuts at the millisecond."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)


def _read(file: Path, model: type[models.Model], names: dict[str, int]) -> int:
    if not file.is_file() and came_later(model):
        return 0  # it was written before there was such a table
    if not file.is_file():
        raise NotPortable(f"{file} is missing: name the folder that `corante export` wrote")
    count = 0
    for rows in _batches(file, model, names):
        model._default_manager.bulk_create(rows)
        count += len(rows)
    return count


def _batches(file: Path, model: type[models.Model], names: dict[str, int]) -> Iterator[list[models.Model]]:
    rows: list[models.Model] = []
    with open(file, encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            try:
                rows.append(_row(model, dict(json.loads(line)), names))
            except (ValueError, TypeError, KeyError, models.ObjectDoesNotExist) as error:
                raise NotPortable(f"{file.name}, line {number}: {error}") from None
            if len(rows) == _BATCH:
                yield rows
                rows = []
    yield rows


def _row(model: type[models.Model], said: dict[str, Any], names: dict[str, int]) -> models.Model:
    values: dict[str, Any] = {}
    if model is Subscriber and said.get("address"):
        said["key"] = subscriber_key(read_mailbox(said["address"]))
    said = completed(model, said)
    for field in model._meta.concrete_fields:
        value = said[field.name]
        if field.related_model is Account:
            value = _account(value, names)
        elif not isinstance(field, models.JSONField) and not field.is_relation:
            value = field.to_python(value)
        values[field.attname] = value
    return model(**values)


def _account(name: str | None, names: dict[str, int]) -> int | None:
    """Who did it; someone unknown here gets a name without a key to the desk."""
    if name is None:
        return None
    if name not in names:
        made = Account(username=name, is_active=False)
        made.set_unusable_password()
        made.save()
        names[name] = made.pk
    return names[name]


def _renumber() -> None:
    """PostgreSQL counts on from the highest number taken in."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(TABLES.values())):
            cursor.execute(statement)
