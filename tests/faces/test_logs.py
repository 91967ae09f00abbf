"""The log of a process tells what happened and never who reads."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys

SCRIPT = """
import logging, structlog
from corante.management.logs import set_up
set_up("web")
token = "0123456789abcdef" * 2
logging.getLogger("django.request").warning("%s: %s", "Method Not Allowed (PUT)", "/leave/" + token)
structlog.get_logger("x").error("broken", path=f"https://news.example/letter/{token}/data.json", to="ada@example.org")
logging.getLogger("django.security.DisallowedHost").error("Invalid HTTP_HOST header: 'evil.example'")
try:
    raise ValueError(f"/confirm/{token} of ada@example.org")
except ValueError:
    logging.getLogger("django.request").exception("Internal Server Error")
"""


PEOPLE = """
import structlog
from corante.management.logs import set_up
set_up("worker")
structlog.get_logger("worker").info("publish", made=19, steps=["one", "two"])
structlog.get_logger("worker").warning("slow", path="/leave/" + "0123456789abcdef" * 2)
try:
    raise ValueError("of ada@example.org")
except ValueError:
    structlog.get_logger("worker").exception("broken")
"""

HOSTILE = r"""
import structlog
from corante.management.logs import set_up
set_up("worker")
structlog.get_logger("worker").info("refused", said="550 no\n07:00:00 web all is well\x1b[2J\u202e")
"""


def logged() -> list[dict[str, str]]:
    said = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True).stderr
    return [json.loads(line) for line in said.splitlines()]


def test_neither_addresses_nor_links_that_act_for_a_reader_are_logged() -> None:
    lines = logged()
    assert [line["event"] for line in lines] == [
        "Method Not Allowed (PUT): /leave/…",
        "broken",
        "Internal Server Error",
    ]
    whole = json.dumps(lines, ensure_ascii=False)
    assert "https://news.example/letter/…/data.json" in whole
    assert "/confirm/… of …@…" in lines[2]["exception"]
    assert "0123456789abcdef" not in whole
    assert "ada@" not in whole


def test_what_a_stranger_wrote_begins_no_line_and_moves_no_cursor() -> None:
    said = _on_a_terminal(HOSTILE)
    assert said.splitlines()[0].endswith(r"refused    said=550 no\n07:00:00 web all is well\x1b[2J\u202e")
    assert len(said.splitlines()) == 1


def test_on_a_terminal_a_line_is_for_people() -> None:
    said = _on_a_terminal(PEOPLE)
    lines = said.splitlines()
    assert lines[0][9:] == "worker publish    made=19 steps=one, two"
    assert lines[1][9:].split() == ["worker", "warning", "slow", "path=/leave/…"]
    assert "ValueError: of …@…" in said
    assert "ada@" not in said


def _on_a_terminal(script: str) -> str:
    ours, theirs = os.openpty()
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=os.environ | {"NO_COLOR": "1"}):
        os.close(theirs)
        said = b""
        with contextlib.suppress(OSError):  # how a terminal says that nobody holds its other end any more
            while got := os.read(ours, 4096):
                said += got
    os.close(ours)
    return said.decode().replace("\r\n", "\n")
