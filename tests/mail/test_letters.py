"""What the bytes of a letter promise, read back by the standard library."""

from __future__ import annotations

import email
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corante.core.composing import LETTER_TOKEN
from corante.mail.letters import Letter, Listing, NotCarried, Sheet

AT = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
TOKEN = "0123456789abcdef" * 2
LISTING = Listing(
    id="daily.example.org",
    name="Harbour Digest: Daily letter",
    leave_url=f"https://digest.example.org/leave/{LETTER_TOKEN}",
    archive_url="https://digest.example.org/editions/",
    help_url="https://digest.example.org/about/",
    feedback_id="7:daily:corante:example.org",
)
SHEET = Sheet(
    sender="news@example.org",
    sender_name="Harbour Digest",
    subject="Council votes to raise the sea wall, and 23 more",
    text=f"Hello.\n\nLeave: https://digest.example.org/leave/{LETTER_TOKEN}\n.\n..dots\n",
    html=f'<!doctype html><p>Hello =) <a href="https://digest.example.org/leave/{LETTER_TOKEN}">leave</a></p>\n',
    seed="7.en",
    listing=LISTING,
)


def copy(sheet: Sheet = SHEET, address: str = "reader@example.net", token: str = TOKEN) -> bytes:
    return Letter(sheet).copy(address, token, "<e7.abc@example.org>", AT)


def read(raw: bytes) -> EmailMessage:
    letter = email.message_from_bytes(raw, policy=policy.default)
    assert isinstance(letter, EmailMessage)
    return letter


def part(raw: bytes, kind: str) -> str:
    found = read(raw).get_body((kind,))
    assert isinstance(found, EmailMessage)
    return str(found.get_content()).replace("\r\n", "\n")


def test_both_parts_read_back_with_the_readers_token_in_place() -> None:
    raw = copy()
    assert part(raw, "plain") == SHEET.text.replace(LETTER_TOKEN, TOKEN)
    assert part(raw, "html") == SHEET.html.replace(LETTER_TOKEN, TOKEN)
    assert LETTER_TOKEN.encode() not in raw


def test_the_text_part_comes_first() -> None:
    assert [each.get_content_type() for each in read(copy()).iter_parts()] == ["text/plain", "text/html"]


def test_one_click_headers_are_raw_ascii_on_one_line_each() -> None:
    raw = copy()
    assert f"\r\nList-Unsubscribe: <https://digest.example.org/leave/{TOKEN}>\r\n".encode() in raw
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw


def test_every_required_header_stands_once() -> None:
    names = [name for name, _ in read(copy()).items()]
    wanted = "From To Subject Date Message-ID List-Id List-Unsubscribe List-Unsubscribe-Post List-Archive List-Help"
    wanted += " Auto-Submitted Precedence Feedback-ID MIME-Version Content-Type"
    assert sorted(names) == sorted(wanted.split())


def test_the_same_letter_has_the_same_bytes_each_time() -> None:
    assert copy() == copy()


def test_two_readers_letters_differ_in_nothing_but_address_and_token() -> None:
    one, other = copy(), copy(address="second@example.net", token="f" * 32)
    assert one.replace(TOKEN.encode(), b"f" * 32).replace(b"reader@", b"second@") == other


def test_a_subject_beyond_ascii_reads_back() -> None:
    subject = "Рада порту підвищує дамбу — «на метр», and 12 more"
    assert read(copy(replace(SHEET, subject=subject)))["Subject"] == subject


def test_an_international_local_part_is_refused_with_its_reason_unless_the_server_carries_it() -> None:
    with pytest.raises(NotCarried, match="SMTPUTF8"):
        copy(address="пошта@example.org")
    assert "пошта@example.org".encode() in Letter(SHEET).copy(
        "пошта@example.org", TOKEN, "<e7.abc@example.org>", AT, smtputf8=True
    )


def test_an_international_domain_must_come_as_a_label() -> None:
    with pytest.raises(NotCarried):
        copy(address="reader@пошта.укр")


def test_cyrillic_goes_as_base64_and_reads_back() -> None:
    text = (
        "Рада проголосувала за підвищення дамби на метр.\n" * 40 + f"https://d.example/letter/{LETTER_TOKEN}\nКінець\n"
    )
    raw = copy(replace(SHEET, text=text, html=f"<p>{text}</p>"))
    assert raw.count(b"Content-Transfer-Encoding: base64") == 2
    assert part(raw, "plain") == text.replace(LETTER_TOKEN, TOKEN)


def lines_hold(raw: bytes) -> None:
    assert re.search(rb"(?<!\r)\n|\r(?!\n)|\0", raw) is None
    body = raw.partition(b"\r\n\r\n")[2]
    assert all(len(line) <= 76 for line in body.split(b"\r\n"))
    assert all(len(line) <= 998 and not line.startswith(b".") for line in raw.split(b"\r\n"))


WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\r"), max_size=400)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=5))
def test_whatever_the_text_lines_hold_and_it_reads_back(pieces: list[str]) -> None:
    text = LETTER_TOKEN.join(pieces).rstrip("\n") + "\n"
    raw = copy(replace(SHEET, text=text, html=text))
    lines_hold(raw)
    assert part(raw, "plain") == text.replace(LETTER_TOKEN, TOKEN)


HOSTILE = st.text(st.characters(exclude_categories=("Cs",)), max_size=200).map(
    lambda t: t + "\r\nBcc: all@example.com\r\n\r\n<script>"
)


@settings(max_examples=150, deadline=None)
@given(HOSTILE, HOSTILE)
def test_no_title_can_add_a_header(title: str, name: str) -> None:
    raw = copy(replace(SHEET, subject=title, sender_name=name, listing=replace(LISTING, name=name)))
    letter = read(raw)
    assert letter["Bcc"] is None
    assert len(letter.items()) == 15
    assert not letter.defects
    assert letter["From"].addresses[0].addr_spec == "news@example.org"


@pytest.mark.parametrize(
    "address", ["a@b.example\r\nBcc: c@d.example", "a b@c.example", "<a@b.example>", "a@", "@b", ""]
)
def test_a_hostile_address_is_refused(address: str) -> None:
    with pytest.raises(NotCarried):
        copy(address=address)
