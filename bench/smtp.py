"""Messages a second and CPU per message against Debian's smtp-source, into the same smtp-sink, in one run.

    python bench/smtp.py [letters]

Both send letters of the same size over the same number of connections; ours with the ledger: every letter armed and
settled in SQLite with synchronous=FULL. Prints one JSON object; only the ratios carry over to other machines.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

CONNECTIONS = 10
ROUNDS = 3
SIZE = 55_000


def main(letters: int) -> dict[str, object]:
    """Interleave the two, a few rounds each; the figures are medians."""
    ours, theirs = [], []
    for _ in range(ROUNDS):
        with sink() as port:
            theirs.append(_c_reference(port, letters))
            ours.append(_ours(port, letters))
    rate, cpu = (statistics.median(each[n] for each in ours) for n in (0, 1))
    c_rate, c_cpu = (statistics.median(each[n] for each in theirs) for n in (0, 1))
    return {
        "letters": letters,
        "rate": round(rate),
        "smtp_source_rate": round(c_rate),
        "rate_ratio": round(rate / c_rate, 2),
        "cpu_us": round(cpu),
        "smtp_source_cpu_us": round(c_cpu),
        "cpu_ratio": round(cpu / c_cpu, 2),
    }


@contextmanager
def sink() -> Iterator[int]:
    """Debian's smtp-sink on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(["/usr/sbin/smtp-sink", "-u", "nobody", f"127.0.0.1:{port}", "1000"])
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    for _ in range(100):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit("smtp-sink did not start: is Debian's postfix installed?")


def _c_reference(port: int, letters: int) -> tuple[float, float]:
    words = ["-d", "-s", str(CONNECTIONS), "-m", str(letters), "-l", str(SIZE)]
    command = ["/usr/sbin/smtp-source", *words, "-f", "a@example.org", "-t", "b@example.org", f"127.0.0.1:{port}"]
    return _measured(command, letters, dict(os.environ))


def _ours(port: int, letters: int) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        lines = ['title = "Bench"', 'base_url = "http://127.0.0.1:8000"', 'sender = "news@example.org"']
        lines += [f'smtp = "smtp://127.0.0.1:{port}"', f"smtp_connections = {CONNECTIONS}"]
        (Path(folder) / "corante.toml").write_text("\n".join(lines))
        place = {"CORANTE_DIR": folder, "DJANGO_SETTINGS_MODULE": "corante.project.settings", "CORANTE_DATABASE": ""}
        environment = os.environ | place | {"PYTHONPATH": os.getcwd()}
        us = [sys.executable, __file__]
        subprocess.run([*us, "make", str(letters)], env=environment, check=True)
        idle = _measured([*us, "idle"], letters, environment)
        wall, cpu = _measured([*us, "send"], letters, environment)
    # Starting Python and Django is paid once, not per letter.
    return 1 / (1 / wall - 1 / idle[0]), cpu - idle[1]


def _measured(command: list[str], letters: int, environment: dict[str, str]) -> tuple[float, float]:
    """Letters a second, and microseconds of CPU per letter, of a child process."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, env=environment, check=True)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return letters / wall, spent / letters * 1e6


def child(verb: str, letters: int) -> None:
    """Our side of the race, in a process of its own."""
    import django

    django.setup()
    from corante import deliver
    from corante.models import Delivery

    def clock() -> datetime:
        return datetime.now(UTC)

    if verb == "make":
        _make(letters, clock())
    elif verb == "idle":
        deliver.due(clock() - timedelta(days=2), 5)
    else:
        deliver.work(deliver.due(clock(), 5), clock)
        sent = Delivery.objects.filter(state="accepted").count()
        if sent != Delivery.objects.count():
            raise SystemExit(f"only {sent} were accepted")


def _make(letters: int, now: datetime) -> None:
    from django.core.management import call_command
    from django.db import transaction
    from tests.fakes import letters as fakes

    call_command("migrate", verbosity=0)
    with transaction.atomic():
        slot = now - timedelta(minutes=1)
        # A paragraph takes 25 bytes in the two parts together.
        fakes.frozen(letters, size=SIZE // 25, slot_at=slot, frozen_at=slot, deadline_at=slot + timedelta(hours=12))


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] in ("make", "idle", "send"):
        child(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    else:
        print(json.dumps(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000), indent=2))
