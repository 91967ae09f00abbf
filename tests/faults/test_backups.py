"""Backup and restore as an operator has them: processes of their own, a worker that works meanwhile, broken archives."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from corante.demo import server
from corante.mail.dkim import made_key, pem
from tests.fakes.running import RunningSite

READERS = 40
BACKUPS = 4


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of a small site whose doctor passed and whose mail server is not on this machine."""
    folder = tmp_path_factory.mktemp("kept")
    site = RunningSite(folder / "site")
    site.init("--sender", "letter@example.org", "--smtp", "smtp://desk:hunter2@mail.example.org:587")
    (folder / "readers.csv").write_text("address,consent\nreader@example.org,2026-11-01T00:00:00+00:00\n")
    site.corante("subscribers", "import", str(folder / "readers.csv"))
    site.corante("doctor", "--send-anyway")
    with open(site.folder / "corante.toml", "a") as toml:
        toml.write('webhook_keys = [  # of [both]\n  "mailgun:[a]hunter3", "mailersend:]hunter4",\n]\n')
    (site.folder / "dkim").mkdir(mode=0o700)
    (site.folder / "dkim" / "corante-ed.pem").write_bytes(pem(made_key("ed25519", "corante-ed")))
    site.corante("backup", str(folder / "news.tar.gz"))
    site.corante("backup", str(folder / "all.tar.gz"), "--with-secrets")
    return folder


@pytest.fixture
def working(tmp_path: Path) -> Iterator[RunningSite]:
    world = server.start()
    site = RunningSite(tmp_path / "site")
    site.follow(world, READERS)
    yield site
    site.end()
    world.stop()


def restore(archive: Path, to: Path, ok: tuple[int, ...] = (0,)) -> str:
    return RunningSite(to).corante("restore", str(archive), str(to), at_site=False, ok=ok)


def repacked(archive: Path, to: Path, change: Callable[[str, bytes], bytes | None], more: str = "") -> Path:
    """The archive with some members changed or left out (None), and perhaps one more."""
    with tarfile.open(archive) as old, tarfile.open(to, "w:gz") as new:
        members = [(one.name, old.extractfile(one).read()) for one in old]  # type: ignore[union-attr]
        for name, content in [*members, *([(more, b"evil")] if more else [])]:
            if (kept := change(name, content)) is not None:
                member = tarfile.TarInfo(name)
                member.size = len(kept)
                new.addfile(member, io.BytesIO(kept))
    return to


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


@pytest.mark.timeout(900)
def test_each_backup_made_while_the_worker_works_restores_and_its_accounts_hold(
    working: RunningSite, tmp_path: Path
) -> None:
    working.start("worker")
    public = "SELECT count(*) FROM corante_story WHERE public_at IS NOT NULL"
    working.wait(lambda: working.count(public) > 0, what="the first public story")
    working.corante("digest", "send")
    for n in range(BACKUPS):
        working.corante("backup", str(tmp_path / f"{n}.tar.gz"), "--with-secrets")
    for n in range(BACKUPS):
        said = restore(tmp_path / f"{n}.tar.gz", tmp_path / f"restored{n}")
        assert "Every identity holds." in said
    working.end()
    restored = RunningSite(tmp_path / f"restored{BACKUPS - 1}")
    restored.start("worker")
    try:
        # A feed that was being asked when the backup was made is asked again ten minutes later: not waited for here.
        waiting = "SELECT (SELECT count(*) FROM corante_dirty) + (SELECT count(*) FROM corante_story WHERE unfiled)"
        front = restored.folder / "public" / "index.html"
        restored.wait(
            lambda: front.is_file() and restored.count(waiting) == 0, what="the restored site writing its pages"
        )
    finally:
        restored.end()


def test_a_backup_without_secrets_holds_neither_the_key_nor_a_password(kept: Path) -> None:
    with tarfile.open(kept / "news.tar.gz") as archive:
        names = archive.getnames()
        toml = archive.extractfile("corante.toml").read().decode()  # type: ignore[union-attr]
    assert names[0] == "manifest.json"
    assert not [name for name in names if "key" in name or "dkim" in name]
    assert "hunter" not in toml
    assert "webhook_keys = []" in toml
    assert "mail.example.org" in toml
    assert (kept / "news.tar.gz").stat().st_mode & 0o777 == 0o600
    assert list(kept.glob(".corante-backup-*")) == []


