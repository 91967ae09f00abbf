"""Letters a second and CPU a letter against Debian's smtp-source, aiosmtplib and Django's backend, into one smtp-sink.

    python bench/smtp.py [letters]              the race; the slow peers send a tenth of it
    python bench/smtp.py memory [letters]       memory of our sender over a long edition (100,000)

All send letters of the same size over the same number of connections (Django has one); ours with the ledger: every
letter armed and settled in SQLite with synchronous=FULL (`ours_no_disk`: the ledger in /dev/shm, to tell the disk's part).
aiosmtplib is used where the Python of `.venv-eval`, or of BENCH_PYTHON, has it. Only ratios carry over to other machines.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

CONNECTIONS, ROUNDS, SIZE = 10, 3, 55_000
OURS = ("ours", "ours_no_disk")
Figure = tuple[float, float]  # letters a second, and microseconds of CPU a letter

AIOSMTPLIB = """
import asyncio, sys, aiosmtplib
port, count, size, lines = map(int, sys.argv[1:])
letter = b"Subject: race\\r\\n\\r\\n" + (b"x" * 60 + b"\\r\\n") * (size // 62)
async def line(numbers):
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, timeout=60)
    await client.connect()
    for n in numbers:
        await client.sendmail(f"returns+{n}@example.org", [f"reader{n}@example.org"], letter)
    await client.quit()
async def main():
    await asyncio.gather(*(line(range(k, count, lines)) for k in range(lines)))
asyncio.run(main())
"""


def main(letters: int) -> dict[str, Any]:
    """Interleave all, a few rounds each; the figures are each one's best round."""
    few = max(100, letters // 10)
    runners: dict[str, Callable[[int], Figure]] = {
        "smtp_source": lambda port: _c_reference(port, letters),
        "ours": lambda port: _ours(port, letters),
        "ours_no_disk": lambda port: _ours(port, letters, "/dev/shm"),
        "django": lambda port: _django(port, few),
    }
    if python := _with_aiosmtplib():
        runners["aiosmtplib"] = lambda port: _aiosmtplib(python, port, few)
    rounds: dict[str, list[Figure]] = {name: [] for name in runners}
    for _ in range(ROUNDS):
        with sink() as port:
            for name, run in runners.items():
                rounds[name].append(run(port))
    best = {name: (max(f[0] for f in found), min(f[1] for f in found)) for name, found in rounds.items()}
    table = {name: {"rate": round(rate), "cpu_us": round(cpu)} for name, (rate, cpu) in best.items()}
    ratios = {name: [round(best[name][n] / best["smtp_source"][n], 2) for n in (0, 1)] for name in OURS}
    return {"letters": letters, "size": SIZE, **table, "rate_and_cpu_beside_smtp_source": ratios}


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


def _c_reference(port: int, letters: int) -> Figure:
    command = ["/usr/sbin/smtp-source", "-d", "-s", str(CONNECTIONS), "-l", str(SIZE), "-m", str(letters)]
    return _measured([*command, f"127.0.0.1:{port}"], letters, dict(os.environ))


def _with_aiosmtplib() -> str:
    for python in (os.environ.get("BENCH_PYTHON", ""), ".venv-eval/bin/python"):
        asks = [python, "-c", "import aiosmtplib"]
        if python and Path(python).exists() and subprocess.run(asks, capture_output=True, check=False).returncode == 0:
            return python
    print("aiosmtplib is missing: it runs without this peer", file=sys.stderr)
    return ""


def _aiosmtplib(python: str, port: int, letters: int) -> Figure:
    command = [python, "-c", AIOSMTPLIB, str(port)]
    return _less_start([*command, str(letters)], [*command, "0"], letters, dict(os.environ), (str(SIZE), "10"))


def _django(port: int, letters: int) -> Figure:
    command = [sys.executable, __file__, "django", str(port)]
    place = {"DJANGO_SETTINGS_MODULE": "corante.project.settings", "PYTHONPATH": os.getcwd()}
    return _less_start([*command, str(letters)], [*command, "0"], letters, os.environ | place)


def _ours(port: int, letters: int, where: str | None = None) -> Figure:
    with site(port, letters, where) as environment:
        us = [sys.executable, __file__]
        return _less_start([*us, "send", str(letters)], [*us, "idle"], letters, environment)


@contextmanager
def site(port: int, letters: int, where: str | None = None) -> Iterator[dict[str, str]]:
    """A site with an edition to send, and the environment its processes run in."""
    with tempfile.TemporaryDirectory(dir=where) as folder:
        (Path(folder) / "outbox").mkdir()
        (Path(folder) / "corante.toml").write_text(
            'title = "Race"\nbase_url = "http://127.0.0.1:8000"\nsender = "news@example.org"\n'
            f'smtp_connections = {CONNECTIONS}\nsmtp = "smtp://127.0.0.1:{port}"\n'
        )
        place = {"CORANTE_DIR": folder, "DJANGO_SETTINGS_MODULE": "corante.project.settings", "CORANTE_DATABASE": ""}
        environment = os.environ | place | {"PYTHONPATH": os.getcwd()}
        subprocess.run([sys.executable, __file__, "make", str(letters)], env=environment, check=True)
        yield environment


def _less_start(
    command: list[str], idle: list[str], letters: int, environment: dict[str, str], more: tuple[str, ...] = ()
) -> Figure:
    """Starting Python is paid once, not per letter."""
    rate, cpu = _measured([*command, *more], letters, environment)
    no_rate, no_cpu = _measured([*idle, *more], letters, environment)
    return 1 / (1 / rate - 1 / no_rate), cpu - no_cpu


def _measured(command: list[str], letters: int, environment: dict[str, str]) -> Figure:
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, env=environment, check=True)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return letters / wall, spent / letters * 1e6


