"""CPU of one served page: our handler under Granian beside nginx serving the same compressed file.

    python -m bench.serve                   needs nginx and wrk; a few seconds a round, three rounds

Both serve one topic page of 30 stories, gzip made ahead (`gzip_static on`), so that the same bytes leave. The load
is wrk's; what counts is user + system time of each server's processes over the requests they answered.

Two cores, busy with other work; medians of two rounds of 3 s, nginx 1.22, Granian 2.8:

    nginx      17.0 µs    1.00
    corante    37.0 µs    2.17      uvloop, HTTP/1.1, one thread: what `corante web` runs
    corante    39.8 µs    2.35      Granian's own choices
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

PAGE = "/topics/floods/"
TICK = os.sysconf("SC_CLK_TCK")

APPLICATION = """
import os
from pathlib import Path
os.environ["DJANGO_SETTINGS_MODULE"] = "corante.project.settings"
import django
django.setup()
from corante.site import tree
async def nobody(scope, receive, send):
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})
application = tree.application(Path(os.environ["CORANTE_DIR"]) / "public", nobody)
"""

NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  types {{ text/html html; }} access_log off; sendfile on; keepalive_requests 1000000;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{ listen 127.0.0.1:{port}; root {folder}/public; gzip_static on; }}
}}
"""


def main() -> None:
    """Serve, load, count, and print microseconds of CPU a request."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    nginx, wrk = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin"), shutil.which("wrk")
    if not nginx or not wrk:
        sys.exit("bench.serve needs nginx and wrk (apt-get install nginx-light wrk)")
    with tempfile.TemporaryDirectory(prefix="corante-bench-") as folder:
        publish(Path(folder))
        servers: dict[str, Callable[[int], subprocess.Popen[bytes]]] = {
            "nginx": lambda port: _nginx(nginx, Path(folder), port),
            "corante": lambda port: _granian(Path(folder), port),
        }
        spent: dict[str, list[float]] = {name: [] for name in servers}
        for _round in range(asked.rounds):
            for name, start in servers.items():
                spent[name].append(one_round(start, wrk, asked.seconds))
    base = statistics.median(spent["nginx"])
    print("server     CPU µs a request   against nginx")
    for name, all_rounds in spent.items():
        middle = statistics.median(all_rounds)
        print(f"{name:<10} {middle:>16.1f}   {middle / base:>13.2f}")


def one_round(start: Callable[[int], subprocess.Popen[bytes]], wrk: str, seconds: int) -> float:
    """Microseconds of CPU per request of one server under load."""
    port = _free_port()
    server = start(port)
    try:
        _wait(port)
        address = f"http://127.0.0.1:{port}{PAGE}"
        load = [wrk, "-t1", "-c16", "-H", "Accept-Encoding: gzip"]
        subprocess.run([*load, "-d1s", address], check=True, capture_output=True)
        before = _cpu(server.pid)
        said = subprocess.run([*load, f"-d{seconds}s", address], check=True, capture_output=True, text=True).stdout
        spent = _cpu(server.pid) - before
        if "Non-2xx" in said:
            sys.exit(f"not all answers were pages:\n{said}")
        found = re.search(r"(\d+) requests in", said)
        assert found
        return 1e6 * spent / int(found[1])
    finally:
        server.terminate()
        server.wait(20)


def publish(folder: Path) -> None:
    """A site of 40 stories under one topic, printed, in a process of its own."""
    (folder / "corante.toml").write_text('title = "Bench"\nbase_url = "http://127.0.0.1:8000"\n')
    (folder / "served.py").write_text(APPLICATION)
    script = (
        "import django; django.setup()\n"
        "from django.core.management import call_command; call_command('migrate', verbosity=0)\n"
        "from bench.publish import NOW, archive\n"
        "from corante import publish\n"
        "archive(40); publish.rebuild(lambda: NOW)\n"
    )
    subprocess.run([sys.executable, "-c", script], env=_environment(folder), check=True)


def _nginx(nginx: str, folder: Path, port: int) -> subprocess.Popen[bytes]:
    os.chmod(folder, 0o755)  # its worker is another user when started as root
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    return subprocess.Popen([nginx, "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")])


def _granian(folder: Path, port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--workers", "1", "--no-ws"]
    options = ["--host", "127.0.0.1", "--port", str(port), "--log-level", "error", "--no-access-log"]
    options += ["--http", "1", "--loop", "uvloop", "--runtime-mode", "st"]  # as `corante web` starts it
    environment = _environment(folder) | {"PYTHONPATH": os.pathsep.join([str(folder), *sys.path])}
    return subprocess.Popen([*command, *options, "served:application"], env=environment, cwd=folder)


def _environment(folder: Path) -> dict[str, str]:
    return os.environ | {"CORANTE_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "corante.project.settings"}


def _cpu(pid: int) -> float:
    """Seconds of user and system time of a process and its children, so far."""
    total = 0.0
    for one in [pid, *_children(pid)]:
        with suppress(FileNotFoundError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / TICK
    return total


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [int(child) for child in listed] + [deep for child in listed for deep in _children(int(child))]


def _free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as door:
        return int(door.getsockname()[1])


def _wait(port: int) -> None:
    for _try in range(200):
        with suppress(OSError), closing(socket.create_connection(("127.0.0.1", port), 1)):
            return
        time.sleep(0.1)
    sys.exit(f"nothing answered on port {port}")


if __name__ == "__main__":
    main()
