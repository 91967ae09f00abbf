"""The public tree on disk: whole files, swapped in one at a time.

Rule: a reader never sees half a file. Everything is written beside its place under a temporary name and renamed
over it, the compressed copies before the plain one, so a kill at any point leaves old or new, and doing it again
heals it. What a full disk refuses leaves the old file where it was.

A page that is no more leaves `name.gone` (answered 410, with its text), one that went into another `name.moved`
(answered 301, with the path): the site's handler reads both.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import brotli

from corante.core.paths import file_of

SQUEEZED = (".gz", ".br")
UNFINISHED = ".part"
LONG = 30_000
"""Bytes from which a page is squeezed harder: 30 stories in three scripts stay under 10 kB, for 5 ms more."""


class Tree:
    """The folder of public files."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._unsynced: list[Path] = []

    def put(self, path: str, content: bytes) -> bool:
        """Make `path` answer with `content`. False if it does already. Raises OSError with the old file in place."""
        file = self._file(path)
        if self._stands(file, content):
            return False
        file.parent.mkdir(parents=True, exist_ok=True)
        copies = {
            Path(f"{file}.gz"): gzip.compress(content, 6, mtime=0),
            Path(f"{file}.br"): brotli.compress(
                content, quality=7 if len(content) > LONG else 5, mode=brotli.MODE_TEXT
            ),  # type: ignore[no-untyped-call]  # brotli has no types
            file: content,
        }
        self._swap(copies)
        for left_over in (".gone", ".moved"):
            Path(f"{file}{left_over}").unlink(missing_ok=True)
        return True

    def gone(self, path: str, content: bytes) -> bool:
        """Make `path` answer 410 with this page. False if it does already."""
        return self._replace(path, ".gone", content)

    def moved(self, path: str, to: str) -> bool:
        """Make `path` lead to the path `to` for good. False if it does already."""
        return self._replace(path, ".moved", to.encode())

    def has(self, path: str) -> bool:
        """A page stands at `path`."""
        return self._file(path).is_file()

    def settle(self) -> None:
        """Return when everything put since the last call is on disk, so that its Dirty rows may go."""
        for file in self._unsynced:
            with suppress(FileNotFoundError):
                _sync(file)
        for folder in {file.parent for file in self._unsynced}:
            _sync(folder)
        self._unsynced.clear()

    def _file(self, path: str) -> Path:
        file = self.root / file_of(path)
        if not file.is_relative_to(self.root) or ".." in file.parts:
            raise ValueError(f"{path!r} leaves the public tree")
        return file

    def _stands(self, file: Path, content: bytes) -> bool:
        try:
            return (
                file.stat().st_size == len(content)
                and all(Path(f"{file}{end}").stat().st_size for end in SQUEEZED)
                and file.read_bytes() == content
            )
        except FileNotFoundError:
            return False

    def _replace(self, path: str, end: str, content: bytes) -> bool:
        file = self._file(path)
        note = Path(f"{file}{end}")
        if note.is_file() and note.read_bytes() == content and not file.exists():
            return False
        note.parent.mkdir(parents=True, exist_ok=True)
        self._swap({note: content})
        others = {".gone", ".moved", "", *SQUEEZED} - {end}
        for other in sorted(others):  # the plain file first: from then on the note answers
            Path(f"{file}{other}").unlink(missing_ok=True)
        return True

    def _swap(self, copies: dict[Path, bytes]) -> None:
        made = [Path(f"{file}{UNFINISHED}") for file in copies]
        try:
            for part, content in zip(made, copies.values(), strict=True):
                part.write_bytes(content)
        except OSError:
            _discard(made)
            raise
        for part, file in zip(made, copies, strict=True):
            os.replace(part, file)
        self._unsynced.append(list(copies)[-1])  # the copies before it can be made again from it


def _discard(files: Iterable[Path]) -> None:
    for file in files:
        with suppress(OSError):
            file.unlink(missing_ok=True)


def _sync(file: Path) -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
