"""Your list and your archive are yours: everything exports in open formats, and imports back equal.

The site next door is always SQLite; run on PostgreSQL, these tests carry a site from one to the other and back.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from corante.core.mailboxes import read_mailbox
from corante.management.founding import prepare
from corante.management.portable import NotPortable, read_all, write_all
from corante.models import (
    Account,
    Act,
    Article,
    Bounce,
    Delivery,
    Dirty,
    Gist,
    Hiding,
    Instance,
    Outlet,
    Story,
    Subscriber,
)
from corante.subscribe import subscriber_key
from tests.conftest import NOW
from tests.fakes import letters, world
from tests.fakes.running import RunningSite

pytestmark = pytest.mark.django_db


def a_site() -> None:
    """An edition with its readers, an editor's act, names in several scripts, microseconds and a shared JSON."""
    letters.frozen(12)
    paper = world.outlet('Гавань & "Hafen" \u2028 <b>', note="line one\nline two")
    world.feed(paper)
    world.topic()
    piece = world.article(paper, "Рада підняла стіну 🌊", signals={"z": 1, "a": [1.5, None, "ü"]})
    story = world.story(piece)
    editor = Account.objects.create_user("ada", password="a long password")
    act = Act.objects.create(
        by=editor, verb="hide", subject="story", subject_id=story.pk, label="x", at=NOW.replace(microsecond=123457)
    )
    Hiding.objects.create(story=story, act=act, at=NOW)


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted(folder.glob("*.jsonl"))}


def exported(to: Path) -> Path:
    to.mkdir()
    write_all(to)
    return to


def test_what_was_exported_imports_equal_into_another_database_and_back(site: Path, tmp_path: Path) -> None:
    a_site()
    first = exported(tmp_path / "first")
    other = RunningSite(tmp_path / "other")
    other.init()
    other.corante("import", str(first))
    other.corante("export", str(tmp_path / "second"))
    assert contents(tmp_path / "second") == contents(first)
    assert b"123457" in contents(first)["acts.jsonl"]
    assert b"a long password" not in b"".join(contents(first).values())
    rows = list(csv.DictReader((tmp_path / "second" / "subscribers.csv").open(encoding="utf-8")))
    assert len(rows) == Subscriber.objects.count()
    assert "Every identity holds." in other.corante("verify")


def test_a_site_from_sqlite_is_taken_in_whole_and_goes_on_counting(site: Path, tmp_path: Path) -> None:
    other = RunningSite(tmp_path / "other")
    other.init()
    (tmp_path / "readers.csv").write_text("address,consent\nreader@example.org,2026-11-01T00:00:00+00:00\n")
    other.corante("subscribers", "import", str(tmp_path / "readers.csv"))
    other.corante("export", str(tmp_path / "out"))
    prepare(NOW)
    Instance.objects.update(sending_ok_at=NOW)
    read_all(tmp_path / "out", NOW)
    assert contents(exported(tmp_path / "again")) == contents(tmp_path / "out")
    reader = Subscriber.objects.get()
    assert reader.key == subscriber_key(read_mailbox("reader@example.org"))
    assert Instance.objects.get().sending_ok_at is None
    assert Dirty.objects.filter(kind="site").exists()
    assert world.subscriber("next@example.org").pk > reader.pk


def test_a_site_with_readers_or_outlets_takes_nothing_in(site: Path, tmp_path: Path) -> None:
    out = exported(tmp_path / "out")
    world.outlet()
    with pytest.raises(NotPortable, match="import into a new one"):
        read_all(out, NOW)


def test_a_bad_line_is_named_and_nothing_is_kept(site: Path, tmp_path: Path) -> None:
    a_site()
    out = exported(tmp_path / "out")
    (out / "stories.jsonl").write_text((out / "stories.jsonl").read_text() + '{"id": 9999}\n')
    other = RunningSite(tmp_path / "other")
    other.init()
    assert f"stories.jsonl, line {Story.objects.count() + 1}" in other.corante("import", str(out), ok=(1,))
    assert other.count("SELECT count(*) FROM corante_outlet") == 0
    assert Outlet.objects.exists()


