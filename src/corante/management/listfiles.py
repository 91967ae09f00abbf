"""The files of a list: a CSV, a ZIP or a folder of them, as other houses export; standard input.

Rule: those who left are taken in before those who stay, so that a name in both files is kept out. A file of a ZIP is read
to 64 MB; more is no list.
"""

from __future__ import annotations

import io
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from corante.core.lists import file_verdict

LARGEST = 64 * 2**20


class NoList(ValueError):
    """There is nothing to read; the message says why."""


def list_files(where: str) -> Iterator[tuple[str, TextIO]]:
    """(name, open text) of each list, those who left first. Raises NoList."""
    if where == "-":
        yield "", io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", errors="replace", newline="")
        return
    path = Path(where)
    if path.is_dir():
        for file in sorted(path.rglob("*.csv"), key=lambda each: _leavers_first(each.name)):
            yield from _one(file)
    elif zipfile.is_zipfile(path):
        yield from _zipped(path)
    else:
        yield from _one(path)


def _one(file: Path) -> Iterator[tuple[str, TextIO]]:
    with open(file, newline="", encoding="utf-8-sig", errors="replace") as lines:
        yield file.name, lines


def _zipped(path: Path) -> Iterator[tuple[str, TextIO]]:
    try:
        yield from _members(path)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise NoList(f"{path.name} can't be unpacked: {error}. Unpack it yourself and give the folder") from None


def _members(path: Path) -> Iterator[tuple[str, TextIO]]:
    with zipfile.ZipFile(path) as archive:
        lists = [each for each in archive.infolist() if each.filename.lower().endswith(".csv") and _about_people(each)]
        if not lists:
            raise NoList(f"{path.name} holds no list: no CSV with addresses by its name")
        for each in sorted(lists, key=lambda member: _leavers_first(member.filename)):
            if each.file_size > LARGEST:
                raise NoList(f"{each.filename} in {path.name} is larger than 64 MB: that is no list")
            with archive.open(each) as raw:
                content = raw.read(LARGEST)
            yield each.filename, io.StringIO(content.decode("utf-8-sig", "replace"), newline="")


def _about_people(member: zipfile.ZipInfo) -> bool:
    """Substack's archive holds posts and opens beside the list."""
    name = member.filename.rpartition("/")[2].lower()
    return not name.startswith(("posts", ".", "_")) and not name.endswith((".opens.csv", ".delivers.csv"))


def _leavers_first(name: str) -> tuple[bool, str]:
    return not file_verdict(name), name
