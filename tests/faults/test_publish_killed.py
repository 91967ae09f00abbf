"""kill -9 at any rename while publishing: no half page, no link into nothing, and the next run finishes the work."""

from __future__ import annotations

import gzip
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import brotli
import pytest

from corante.core.paths import file_of

FILL = """
import django; django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from corante.models import Dirty
from tests.fakes import world
floods = world.topic("Floods")
who = world.outlet()
for n in range(6):
    world.filed(world.story(world.article(who, f"High water, part {n}")), floods)
Dirty.mark("site", [0], "begun", world.NOW)
"""
PUBLISH = """
import os, signal, sys
import django; django.setup()
from tests.fakes.world import NOW
from corante import publish
left, real = int(sys.argv[1]), os.replace
def replace(one, other):
    global left
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    real(one, other)
os.replace = replace
from datetime import timedelta
later = NOW + timedelta(hours=int(sys.argv[2]))
while ids := publish.due(later, 100):
    publish.work(ids, lambda: later)
from corante.models import Dirty
sys.exit(Dirty.objects.count())
"""


def run(folder: Path, script: str, *arguments: str) -> int:
    environment = os.environ | {
        "CORANTE_DIR": str(folder),
        "CORANTE_DATABASE": "",
        "DJANGO_SETTINGS_MODULE": "corante.project.settings",
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    return subprocess.run([sys.executable, "-c", script, *arguments], env=environment, timeout=240).returncode


def whole(tree: Path) -> dict[str, bytes]:
    """Every page, after checking that it is whole, that its copies agree, and that its links lead somewhere."""
    pages = {f: f.read_bytes() for f in tree.rglob("*.html")}
    for file, content in pages.items():
        assert content.rstrip().endswith(b"</html>"), file
    return {str(file.relative_to(tree)): content for file, content in pages.items()}


@pytest.mark.parametrize("kill_at", [1, 3, 8, 20, 41, 66])
def test_a_kill_leaves_whole_pages_and_the_next_run_finishes(tmp_path: Path, kill_at: int) -> None:
    (tmp_path / "corante.toml").write_text('title = "Killed"\nbase_url = "http://127.0.0.1:8000"\n')
    tree = tmp_path / "public"
    assert run(tmp_path, FILL) == 0
    assert run(tmp_path, PUBLISH, str(kill_at), "0") == -signal.SIGKILL
    whole(tree)
    assert run(tmp_path, PUBLISH, "0", "1") == 0
    pages = whole(tree)
    assert len([name for name in pages if name.startswith("stories/")]) == 6
    for name, content in pages.items():
        assert brotli.decompress((tree / f"{name}.br").read_bytes()) == content
        assert gzip.decompress((tree / f"{name}.gz").read_bytes()) == content
        for link in re.findall(rb'href="(/[^"#]*)', content):
            assert link == b"/search/" or (tree / file_of(link.decode())).is_file(), (name, link)
