"""What a signature costs: a letter of about 55 kB finished for 2,000 readers, unsigned and signed, beside dkimpy.

    python -m bench.signing

CPU of the process, best of five rounds; dkimpy signs a handful, being slower by far.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module

from corante.core.composing import LETTER_TOKEN
from corante.mail.dkim import Signer, made_key, pem
from corante.mail.letters import Letter, Listing, Sheet

AT = datetime(2026, 11, 22, 7, tzinfo=UTC)
READERS = 2000


def main() -> None:
    """Print the table."""
    keys = {"rsa-2048": made_key("rsa", "corante"), "ed25519": made_key("ed25519", "corante-ed")}
    ways = {"unsigned": None} | {name: Signer("example.org", (key,)) for name, key in keys.items()}
    ways["both"] = Signer("example.org", tuple(keys.values()))
    sheet = _sheet()
    size = len(_finish(Letter(sheet), 1))
    print(f"a letter of {size / 1000:.0f} kB; µs CPU each")
    bare = 0.0
    for name, signer in ways.items():
        letter = Letter(sheet, signer)
        cost = min(_cpu(lambda letter=letter: [_finish(letter, n) for n in range(READERS)]) for _ in range(5)) / READERS  # type: ignore[misc]
        bare = bare or cost
        print(f"{name:<10}{cost * 1e6:8.0f}   signing alone {max(cost - bare, 0) * 1e6:6.0f}")
    _peer(_finish(Letter(sheet), 1), pem(keys["rsa-2048"]))


def _sheet() -> Sheet:
    story = "<tr><td style='padding:0 0 18px'><h3><a href='https://an-outlet.example/{n}'>Council votes to raise the sea wall</a></h3><p>The harbour council voted nine to four late on Saturday to raise the sea wall by one metre along its whole length.</p></td></tr>\n"
    html = (
        "<table>"
        + "".join(story.format(n=n) for n in range(165))
        + f"</table><a href='https://d.example.org/leave/{LETTER_TOKEN}'>Leave</a>"
    )
    text = (
        "Council votes to raise the sea wall\nhttps://an-outlet.example/1\n\n" * 160
        + f"https://d.example.org/leave/{LETTER_TOKEN}\n"
    )
    at = "https://d.example.org"
    listing = Listing(
        "daily.example.org",
        "The paper",
        f"{at}/leave/{LETTER_TOKEN}",
        f"{at}/editions/",
        f"{at}/about/",
        "7:daily:corante:example.org",
    )
    return Sheet(
        "news@example.org", "The paper", "Council votes to raise the sea wall, and 23 more", text, html, "seed", listing
    )


def _finish(letter: Letter, n: int) -> bytes:
    return letter.copy(f"reader{n}@example.net", f"{n:032x}", f"<e7.{n}@example.org>", AT)


def _cpu(run: Callable[[], object]) -> float:
    began = time.process_time()
    run()
    return time.process_time() - began


def _peer(letter: bytes, key: bytes) -> None:
    try:
        peer = import_module("dkim")
    except ImportError:
        print("dkimpy is not installed")
        return
    from cryptography.hazmat.primitives import serialization

    private = serialization.load_pem_private_key(key, None)
    form = serialization.PrivateFormat.TraditionalOpenSSL
    old = private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
    cost = min(
        _cpu(lambda: peer.sign(letter, b"corante", b"example.org", old, canonicalize=(b"relaxed", b"relaxed")))
        for _ in range(5)
    )
    print(f"{'dkimpy':<10}{cost * 1e6:8.0f}   (RSA-2048)")


if __name__ == "__main__":
    main()
