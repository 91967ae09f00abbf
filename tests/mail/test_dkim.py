"""Letters signed here verify elsewhere: dkimpy, which is none of ours, is the judge."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import dkim
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from corante.core.composing import LETTER_TOKEN
from corante.mail.dkim import OVERSIGNED, DkimError, Key, Signer, made_key, pem, read_key
from corante.mail.letters import Letter, Listing, Sheet

AT = datetime(2026, 11, 22, 7, tzinfo=UTC)
KEYS = (made_key("rsa", "corante"), made_key("ed25519", "corante-ed"))
SIGNER = Signer("example.org", KEYS)
LISTING = Listing(
    "daily.example.org",
    "The paper: Daily",
    f"https://d.example.org/leave/{LETTER_TOKEN}",
    "https://d.example.org/editions/",
    "https://d.example.org/about/",
    "7:daily:corante:example.org",
)


def signed(text: str, html: str, subject: str = "Your day", signer: Signer = SIGNER, token: str = "a" * 32) -> bytes:
    sheet = Sheet("news@example.org", "The paper", subject, text, html, "seed", LISTING)
    return Letter(sheet, signer).copy("reader@example.net", token, "<e7.abc@example.org>", AT)


def verified(letter: bytes, index: int, keys: tuple[Key, ...] = KEYS) -> bool:
    records = {f"{key.selector}._domainkey.example.org.": key.record for key in keys}

    def look_up(name: bytes | str, **_: Any) -> bytes:
        asked = name.decode() if isinstance(name, bytes) else name
        return records[asked].encode()

    try:
        return bool(dkim.DKIM(letter).verify(idx=index, dnsfunc=look_up))
    except dkim.ValidationError:
        return False


TEXTS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=300)


@hypothesis(max_examples=60, deadline=None)
@given(TEXTS, TEXTS, TEXTS, st.text("abcdef0123456789", min_size=32, max_size=32))
def test_any_letter_verifies_with_both_keys(text: str, html: str, subject: str, token: str) -> None:
    around = f"{text} {LETTER_TOKEN}\t {html}\n  \t\nhttps://d.example.org/leave/{LETTER_TOKEN}\n\n"
    letter = signed(around, f"<p>{html}  {LETTER_TOKEN}</p>", subject, token=token)
    assert verified(letter, 0)
    assert verified(letter, 1)


@pytest.mark.parametrize(
    "text", ["plain  text \t\n\n\n", "Кириллица и ещё немного " * 40, ".dot\n..dots\n", "x" * 3000, ""]
)
def test_white_space_dots_and_other_scripts_verify(text: str) -> None:
    letter = signed(f"{text}\n{LETTER_TOKEN}", f"<p>{text}</p>\n<a href='https://d.example.org/{LETTER_TOKEN}'>x</a>")
    assert verified(letter, 0)
    assert verified(letter, 1)


def test_what_is_changed_on_the_way_no_longer_verifies() -> None:
    letter = signed(f"Hello {LETTER_TOKEN}", "<p>Hello</p>")
    assert not verified(letter.replace(b"Hello", b"Hallo"), 0)
    assert not verified(letter.replace(b"Subject: Your day", b"Subject: My day"), 0)
    assert not verified(letter.replace(b"leave/aaaa", b"leave/bbbb"), 0)


@pytest.mark.parametrize(
    "name", ["From", "Subject", "List-Unsubscribe", "List-Unsubscribe-Post", "Reply-To", "Cc", "To"]
)
def test_nobody_can_add_a_second_header_of_those_that_matter(name: str) -> None:
    letter = signed(f"Hello {LETTER_TOKEN}", "<p>Hello</p>")
    for index in (0, 1):
        assert not verified(f"{name}: <https://evil.example/>\r\n".encode() + letter, index)


def test_every_header_of_the_list_and_of_the_letter_is_signed_and_those_that_matter_once_more() -> None:
    letter = signed(f"Hello {LETTER_TOKEN}", "<p>Hello</p>")
    names = re.search(rb"h=([^;]+);", letter)[1].decode().split(":")  # type: ignore[index]
    present = {line.partition(b":")[0].decode().lower() for line in letter.partition(b"\r\n\r\n")[0].split(b"\r\n")}
    assert present - {"dkim-signature"} - set(names) - {""} == {
        name for name in present if name.startswith((" ", "\t"))
    }
    for name in OVERSIGNED:
        assert names.count(name) == (name in present) + 1


def test_the_same_letter_gets_the_same_bytes_so_that_a_repeat_is_identical() -> None:
    again = Signer("example.org", tuple(read_key(pem(key), key.selector) for key in KEYS))
    assert signed("a", "b") == signed("a", "b", signer=again)


def test_two_readers_of_one_letter_have_signatures_of_their_own() -> None:
    one, other = (signed(f"x {LETTER_TOKEN}", "y", token=token * 32) for token in "ab")
    assert verified(one, 0)
    assert verified(other, 0)
    assert re.findall(rb"bh=\S+", one) != re.findall(rb"bh=\S+", other)


def test_lines_of_a_signature_fit_and_nothing_else_changes() -> None:
    letter = signed(f"Hello {LETTER_TOKEN}", "<p>Hello</p>")
    bare = signed(f"Hello {LETTER_TOKEN}", "<p>Hello</p>", signer=Signer("example.org", ()))
    assert letter.endswith(bare)
    assert all(len(line) <= 998 for line in letter.split(b"\r\n"))


def test_a_weak_or_foreign_key_is_refused_with_a_sentence() -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    weak = Key("old", rsa.generate_private_key(65537, 1024))
    with pytest.raises(DkimError, match="1024 bits"):
        read_key(pem(weak), "old")
    with pytest.raises(DkimError, match="neither"):
        read_key(pem(Key("ec", ec.generate_private_key(ec.SECP256R1()))), "ec")  # type: ignore[arg-type]
    with pytest.raises(DkimError, match="can't be read"):
        read_key(b"nonsense", "x")