def memory(letters: int) -> dict[str, object]:
    """Memory of the sender over one long edition, looked at once a second: its own, and the database file it maps."""
    seen: list[tuple[float, float]] = []
    with sink() as port, site(port, letters) as environment:
        began = time.monotonic()
        process = subprocess.Popen([sys.executable, __file__, "send", str(letters)], env=environment)
        while process.poll() is None:
            time.sleep(1)
            status = Path(f"/proc/{process.pid}/status").read_text().splitlines()
            sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in status if line.startswith("Rss")}
            if sizes:
                seen.append((sizes["RssAnon"], sizes["RssFile"]))
        spent = time.monotonic() - began
    tenths = [seen[len(seen) * n // 10] for n in range(10)] + [seen[-1]]
    own, mapped = ([round(each[kind]) for each in tenths] for kind in (0, 1))
    return {"letters": letters, "seconds": round(spent), "own_mb_by_tenth": own, "mapped_mb_by_tenth": mapped}


def child(verb: str, *numbers: int) -> None:
    """One side of the race, in a process of its own."""
    import django

    django.setup()
    verbs: dict[str, Callable[..., None]] = {"make": _make, "idle": _idle, "send": _send, "django": _send_by_django}
    verbs[verb](*numbers)


def _clock() -> datetime:
    return datetime.now(UTC)


def _idle() -> None:
    from corante import deliver

    deliver.due(_clock() - timedelta(days=2), 5)


def _send(letters: int) -> None:
    from corante import deliver
    from corante.models import Delivery

    deliver.work(deliver.due(_clock(), 5), _clock)
    sent = Delivery.objects.filter(state="accepted").count()
    if sent != letters:
        raise SystemExit(f"only {sent} were accepted")


def _send_by_django(port: int, letters: int) -> None:
    from django.core.mail import EmailMultiAlternatives, get_connection

    text, html = "A story.\n" * (SIZE // 25), "<p>A story.</p>\n" * (SIZE // 25)
    with get_connection("django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=port) as connection:
        for n in range(letters):
            letter = EmailMultiAlternatives("race", text, f"returns+{n}@example.org", [f"reader{n}@example.org"])
            letter.attach_alternative(html, "text/html")
            connection.send_messages([letter])


def _make(letters: int) -> None:
    from django.core.management import call_command
    from django.db import transaction
    from tests.fakes import letters as fakes

    from corante.models import Delivery, Edition, Subscriber, Subscription

    call_command("migrate", verbosity=0)
    slot = _clock() - timedelta(minutes=1)
    with transaction.atomic():
        # A paragraph takes 25 bytes in the two parts together.
        one = fakes.frozen(1, size=SIZE // 25, slot_at=slot, frozen_at=slot, deadline_at=slot + timedelta(hours=12))
        Edition.objects.filter(pk=one.pk).update(recipients=letters)
        first = one.deliveries.select_related("variant").get()
        new = [
            Subscriber(address=f"r{n}@example.org", key=f"r{n}", token=f"{n:032x}", state="confirmed", asked_at=slot)
            for n in range(1000, 1000 + letters - 1)
        ]
        made = Subscriber.objects.bulk_create(new, batch_size=5000)
        Subscription.objects.bulk_create(
            (Subscription(subscriber=s, digest=one.digest, since=slot) for s in made), batch_size=5000
        )
        Delivery.objects.bulk_create(
            (Delivery(edition=one, subscriber=s, variant=first.variant, due_at=slot, next_try_at=slot) for s in made),
            batch_size=5000,
        )


if __name__ == "__main__":
    words = sys.argv[1:]
    if words and words[0] in ("make", "idle", "send", "django"):
        child(words[0], *map(int, words[1:]))
    elif words and words[0] == "memory":
        print(json.dumps(memory(int(words[1]) if len(words) > 1 else 100_000), indent=2))
    else:
        print(json.dumps(main(int(words[0]) if words else 4000), indent=2))
