"""A real IMAP server on loopback, as small as reading returns needs; several folders, UIDs, MOVE and UIDPLUS on request."""

from __future__ import annotations

import re
import socketserver
import threading
from dataclasses import dataclass, field


@dataclass
class ImapServer:
    """Use as a context manager; `address` is what goes into the setting `returns`."""

    offers: tuple[str, ...] = ("MOVE", "UIDPLUS")
    user: str = "returns"
    password: str = "p@ss word"
    validity: int = 7
    folders: dict[str, dict[int, bytes]] = field(default_factory=lambda: {"INBOX": {}})
    flags: dict[int, set[str]] = field(default_factory=dict)
    logins: int = 0
    fetched: list[int] = field(default_factory=list)
    next_uid: int = 100

    def put(self, raw: bytes) -> int:
        """A mail arrives."""
        self.next_uid += 3  # UIDs rise, but not by one
        self.folders["INBOX"][self.next_uid] = raw
        return self.next_uid

    def __enter__(self) -> ImapServer:
        box = self

        class Session(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                _Talk(box, self.rfile, self.wfile).run()

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"imap://{self.user}:p%40ss%20word@127.0.0.1:{self._server.server_address[1]}/INBOX"
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Talk:
    def __init__(self, box: ImapServer, reader: object, writer: object) -> None:
        self.box, self.reader, self.writer = box, reader, writer
        self.folder = ""

    def say(self, line: str | bytes) -> None:
        raw = line.encode() if isinstance(line, str) else line
        self.writer.write(raw + b"\r\n")  # type: ignore[attr-defined]

    def run(self) -> None:
        self.say("* OK ready")
        while line := self.reader.readline().decode().rstrip("\r\n"):  # type: ignore[attr-defined]
            tag, _, rest = line.partition(" ")
            word, _, tail = rest.partition(" ")
            if word.upper() == "UID":
                word, _, tail = tail.partition(" ")
                word = "UID_" + word
            answer = getattr(self, "do_" + word.upper(), self.unknown)(tail)
            self.say(f"{tag} {answer} done")
            if word.upper() == "LOGOUT":
                return

    def unknown(self, _tail: str) -> str:
        return "BAD what"

    def do_CAPABILITY(self, _tail: str) -> str:
        self.say("* CAPABILITY IMAP4rev1 " + " ".join(self.box.offers))
        return "OK"

    def do_LOGIN(self, tail: str) -> str:
        self.box.logins += 1
        wanted = f'{self.box.user} "{self.box.password}"'
        return "OK" if tail == wanted else "NO [AUTHENTICATIONFAILED] wrong"

    def do_SELECT(self, tail: str) -> str:
        name = tail.strip('"')
        if name not in self.box.folders:
            return "NO no such folder"
        self.folder = name
        self.say(f"* {len(self.box.folders[name])} EXISTS")
        self.say(f"* OK [UIDVALIDITY {self.box.validity}] as it is")
        return "OK [READ-WRITE]"

    @property
    def here(self) -> dict[int, bytes]:
        return self.box.folders[self.folder]

    def do_UID_SEARCH(self, tail: str) -> str:
        first = int(re.search(r"UID (\d+):", tail)[1])  # type: ignore[index]
        found = [uid for uid in sorted(self.here) if uid >= first] or sorted(self.here)[
            -1:
        ]  # RFC 3501: n:* has the last
        self.say("* SEARCH " + " ".join(map(str, found)))
        return "OK"

    def do_UID_FETCH(self, tail: str) -> str:
        uid = int(tail.split()[0])
        if uid in self.here:
            self.box.fetched.append(uid)
            raw = self.here[uid]
            self.say(f"* 1 FETCH (UID {uid} BODY[]<0> {{{len(raw)}}}".encode() + b"\r\n" + raw + b")")
        return "OK"

    def do_CREATE(self, tail: str) -> str:
        self.box.folders.setdefault(tail.strip('"'), {})
        return "OK"

    def do_UID_MOVE(self, tail: str) -> str:
        return "OK" if self.copy(tail) and self.here.pop(int(tail.split()[0]), None) is not None else "NO [TRYCREATE]"

    def do_UID_COPY(self, tail: str) -> str:
        return "OK" if self.copy(tail) else "NO [TRYCREATE]"

    def copy(self, tail: str) -> bool:
        uid, name = tail.split(" ", 1)
        target = self.box.folders.get(name.strip('"'))
        if target is not None:
            target[int(uid)] = self.here[int(uid)]
        return target is not None

    def do_UID_STORE(self, tail: str) -> str:
        uid, _, flag = tail.split(" ", 2)
        self.box.flags.setdefault(int(uid), set()).add(flag.strip("()"))
        return "OK"

    def do_UID_EXPUNGE(self, tail: str) -> str:
        self.here.pop(int(tail), None)
        return "OK"

    def do_LOGOUT(self, _tail: str) -> str:
        self.say("* BYE")
        return "OK"
