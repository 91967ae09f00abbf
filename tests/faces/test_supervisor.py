"""One command, two processes: they live and end together."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest


def _supervise(*children: str) -> subprocess.Popen[str]:
    program = f"""
        import sys
        from corante.management.supervisor import Supervisor
        children = {{str(n): [sys.executable, "-c", code] for n, code in enumerate({list(children)!r})}}
        sys.exit(Supervisor(children).run())
    """
    return subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stderr=subprocess.PIPE, text=True)


def _wait_for(file: Path) -> int:
    last = time.monotonic() + 120
    while time.monotonic() < last:
        if file.exists() and (text := file.read_text()):
            return int(text)
        time.sleep(0.05)
    raise AssertionError(f"{file.name} was never written")


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):  # gone before we looked, or while we did
        return False


def _sleeper(file: Path) -> str:
    return f"import os, time; open({str(file)!r}, 'w').write(str(os.getpid())); time.sleep(600)"


def test_when_one_dies_both_stop_and_the_exit_status_says_so(tmp_path: Path) -> None:
    other = tmp_path / "pid"
    mortal = f"import os, time\nwhile not (os.path.exists({str(other)!r}) and os.path.getsize({str(other)!r})): time.sleep(0.05)"
    running = _supervise(_sleeper(other), mortal)
    pid = _wait_for(tmp_path / "pid")
    assert running.wait(120) == 1
    assert "ended by itself" in (running.stderr.read() if running.stderr else "")
    assert not _alive(pid)


def test_sigterm_ends_both_with_a_good_status(tmp_path: Path) -> None:
    running = _supervise(_sleeper(tmp_path / "pid"))
    pid = _wait_for(tmp_path / "pid")
    running.send_signal(signal.SIGTERM)
    assert running.wait(120) == 0
    assert not _alive(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's parent-death signal is Linux's")
def test_kill_9_of_the_parent_leaves_no_child_behind(tmp_path: Path) -> None:
    running = _supervise(_sleeper(tmp_path / "pid"))
    pid = _wait_for(tmp_path / "pid")
    running.kill()
    running.wait(60)
    last = time.monotonic() + 120
    while time.monotonic() < last:
        if not _alive(pid):
            return
        time.sleep(0.05)
    raise AssertionError("the child outlived its parent")
