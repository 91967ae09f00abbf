"""The house itself is tested: floors hold, the clock stays in the faces, nothing renders outlets' HTML."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "corante"


def _python_files() -> list[Path]:
    return [file for file in SOURCE.rglob("*.py") if "migrations" not in file.parts]


def test_every_contract_between_floors_and_rooms_holds() -> None:
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]


def test_nothing_is_marked_safe_anywhere() -> None:
    """Public pages, letters and the desk carry text: autoescape is the whole defence, so nothing may step around it."""
    pattern = re.compile(r"\|\s*safe\b|\bMarkup\(|mark_safe|autoescape\s+false")
    pages = [
        file for file in (SOURCE / "templates").rglob("*.*") if file.suffix != ".txt"
    ]  # plain text has nothing to escape
    files = [*_python_files(), *pages]
    found = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for file in files
        for line in file.read_text().splitlines()
        if pattern.search(line)
    ]
    assert found == []


def test_the_core_never_asks_for_the_time() -> None:
    pattern = re.compile(r"\b(datetime\.now|timezone\.now|utcnow|date\.today|time\.time|perf_counter|monotonic)\b")
    found = [file.name for file in (SOURCE / "core").glob("*.py") if pattern.search(file.read_text())]
    assert found == []


def test_no_file_names_a_path_of_one_machine_or_a_registry() -> None:
    here = [re.escape(f"{place}/") for place in (ROOT, Path.home()) if len(place.parts) > 1]
    pattern = re.compile(
        "|".join([r"--(extra-)?index-url", "--find-links ", r"files\.pythonhosted", r"pypi\.org/simple", *here])
    )
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    texts = [ROOT / name for name in tracked if (ROOT / name).is_file() and name != "tests/house/test_contracts.py"]
    found = [str(file.relative_to(ROOT)) for file in texts if pattern.search(file.read_text(errors="replace"))]
    assert found == []


def test_requirements_are_exact_and_hashed() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text().splitlines()
        pins = [line for line in lines if line and not line.startswith((" ", "#"))]
        assert pins
        assert all("==" in line for line in pins)
        assert sum("--hash=sha256:" in line for line in lines) >= len(pins)


def test_every_file_opens_by_saying_what_it_is_for() -> None:
    silent = [
        str(f.relative_to(SOURCE))
        for f in _python_files()
        if f.read_text().strip() and not f.read_text().lstrip().startswith(('"""', "#"))
    ]
    assert silent == []
