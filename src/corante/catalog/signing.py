"""The keys this site signs its letters with: files in its folder, one a selector, readable by their owner only.

Rule: made by `corante doctor`, never by sending: letters signed with a key that the DNS does not know yet would fail.
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.conf import settings

from corante.core.mailboxes import sender_address
from corante.mail.dkim import DkimError, Key, Signer, made_key, pem, read_key

FOLDER: Final = "dkim"
SELECTORS: Final = {"rsa": "corante", "ed25519": "corante-ed"}
_WANTED: Final = {"off": (), "rsa": ("rsa",), "ed25519": ("ed25519",), "both": ("rsa", "ed25519")}


def signer() -> Signer | None:
    """Who signs; None when the mail server does. Raises DkimError when a key is missing or can't be read."""
    kinds = _WANTED[settings.CORANTE.dkim]
    if not kinds:
        return None
    return Signer(sender_address(settings.CORANTE).rpartition("@")[2], tuple(map(_key, kinds)))


def trouble() -> str:
    """Why letters can't be signed, with the way out; empty when they can or need not."""
    try:
        signer()
    except DkimError as error:
        return f"{error}. `corante doctor` makes the key and says what the DNS must hold."
    return ""


def make_missing() -> list[Key]:
    """Make the keys the setting `dkim` asks for that are not there yet; returns those made."""
    made = []
    for kind in _WANTED[settings.CORANTE.dkim]:
        if not _file(kind).is_file():
            made.append(made_key(kind, SELECTORS[kind]))
            _write(_file(kind), pem(made[-1]))
    return made


def _key(kind: str) -> Key:
    file = _file(kind)
    try:
        return _read(file, file.stat().st_mtime_ns, SELECTORS[kind])
    except OSError as error:
        raise DkimError(f"the key {file} can't be read: {error.strerror}") from None


@lru_cache(maxsize=4)
def _read(file: Path, _changed: int, selector: str) -> Key:
    return read_key(file.read_bytes(), selector)


def _file(kind: str) -> Path:
    return Path(settings.CORANTE_DIR or ".") / FOLDER / f"{SELECTORS[kind]}.pem"


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(mode=0o700, exist_ok=True)
    draft = file.with_suffix(".part")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    os.replace(draft, file)
