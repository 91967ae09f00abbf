"""Reads caniemail's feature files (caniemail.com, MIT): which mail program shows what.

Rule: for each platform of a mail program the newest tested version speaks; "y" is yes, "a" in part, "n" no, "u" unknown.
"""

from __future__ import annotations

import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml


@dataclass(frozen=True)
class Feature:
    """One feature by its file's name ("css-display"), and what each program's platform makes of it."""

    slug: str
    cells: dict[str, str]  # "outlook/windows" -> y, a, n or u

    def without(self) -> list[str]:
        """The platforms that don't have it."""
        return sorted(platform for platform, cell in self.cells.items() if cell == "n")


def read(data: Path) -> dict[str, Feature]:
    """Every feature in the folder's `caniemail/*.tar.gz`, by slug; empty where there is none.

    Raises ValueError naming the file whose head isn't what caniemail writes.
    """
    return {
        feature.slug: feature
        for archive in sorted(data.glob("caniemail/*.tar.gz"))
        for feature in _features(archive)
        if feature.cells
    }


def _features(archive: Path) -> Iterator[Feature]:
    with tarfile.open(archive) as files:
        for member in files:
            name = Path(member.name)
            found = files.extractfile(member) if name.suffix == ".md" and not name.stem.startswith("_") else None
            if found:
                yield Feature(name.stem, _cells(name.stem, found.read().decode("utf-8", "replace")))


def _cells(slug: str, text: str) -> dict[str, str]:
    parts = re.split(r"^---\s*$", text, maxsplit=2, flags=re.MULTILINE)
    try:
        stats = yaml.safe_load(parts[1].replace("\t", " "))["stats"]
    except (IndexError, KeyError, TypeError, yaml.YAMLError) as wrong:
        raise ValueError(f"caniemail's {slug}.md can't be read: {wrong}") from wrong
    return {
        f"{program}/{platform}": str(list(versions.values())[-1])[:1]
        for program, platforms in (stats or {}).items()
        for platform, versions in platforms.items()
        if versions
    }
