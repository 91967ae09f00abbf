"""What dkimpy takes from PyNaCl, over `cryptography`, where PyNaCl is not installed: the judgement stays dkimpy's."""

from __future__ import annotations

from base64 import b64decode
from importlib.util import find_spec
from types import ModuleType, SimpleNamespace
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey


class BadSignatureError(Exception):
    """As nacl.exceptions has it."""


class VerifyKey:
    """As nacl.signing has it, of what dkimpy uses."""

    def __init__(self, key: bytes, encoder: Any = None) -> None:
        self._key = Ed25519PublicKey.from_public_bytes(b64decode(key))

    def verify(self, message: bytes, signature: bytes) -> bytes:
        try:
            self._key.verify(signature, message)
        except InvalidSignature as error:
            raise BadSignatureError from error
        return message


def install() -> None:
    """Stand in, unless the real one is there."""
    if find_spec("nacl") is not None:
        return
    package = ModuleType("nacl")
    package.signing = SimpleNamespace(VerifyKey=VerifyKey)  # type: ignore[attr-defined]
    package.encoding = SimpleNamespace(Base64Encoder=None)  # type: ignore[attr-defined]
    package.exceptions = SimpleNamespace(BadSignatureError=BadSignatureError, ValueError=ValueError)  # type: ignore[attr-defined]
    import dkim

    dkim.nacl = package
