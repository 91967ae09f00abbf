"""A real Postfix of its own (Debian's package, started as root) in a folder of its own, that takes letters and drops them.

Its queue and its log are the evidence the sender asks; the same log says here what was taken, and how often.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

from .running import free_port

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/mail.log
maillog_file_prefixes = {folder}
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = relay.example.org
mydestination =
local_recipient_maps =
alias_maps =
mynetworks = 127.0.0.0/8
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
default_transport = discard
relay_transport = discard
"""
MASTER = """
{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
proxymap unix - - n - - proxymap
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
discard unix - - n - - discard
showq unix n - n - - showq
flush unix n - n 1000? 0 flush
postlog unix-dgram n - n - 1 postlogd
"""
_TAKEN = re.compile(r"/qmgr\[\d+\]: ([0-9A-Za-z]+): from=<(returns\+[^>]+)>")


def why_not() -> str:
    """Why no Postfix of our own can run here; empty when one can."""
    if os.geteuid() != 0:
        return "Postfix has to be started as root"
    return "" if Path("/usr/sbin/postfix").exists() else "Debian's package postfix is not installed"


class Postfix:
    """Use as a context manager. `on_accept` is told how many letters it has taken, shortly after each.

    Its folder is not pytest's: its processes are other users, and every pytest that starts shuts those out.
    """

    def __init__(self, on_accept: Callable[[int], None] | None = None) -> None:
        self.folder, self.port, self.on_accept = Path(mkdtemp(prefix="corante-postfix-")), free_port(), on_accept
        self.conf, self.log = self.folder / "conf", self.folder / "mail.log"
        self._over = threading.Event()

    @property
    def address(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def queue_command(self) -> str:
        return f"/usr/sbin/postqueue -c {self.conf} -j"

    def __enter__(self) -> Postfix:
        for name in ("conf", "queue", "data"):
            (self.folder / name).mkdir(parents=True)
        shutil.chown(self.folder / "data", "postfix")
        for name in ("postfix-files", "postfix-script", "dynamicmaps.cf"):
            if (found := Path("/etc/postfix") / name).exists():
                shutil.copy(found, self.conf / name)
        (self.conf / "main.cf").write_text(MAIN.format(folder=self.folder))
        (self.conf / "master.cf").write_text(MASTER.format(port=self.port))
        self.folder.chmod(0o755)  # its processes are not root and have to come in
        self._command("start")
        self._watcher = threading.Thread(target=self._watch, daemon=True)
        self._watcher.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._watcher.join(60)
        self._command("stop")
        shutil.rmtree(self.folder, ignore_errors=True)

    def taken(self) -> Counter[str]:
        """Envelope senders, each with how many letters of it were taken (its log is written a moment later)."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return Counter(sender for _, sender in set(_TAKEN.findall(text)))

    def _command(self, verb: str) -> None:
        done = subprocess.run(
            ["/usr/sbin/postfix", "-c", str(self.conf), verb], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"postfix {verb}: {done.stderr}"

    def _watch(self) -> None:
        count, read = 0, 0
        while not self._over.wait(0.002):
            if not self.on_accept or not self.log.exists() or self.log.stat().st_size == read:
                continue
            with open(self.log, "rb") as log:
                log.seek(read)
                fresh = log.read()
                read += len(fresh)
            count += len(_TAKEN.findall(fresh.decode(errors="replace")))
            self.on_accept(count)
