"""The examples in deploy/ are taken by the programs they are for, in the versions Debian has."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.fakes.tls import certificate

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
FRAME = "daemon off; pid {folder}/pid; events {{}} http {{ access_log off; {temporary} include {folder}/site.conf; }}\n"
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short name: a socket's address has room for a hundred characters."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
def test_nginx_takes_its_example(folder: Path) -> None:
    """As it stands but for the places of files, and sockets of the file system instead of ports."""
    pem, number = certificate(folder), count()
    site = (DEPLOY / "nginx.conf").read_text()
    for theirs, ours in (
        ("/etc/nginx/corante-proxy.conf", DEPLOY / "corante-proxy.conf"),
        ("/etc/letsencrypt/live/news.example.org/fullchain.pem", pem),
        ("/etc/letsencrypt/live/news.example.org/privkey.pem", pem),
    ):
        assert theirs in site
        site = site.replace(theirs, str(ours))
    site, listening = re.subn(r"listen (?:\[::\]:)?\d+", lambda _: f"listen unix:{folder}/s{next(number)}", site)
    assert listening == 4
    (folder / "site.conf").write_text(site)
    temporary = " ".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY)
    (folder / "nginx.conf").write_text(FRAME.format(folder=folder, temporary=temporary))
    said = subprocess.run(
        ["nginx", "-t", "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert said.returncode == 0, said.stderr


@pytest.mark.skipif(shutil.which("caddy") is None, reason="Caddy is not installed")
def test_caddy_takes_its_example() -> None:
    said = subprocess.run(
        ["caddy", "adapt", "--adapter", "caddyfile", "--config", str(DEPLOY / "Caddyfile")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert said.returncode == 0, said.stderr


def test_what_the_reader_says_of_where_they_are_is_not_handed_on() -> None:
    """nginx puts the peer's own address in the header's place; Caddy does so by itself, unless told otherwise."""
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in (DEPLOY / "corante-proxy.conf").read_text()
    assert "trusted_proxies" not in (DEPLOY / "Caddyfile").read_text()
