"""Gathering beside lemon24/reader and Miniflux, in one run on the same feeds over TLS: first import, unchanged poll.

    python -m bench.gather [FEEDS] [--real FOLDER]      READER_PYTHON=…/python MINIFLUX=…/miniflux

Rule: nginx serves each feed at an address of its own (127.0.x.y), so that every poll shakes hands anew, as on the open
internet. Everybody stores what they store: ours entries, validators, next check and the fetch, in a fresh SQLite.
CPU counts all processes of a side, the parsing pool and Miniflux's database too. Unchanged polls: the least of three
rounds. A peer that can't be had is printed as missing. `--real` takes a folder of feed files instead of made-up ones.
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from typing import Any

from tests.fakes.outlets import item, rss
from tests.fakes.running import free_port

from .poll_peers import ROUNDS, Figures, figures, miniflux, reader, tree_cpu

ITEMS = 30
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log crit;
events {{ worker_connections 1024; }}
http {{
  access_log off; keepalive_timeout 0; default_type application/xml; etag on; gzip on; gzip_types application/xml; gzip_min_length 0;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 0.0.0.0:{port} ssl backlog=1024;
    ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key;
    root {folder}/feeds; location / {{ try_files /$server_addr.xml =404; }}
  }}
}}
"""


def main(arguments: list[str]) -> dict[str, Figures]:
    """Run everybody, print and return figures and ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("feeds", type=int, nargs="?", default=200)
    parser.add_argument("--real", type=Path, help="a folder of feed files")
    asked = parser.parse_args(arguments)
    nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
    if not nginx:
        sys.exit("bench.gather needs nginx (apt-get install nginx-light)")
    with tempfile.TemporaryDirectory(prefix="corante-bench-") as name:
        folder, port = Path(name), free_port()
        urls = prepare(folder, asked.feeds, asked.real, port)
        os.chmod(folder, 0o755)  # nginx's worker is another user when started as root
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
        server = subprocess.Popen([nginx, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")])
        try:
            time.sleep(0.5)
            sides: dict[str, Callable[[], Figures | None]] = {
                "corante": lambda: corante(urls, folder),
                "reader": lambda: reader(urls, folder / "authority.pem"),
                "miniflux": lambda: miniflux(urls, folder / "authority.pem"),
            }
            found = {side: got for side, run in sides.items() if (got := run())}
        finally:
            server.terminate()
            server.wait(20)
    show(found)
    return found


def show(found: dict[str, Figures]) -> None:
    """The table, and each peer against ours."""
    names = ("unchanged_ms", "unchanged_feeds_s", "first_ms", "first_feeds_s", "entries")
    print(f"{'':<10}" + "".join(f"{name:>19}" for name in names))
    for side, values in found.items():
        print(f"{side:<10}" + "".join(f"{values[name]:>19.2f}" for name in names))
    ours = found["corante"]
    for side, theirs in found.items():
        if side != "corante":
            cpu = f"CPU {theirs['unchanged_ms'] / ours['unchanged_ms']:.1f}× unchanged, {theirs['first_ms'] / ours['first_ms']:.1f}× first"
            pace = f"feeds/s {ours['unchanged_feeds_s'] / theirs['unchanged_feeds_s']:.1f}× unchanged, {ours['first_feeds_s'] / theirs['first_feeds_s']:.1f}× first"
            print(f"ours against {side}: {cpu}; {pace}")
    if "miniflux" in found:
        print(f"Miniflux without its database: {found['miniflux']['alone_unchanged_ms']:.2f} ms unchanged")


def prepare(folder: Path, feeds: int, real: Path | None, port: int) -> list[str]:
    """Feed files named by the address that serves them, and a certificate for all those addresses."""
    (folder / "feeds").mkdir()
    known = sorted(file for file in real.rglob("*") if file.is_file()) if real else []
    addresses = [f"127.0.{1 + n // 250}.{1 + n % 250}" for n in range(min(feeds, len(known)) if real else feeds)]
    for n, address in enumerate(addresses):
        (folder / "feeds" / f"{address}.xml").write_bytes(known[n].read_bytes() if real else _made_up(n))
    _certify(folder, addresses)
    return [f"https://{address}:{port}/feed.xml" for address in addresses]


def _made_up(n: int) -> bytes:
    text = "<p>The harbour council voted nine to four to raise the sea wall by a metre.</p>" * 12
    date = format_datetime(datetime.now(UTC), usegmt=True)  # so that all are news, and all are stored
    pieces = range(ITEMS)
    return rss(*(item(f"Piece {n}.{m}", f"https://h{n}.example/{m}", f"{n}.{m}", date, text) for m in pieces))


def _certify(folder: Path, addresses: list[str]) -> None:
    """An authority of the moment and a certificate by it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    now, day = datetime.now(UTC), timedelta(days=1)
    keys = {name: ec.generate_private_key(ec.SECP256R1()) for name in ("authority", "server")}
    names = {n: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"corante bench {n}")]) for n in keys}
    spoken = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(one)) for one in addresses])
    for name, extension in {"authority": x509.BasicConstraints(ca=True, path_length=None), "server": spoken}.items():
        made = x509.CertificateBuilder().subject_name(names[name]).issuer_name(names["authority"])
        made = made.public_key(keys[name].public_key()).serial_number(x509.random_serial_number())
        made = made.not_valid_before(now - day).not_valid_after(now + day)
        signed = made.add_extension(extension, critical=False).sign(keys["authority"], hashes.SHA256())
        (folder / f"{name}.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    (folder / "server.key").write_bytes(
        keys["server"].private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )


