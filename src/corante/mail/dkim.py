"""Signing letters (RFC 6376; Ed25519: RFC 8463), relaxed/relaxed: what is the same for everyone is made canonical once.

Rule: the same letter gets the same signature (its time is the letter's own date, and neither algorithm here draws random
numbers), so a repeat is byte-identical. From, Subject, List-Unsubscribe and the like are signed once more than they
occur: nobody can add a second one on the way.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

OVERSIGNED: Final = (
    "from", "to", "subject", "date", "message-id", "mime-version", "content-type", "reply-to", "cc", "sender",
    "list-unsubscribe", "list-unsubscribe-post",
)  # fmt: skip
SIGNED: Final = (*OVERSIGNED, "list-id", "list-archive", "list-help", "auto-submitted", "feedback-id", "precedence")
BITS: Final = 2048
_FOLD: Final = "\r\n "
_WIDTH: Final = 72
_RSA_PADDING: Final = padding.PKCS1v15()
_RSA_HASH: Final = hashes.SHA256()

Private = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


class DkimError(ValueError):
    """A key can't be used; the message says why."""


@dataclass(frozen=True)
class Key:
    """A private key and the selector its public half stands under."""

    selector: str
    private: Private

    @property
    def algorithm(self) -> str:
        """As in the tag a=."""
        return "rsa-sha256" if isinstance(self.private, rsa.RSAPrivateKey) else "ed25519-sha256"

    @property
    def record(self) -> str:
        """What the DNS must say under selector._domainkey."""
        return f"v=DKIM1; k={self.algorithm.partition('-')[0]}; p={b64encode(self._public()).decode()}"

    def _public(self) -> bytes:
        public = self.private.public_key()
        if isinstance(public, rsa.RSAPublicKey):
            wanted = serialization.PublicFormat.SubjectPublicKeyInfo
            return public.public_bytes(serialization.Encoding.DER, wanted)
        return public.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)

    def sign(self, data: bytes) -> bytes:
        """The signature of these bytes (RFC 8463: Ed25519 signs their SHA-256)."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, _RSA_PADDING, _RSA_HASH)
        return self.private.sign(sha256(data).digest())


def made_key(kind: str, selector: str) -> Key:
    """A new key: rsa or ed25519."""
    if kind == "rsa":
        return Key(selector, rsa.generate_private_key(65537, BITS))
    return Key(selector, ed25519.Ed25519PrivateKey.generate())


def read_key(pem: bytes, selector: str) -> Key:
    """A key from its file. Raises DkimError."""
    try:
        private = serialization.load_pem_private_key(pem, None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise DkimError(f"the key of selector {selector} can't be read: {error}") from None
    if isinstance(private, rsa.RSAPrivateKey) and private.key_size < BITS:
        raise DkimError(f"the key of selector {selector} has {private.key_size} bits; {BITS} are the least")
    if not isinstance(private, rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey):
        raise DkimError(f"the key of selector {selector} is neither RSA nor Ed25519")
    return Key(selector, private)


def pem(key: Key) -> bytes:
    """A key as its file holds it."""
    form = serialization.PrivateFormat.PKCS8
    return key.private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


@dataclass(frozen=True)
class Signer:
    """A domain and the keys its letters are signed with."""

    domain: str
    keys: tuple[Key, ...]


class Seal:
    """Signs the copies of one letter: `head` and `body` are its parts, None or a window where a reader's token goes."""

    def __init__(self, signer: Signer, head: bytes, mark: bytes, body: Sequence[object]) -> None:
        self._signer = signer
        fields = [(name, line) for name, line in _fields(head) if name in SIGNED]
        self._names = [name for name, _ in fields]
        self._head = b"".join(line for _, line in fields).split(mark)
        self._body = [_relaxed_body(part) if isinstance(part, bytes) else None for part in body]
        first = self._body[0] if self._body and self._body[0] is not None else b""
        self._begun = sha256(first.removeprefix(b"\r\n"))  # the empty line between head and body is no body

    def over(self, own: bytes, token: bytes, body: Sequence[bytes], at: datetime) -> bytes:
        """The signature fields of one copy: its own header lines, its token, its body part by part, its date."""
        fields = [(name, line) for name, line in _fields(own) if name in SIGNED]
        names = [*self._names, *(name for name, _ in fields)]
        data = b"".join((token.join(self._head), *(line for _, line in fields)))
        digest = b64encode(self._digest(body)).decode()
        signed = ":".join([*names, *OVERSIGNED])
        return b"".join(self._signature(key, data, digest, signed, at) for key in self._signer.keys)

    def _digest(self, body: Sequence[bytes]) -> bytes:
        begun = self._begun.copy()
        for fixed, own in zip(self._body[1:], body[1:], strict=True):
            begun.update(own if fixed is None else fixed)
        return begun.digest()

    def _signature(self, key: Key, data: bytes, digest: str, signed: str, at: datetime) -> bytes:
        value = _FOLD.join(
            (
                f"v=1; a={key.algorithm}; c=relaxed/relaxed; d={self._signer.domain};",
                f"s={key.selector}; t={int(at.timestamp())};",
                f"h={signed};",
                f"bh={digest};",
                "b=",
            )
        )
        canonical = "dkim-signature:" + value.replace(_FOLD, " ")
        made = b64encode(key.sign(data + canonical.encode("ascii"))).decode()
        lines = _FOLD.join(made[at : at + _WIDTH] for at in range(0, len(made), _WIDTH))
        return f"DKIM-Signature: {value}{lines}\r\n".encode("ascii")


def _fields(head: bytes) -> Iterable[tuple[str, bytes]]:
    """(name, canonical line) of each header field: RFC 6376, 3.4.2."""
    unfolded = re.sub(rb"\r\n(?=[ \t])", b"", head)
    for line in unfolded.split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if colon:
            kept = re.sub(rb"[ \t]+", b" ", value).strip(b" \t")
            lower = name.strip().lower()
            yield lower.decode("ascii"), lower + b":" + kept + b"\r\n"


def _relaxed_body(part: bytes) -> bytes:
    """RFC 6376, 3.4.4, of a piece that begins and ends beside letters or at its edge; our bodies end in no empty line."""
    return re.sub(rb"[ \t]+", b" ", re.sub(rb"[ \t]+(?=\r\n)", b"", part))
