"""An archive made by somebody else: nothing of it lands outside the new folder, and no trick in it is a traceback."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from corante.management.restore import NotRestored, unpack

SETTINGS = {"corante.toml": {"sha256": "0", "bytes": 3}}


def archive(at: Path, name: str, kind: bytes, parts: Any) -> Path:
    said = {"format": 1, "corante": "1", "made_at": "", "engine": "sqlite", "secrets": False, "counts": {}}
    manifest = json.dumps(said | {"parts": parts}).encode()
    with tarfile.open(at, "w:gz") as packed:
        for each, type_, content in (("manifest.json", tarfile.REGTYPE, manifest), (name, kind, b"abc")):
            member = tarfile.TarInfo(each)
            member.type, member.linkname = type_, "/etc/passwd" if type_ != tarfile.REGTYPE else ""
            member.size = len(content) if type_ == tarfile.REGTYPE else 0
            packed.addfile(member, io.BytesIO(content))
    return at


@pytest.mark.parametrize(
    ("name", "kind", "parts"),
    [
        ("../escaped", tarfile.REGTYPE, SETTINGS),
        ("../escaped", tarfile.REGTYPE, {"../escaped": {"sha256": "0", "bytes": 3}}),
        ("/tmp/escaped", tarfile.REGTYPE, SETTINGS),
        ("corante.toml", tarfile.SYMTYPE, SETTINGS),
        ("corante.toml", tarfile.LNKTYPE, SETTINGS),
        ("corante.toml", tarfile.FIFOTYPE, SETTINGS),
        ("corante.toml", tarfile.REGTYPE, SETTINGS),
        ("corante.toml", tarfile.REGTYPE, {"corante.toml": {"sha256": "0", "bytes": 10**30}}),
        ("corante.toml", tarfile.REGTYPE, {"corante.toml": {"sha256": "0", "bytes": "3"}}),
        ("corante.toml", tarfile.REGTYPE, {"corante.toml": {"bytes": 3}}),
        ("corante.toml", tarfile.REGTYPE, {"corante.toml": {"sha256": None, "bytes": 3}}),
        ("corante.toml", tarfile.REGTYPE, [1]),
    ],
)
def test_a_crafted_archive_is_refused_with_a_sentence(tmp_path: Path, name: str, kind: bytes, parts: Any) -> None:
    into = tmp_path / "new" / "site"
    into.mkdir(parents=True)
    with pytest.raises(NotRestored):
        unpack(archive(tmp_path / "a.tar.gz", name, kind, parts), into)
    assert not (into.parent / "escaped").exists()
    assert not any(file.is_symlink() or file.is_fifo() for file in into.iterdir())