def corante(urls: list[str], folder: Path) -> Figures:
    """Our own figures, from a process of its own with a site of its own."""
    site = folder / "site"
    site.mkdir()
    (site / "corante.toml").write_text(
        # without https no hub is asked to push: nor do the others ask any
        'title = "Bench"\nbase_url = "http://bench.example"\nallow_network = ["127.0.0.0/8"]\n'
    )
    (folder / "urls.json").write_text(json.dumps(urls))
    environment = os.environ | {
        "CORANTE_DIR": str(site),
        "DJANGO_SETTINGS_MODULE": "corante.project.settings",
        "SSL_CERT_FILE": str(folder / "authority.pem"),
    }
    command = [sys.executable, "-c", "from bench.gather import inside; inside()", str(folder / "urls.json")]
    said = json.loads(
        subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1]
    )
    return figures(said["first"], said["again"], said["entries"], len(urls))


def inside() -> None:
    """In the process of `corante`: a first import and unchanged rounds, printed as JSON."""
    import django

    django.setup()
    from django.core.management import call_command

    from corante import gather
    from corante.core.opml import Outline, write
    from corante.models import Article, Feed

    call_command("migrate", verbosity=0)
    urls, now = json.loads(Path(sys.argv[1]).read_text()), datetime.now(UTC)
    gather.import_opml(write([Outline(url, f"Outlet {n}") for n, url in enumerate(urls)], "bench", now), now)
    first = _measured(partial(_rounds, gather, now))
    again = [_measured(partial(_rounds, gather, now + timedelta(days=2 * n))) for n in range(1, ROUNDS + 1)]
    bad = list(Feed.objects.exclude(outcome__in=("fresh", "known", "unmodified")).values_list("url", "detail")[:5])
    if bad:
        print(f"not read: {bad}", file=sys.stderr)
    print(json.dumps({"first": first, "again": again, "entries": Article.objects.count()}))


def _rounds(gather: Any, now: datetime) -> None:
    while ids := gather.due(now, 100):
        gather.work(ids, lambda: now)


def _measured(work: Callable[[], None]) -> tuple[float, float]:
    cpu, began = tree_cpu(os.getpid()), time.monotonic()
    work()
    return tree_cpu(os.getpid()) - cpu, time.monotonic() - began


if __name__ == "__main__":
    main(sys.argv[1:])