def test_a_restored_site_has_the_key_the_rows_and_does_not_mail_until_told(kept: Path, tmp_path: Path) -> None:
    site = RunningSite(tmp_path / "new")
    assert "It sends no letters yet" in restore(kept / "all.tar.gz", site.folder)
    assert (site.folder / "secret.key").read_text() == (kept / "site" / "secret.key").read_text()
    key = site.folder / "dkim" / "corante-ed.pem"
    assert key.read_bytes() == (kept / "site" / "dkim" / "corante-ed.pem").read_bytes()
    assert (key.stat().st_mode & 0o777, key.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert site.count("SELECT count(*) FROM corante_subscriber WHERE state = 'confirmed'") == 1
    assert "restored or copied" in site.corante("doctor", ok=(1,))
    site.corante("doctor", "--send-anyway")
    assert "restored or copied" not in site.corante("doctor", ok=(0, 1))


@pytest.mark.parametrize("part", ["corante.sqlite", "corante.toml"])
def test_a_part_with_one_byte_changed_is_refused_by_name(part: str, kept: Path, tmp_path: Path) -> None:
    bad = repacked(
        kept / "news.tar.gz", tmp_path / "bad.tar.gz", lambda name, c: flipped(c, len(c) // 2) if name == part else c
    )
    said = restore(bad, tmp_path / "new", ok=(1,))
    assert f"{part} is damaged" in said
    assert not (tmp_path / "new").exists()
    assert list(tmp_path.glob(".new*")) == []


def test_a_missing_part_a_cut_archive_and_a_stranger_are_refused(kept: Path, tmp_path: Path) -> None:
    archive = kept / "news.tar.gz"
    without = repacked(archive, tmp_path / "a.tar.gz", lambda name, c: None if name == "corante.sqlite" else c)
    assert "corante.sqlite is missing" in restore(without, tmp_path / "new", ok=(1,))
    (tmp_path / "b.tar.gz").write_bytes(archive.read_bytes()[: archive.stat().st_size // 2])
    assert "damaged at corante.sqlite" in restore(tmp_path / "b.tar.gz", tmp_path / "new", ok=(1,))
    (tmp_path / "c.tar.gz").write_bytes(b"not an archive")
    assert "damaged at manifest.json" in restore(tmp_path / "c.tar.gz", tmp_path / "new", ok=(1,))
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "public/index.html", "secret.key/../../evil"])
def test_an_archive_that_reaches_out_of_its_folder_is_refused(name: str, kept: Path, tmp_path: Path) -> None:
    bad = repacked(kept / "news.tar.gz", tmp_path / "bad.tar.gz", lambda _, content: content, more=name)
    assert "no part of this backup" in restore(bad, tmp_path / "new", ok=(1,))

    def promised(member: str, content: bytes) -> bytes:
        if member != "manifest.json":
            return content
        said = json.loads(content)
        said["parts"][name] = {"sha256": "", "bytes": 4}
        return json.dumps(said).encode()

    bad = repacked(kept / "news.tar.gz", tmp_path / "worse.tar.gz", promised, more=name)
    assert "no part of a backup" in restore(bad, tmp_path / "new", ok=(1,))
    assert not (tmp_path / "evil").exists()
    assert not (tmp_path / "new").exists()


def test_nothing_is_restored_over_a_site(kept: Path) -> None:
    assert "is not empty" in restore(kept / "news.tar.gz", kept / "site", ok=(1,))


def test_a_damaged_database_is_refused_at_start_with_the_restore_command(kept: Path, tmp_path: Path) -> None:
    shutil.copytree(kept / "site", tmp_path / "site")
    site, file = RunningSite(tmp_path / "site"), tmp_path / "site" / "corante.sqlite"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
    whole = file.read_bytes()
    for at in (0, 100, 4096 * 3 + 8, len(whole) // 2 // 4096 * 4096):
        file.write_bytes(whole[:at] + bytes(byte ^ 0xFF for byte in whole[at : at + 64]) + whole[at + 64 :])
        assert "corante restore BACKUP.tar.gz NEWFOLDER" in site.corante("run", "--port", str(site.port), ok=(1,)), at
    file.write_bytes(whole[: len(whole) // 2])
    assert "corante restore BACKUP.tar.gz NEWFOLDER" in site.corante("prepare", ok=(1,))
    assert "damaged" in site.corante("backup", str(tmp_path / "worse.tar.gz"), ok=(1,))
    assert not (tmp_path / "worse.tar.gz").exists()
    file.unlink()
    assert "missing or empty" in site.corante("run", "--port", str(site.port), ok=(1,))


def test_a_damaged_file_of_jobs_is_set_aside_and_the_worker_goes_on(kept: Path, tmp_path: Path) -> None:
    shutil.copytree(kept / "site", tmp_path / "site")
    site = RunningSite(tmp_path / "site")
    (site.folder / "jobs.sqlite").write_bytes(b"SQLite format 3\x00" + b"\xff" * 8192)
    site.start("worker")
    site.wait(lambda: "started" in (site.folder / "worker.log").read_text(), what="the worker starting")
    assert (site.folder / "jobs.sqlite.damaged").is_file()
    site.end()