BROUGHT_LATER = {
    "feeds": ("asked_at", "full_at", "same_as", "sketch"),
    "topics": ("refile_changed", "refile_top"),
    "editions": ("paused_at", "paused_s"),
    "bounces": ("key", "source", "subscriber"),
    "gists": ("meaning",),
}
BOUNCE_OF_0_1 = {"id", "delivery", "at", "kind", "status", "detail"}


def export_of_0_1(to: Path) -> Path:
    """A site with a bounce, in the tables and columns version 0.1 had."""
    a_site()
    Bounce.objects.create(delivery=Delivery.objects.first(), at=NOW, kind="soft", status="4.2.2", detail="full")
    Gist.objects.create(article=Article.objects.get(), terms={"wall": 1.0})
    out = exported(to)
    for name, later in BROUGHT_LATER.items():
        rows = [json.loads(line) for line in (out / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
        assert rows
        old = [{key: value for key, value in row.items() if key not in later} for row in rows]
        (out / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in old), encoding="utf-8")
    assert set(json.loads((out / "bounces.jsonl").read_text(encoding="utf-8"))) == BOUNCE_OF_0_1
    for name in ("profiles", "suggestions"):
        (out / f"{name}.jsonl").unlink()
    return out


def test_an_export_of_version_0_1_is_taken_in_and_what_came_later_is_as_an_update_leaves_it(
    site: Path, tmp_path: Path
) -> None:
    out = export_of_0_1(tmp_path / "out")
    other = RunningSite(tmp_path / "other")
    other.init()
    other.corante("import", str(out))
    bounces = other.rows("SELECT kind, status, detail, key, source, subscriber_id FROM corante_bounce")
    assert bounces == [("soft", "4.2.2", "full", None, "", None)]
    assert other.rows("SELECT paused_at, paused_s FROM corante_edition") == [(None, 0)]
    assert other.count("SELECT count(*) FROM corante_feed WHERE sketch = '' AND same_as_id IS NULL") == 1
    assert other.count("SELECT count(*) FROM corante_subscriber") == Subscriber.objects.count()
    other.corante("export", str(tmp_path / "second"))
    assert contents(tmp_path / "second")["deliveries.jsonl"] == contents(out)["deliveries.jsonl"]


@pytest.mark.parametrize(
    ("table", "change", "told"),
    [
        ("bounces", {"colour": "red"}, "the column 'colour' is unknown here"),
        ("bounces", {"kind": None}, "the column 'kind' is missing"),
        ("editions", {"number": None}, "the column 'number' is missing"),
    ],
)
def test_a_column_nobody_knows_and_one_that_had_to_be_there_are_refused_by_name(
    site: Path, tmp_path: Path, table: str, change: dict[str, str | None], told: str
) -> None:
    out = export_of_0_1(tmp_path / "out")
    row = json.loads((out / f"{table}.jsonl").read_text(encoding="utf-8").splitlines()[0]) | change
    kept = {key: value for key, value in row.items() if key not in change or change[key]}
    (out / f"{table}.jsonl").write_text(json.dumps(kept) + "\n", encoding="utf-8")
    other = RunningSite(tmp_path / "other")
    other.init()
    assert f"{table}.jsonl, line 1: {told}" in other.corante("import", str(out), ok=(1,))
    assert other.count("SELECT count(*) FROM corante_outlet") == 0


def test_a_table_that_was_always_there_may_not_be_left_out(site: Path, tmp_path: Path) -> None:
    out = export_of_0_1(tmp_path / "out")
    (out / "bounces.jsonl").unlink()
    other = RunningSite(tmp_path / "other")
    other.init()
    assert "bounces.jsonl is missing" in other.corante("import", str(out), ok=(1,))
