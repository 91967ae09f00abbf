"""What mail providers, RFCs and screen readers ask of a letter, item by item, on the bytes a mail server was given.

An edition is frozen by the digest room and sent by the deliver room over SMTP, signed, in English and in Arabic, with
stories in five scripts; nothing here is built by hand. Items 29 to 33 (addresses that answer) are tested in
tests/faces/test_signup.py, 34 to 40 (DNS) in tests/rooms/test_doctor.py, 41 to 43 (reputation) in tests/rooms/test_returns.py
and test_deliver.py.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from functools import cached_property
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import dkim
import pytest
from django.conf import settings as django_settings

from corante import deliver
from corante import digest as room
from corante.catalog import signing
from corante.core.plaintext import WIDTH, width
from corante.deliver.ledger import Claim
from corante.deliver.lines import Draft
from corante.deliver.writing import Writer
from corante.mail.outbox import OutboxServer
from corante.models import Article, Delivery, Digest
from tests.fakes import sheets, world

pytestmark = pytest.mark.django_db
SITE = "https://digest.example.org"
NASTY = "Sea wall\r\nBcc: all@example.org\r\n\r\n<script>alert(1)</script> =?utf-8?q?x?= — дамба"


class Markup(HTMLParser):
    """Every element with its attributes, and the words in each link."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.links: list[tuple[str, str]] = []
        self._href = ""
        self._words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attrs}
        self.elements.append((tag, found))
        if tag == "a":
            self._href, self._words = found["href"], found.get("aria-label", "")

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self.links.append((self._href, self._words.strip()))

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attributes for tag, attributes in self.elements if tag in tags]


@dataclass(frozen=True)
class Sent:
    """One letter as the mail server got it."""

    raw: bytes
    delivery: Delivery

    @cached_property
    def head(self) -> bytes:
        return self.raw.partition(b"\r\n\r\n")[0]

    @cached_property
    def letter(self) -> EmailMessage:
        found = email.message_from_bytes(self.raw, policy=policy.default)
        assert isinstance(found, EmailMessage)
        return found

    def lines(self, name: str) -> list[bytes]:
        """The raw values of a header, unfolded, as often as it stands."""
        unfolded = re.sub(rb"\r\n[ \t]", b" ", self.head)
        start = name.lower().encode() + b":"
        return [line[len(start) :].strip() for line in unfolded.split(b"\r\n") if line.lower().startswith(start)]

    def one(self, name: str) -> str:
        """The header's only value."""
        (value,) = self.lines(name)
        return value.decode("ascii")

    def part(self, kind: str) -> str:
        found = self.letter.get_body((kind,))
        assert isinstance(found, EmailMessage)
        return str(found.get_content()).replace("\r\n", "\n")

    @cached_property
    def markup(self) -> Markup:
        return Markup(self.part("html"))


@pytest.fixture(params=["en", "ar"])
def sent(request: pytest.FixtureRequest, site: Path, settings: Any) -> Iterator[Sent]:
    """A letter of thirteen stories under two topics, the lead with a hostile headline and outlet."""
    settings.CORANTE = replace(
        django_settings.CORANTE,
        base_url=SITE,
        sender="news@digest.example.org",
        title="Harbour “Sheet” дня",
        language=request.param,
        dkim="both",
        postal="1 Quay, Harbour",
    )
    signing.make_missing()
    digest = _stories()
    outbox = OutboxServer(settings.OUTBOX)
    outbox.start()
    try:
        edition = room.freeze_now(digest, world.NOW)
        assert edition
        deliver.work([edition.pk], lambda: world.NOW)
        (file,) = settings.OUTBOX.glob("*.eml")
        yield Sent(file.read_bytes(), Delivery.objects.get())
    finally:
        outbox.stop()


def _stories() -> Digest:
    """Twelve stories under two topics, one with a hostile headline and outlet; one reader."""
    rivers, ports = world.topic("Rivers"), world.topic("Ports & piers", rule="ports")
    for number in range(12):
        told = sheets.content(number)
        outlet = world.outlet(told.outlet + f" {number}")
        accounts = [world.article(outlet, told.headline, language=told.language, excerpt=told.excerpt)]
        accounts += [world.article(world.outlet(f"Outlet {number}.{n}"), f"Account {n}") for n in range(2)]
        world.filed(world.story(*accounts), (rivers, ports)[number % 2])
    nasty = world.article(world.outlet("Evil\r\nBcc: x@example.org"), NASTY)
    world.filed(world.story(nasty, outlets=90), rivers)  # it leads, so the subject is its headline
    digest = world.digest(rivers, ports)
    world.subscriber("reader@xn--bcher-kva.example", of=digest)
    return digest


# A. Each message


def test_01_one_sender_whose_domain_signs(sent: Sent) -> None:
    ((_, sender),) = getaddresses([sent.one("From")])
    assert sender == "news@digest.example.org"
    assert [b"d=digest.example.org" in line for line in sent.lines("DKIM-Signature")] == [True, True]


def test_02_exactly_one_recipient(sent: Sent) -> None:
    assert getaddresses([sent.one("To")]) == [("", "reader@xn--bcher-kva.example")]
    assert not sent.lines("Cc") + sent.lines("Bcc")


def test_03_the_date_is_the_editions_not_the_moments(sent: Sent) -> None:
    assert parsedate_to_datetime(sent.one("Date")) == sent.delivery.due_at
    assert sent.delivery.due_at == sent.delivery.edition.slot_at


def test_04_the_message_id_is_ours_and_the_same_when_sent_again(sent: Sent) -> None:
    assert re.fullmatch(r"<[!-;=?A-~]+@digest\.example\.org>", sent.one("Message-ID"))
    assert sent.one("Message-ID") == sent.delivery.message_id
    writer = Writer(sent.delivery.edition)
    row, reader = sent.delivery, sent.delivery.subscriber
    assert row.variant_id
    claim = Claim(row.pk, row.epoch, 0, row.due_at, reader.pk, row.variant_id, reader.address, reader.token)
    again = [writer.write(claim, False) for _ in range(2)]
    assert [draft.letter for draft in again if isinstance(draft, Draft)] == [sent.raw.rstrip(b"\r\n") + b"\r\n"] * 2


def test_05_it_names_its_list(sent: Sent) -> None:
    assert re.search(r"<daily-letter\.digest\.example\.org>$", sent.one("List-Id"))


def test_06_one_raw_https_address_to_leave_by(sent: Sent) -> None:
    assert re.fullmatch(rf"<{SITE}/leave/[0-9a-z]{{32}}>", sent.one("List-Unsubscribe"))
    assert b"=?" not in sent.lines("List-Unsubscribe")[0]


def test_07_leaving_takes_one_click(sent: Sent) -> None:
    assert sent.one("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"


def test_08_what_matters_is_signed_and_the_signatures_hold(sent: Sent) -> None:
    wanted = {"from", "to", "subject", "date", "message-id", "mime-version", "content-type"}
    wanted |= {"list-unsubscribe", "list-unsubscribe-post"}
    for line in sent.lines("DKIM-Signature"):
        tags = dict(part.split("=", 1) for part in line.decode().replace(" ", "").split(";") if part)
        assert wanted <= set(tags["h"].lower().split(":"))
    signer = signing.signer()
    assert signer
    records = {f"{key.selector}._domainkey.{signer.domain}.".encode(): key.record.encode() for key in signer.keys}
    verdicts = [dkim.DKIM(sent.raw).verify(n, dnsfunc=lambda name, **_: records[name]) for n in range(2)]
    assert verdicts == [True, True]


def test_09_it_says_that_it_is_a_lists_letter_made_by_a_machine(sent: Sent) -> None:
    assert sent.one("List-Archive") == f"<{SITE}/editions/>"
    assert sent.one("List-Help").startswith(f"<{SITE}/")
    assert sent.one("Auto-Submitted") == "auto-generated"
    assert sent.one("Feedback-ID").split(":")[0] == str(sent.delivery.edition_id)  # of the edition, not of a person


def test_10_text_first_then_html_both_utf8_and_with_the_same_links_in_the_same_order(sent: Sent) -> None:
    parts = list(sent.letter.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert [part.get_content_charset() for part in parts] == ["utf-8", "utf-8"]
    assert re.findall(r"https?://\S+", sent.part("plain")) == [href for href, _ in sent.markup.links]


def test_11_lines_and_bytes_are_fit_for_the_wire(sent: Sent) -> None:
    assert max(map(len, sent.raw.split(b"\r\n"))) <= 998
    for part in sent.letter.iter_parts():
        encoded = str(part.get_payload())
        assert max(map(len, encoded.splitlines())) <= 76
    assert b"\0" not in sent.raw
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", sent.raw)
    assert not any(line.startswith(b".") for line in sent.raw.split(b"\r\n"))  # so nothing needs a second dot


def test_12_no_headline_or_name_adds_a_header(sent: Sent) -> None:
    assert not sent.lines("Bcc")
    assert len(sent.lines("Subject")) == 1
    assert "<script" not in sent.part("html")


def test_13_a_subject_beyond_ascii_reads_back(sent: Sent) -> None:
    raw = sent.one("Subject")
    said = str(make_header(decode_header(raw)))
    assert said == sent.delivery.variant.subject  # type: ignore[union-attr]
    assert said.startswith("Sea wall Bcc: all@example.org")


def test_14_an_international_domain_goes_as_a_label(sent: Sent) -> None:
    assert sent.one("To").isascii()
    assert "xn--" in sent.one("To")


def test_15_no_address_of_a_reader_in_any_link(sent: Sent) -> None:
    links = " ".join(href for href, _ in sent.markup.links) + sent.one("List-Unsubscribe")
    assert "@" not in links
    assert "reader" not in links


def test_16_html_within_what_mail_programs_show_whole(sent: Sent) -> None:
    assert len(sent.part("html").encode()) <= 90_000


def test_17_no_heavier_than_150_kilobytes(sent: Sent) -> None:
    assert len(sent.raw) <= 150_000


def test_18_nothing_is_loaded_asked_or_run(sent: Sent) -> None:
    loads = ("img", "script", "link", "iframe", "form", "input", "video", "audio", "object", "embed", "svg", "base")
    assert sent.markup.all(*loads) == []
    assert not re.search(r"url\(|@import|@font-face|\son\w+=", sent.part("html"))


def test_19_every_link_is_ours_or_the_outlets_own(sent: Sent) -> None:
    originals = set(Article.objects.values_list("url", flat=True))
    for href, _ in sent.markup.links:
        assert href in originals or href.startswith(SITE + "/"), href


# B. The HTML


def test_20_language_and_direction_on_the_wrapper_and_on_each_foreign_story(sent: Sent) -> None:
    own, way = (django_settings.CORANTE.language, "rtl" if django_settings.CORANTE.language == "ar" else "ltr")
    wrappers = sent.markup.all("html", "div")[:2]
    assert [(w["lang"], w["dir"]) for w in wrappers] == [(own, way)] * 2
    told = {(h.get("lang", own), h.get("dir", way)) for h in sent.markup.all("h3")}
    assert {("ar", "rtl"), ("en", "ltr"), ("uk", "ltr"), ("ja", "ltr"), ("th", "ltr")} <= told


def test_21_layout_tables_say_so(sent: Sent) -> None:
    assert {table.get("role") for table in sent.markup.all("table")} == {"presentation"}


def test_22_it_needs_no_picture(sent: Sent) -> None:
    assert sent.markup.all("img") == []
    assert "background-image" not in sent.part("html")


def test_23_headings_step_down_one_at_a_time(sent: Sent) -> None:
    levels = [int(tag[1]) for tag, _ in sent.markup.elements if re.fullmatch("h[1-6]", tag)]
    assert levels[:3] == [1, 2, 3]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_24_link_texts_are_telling_and_the_same_words_lead_to_the_same_place(sent: Sent) -> None:
    leads: dict[str, set[str]] = {}
    for href, words in sent.markup.links:
        assert words.strip(" ."), href
        leads.setdefault(words, set()).add(href)
    assert {words for words, places in leads.items() if len(places) > 1} == set()


def test_25_text_stands_out_in_light_and_dark(sent: Sent) -> None:
    light = _colours(sent.part("html"))
    sheet = re.findall(r"prefers-color-scheme: dark\) \{(.*?)\n\}", sent.part("html"), re.DOTALL)[0]
    grounds = re.findall(r"background-color: (#\w{6})", sheet)
    dark = [c for c in re.findall(r"(?<![-\w])color: (#\w{6})", sheet) if c not in grounds]
    assert min(_contrast(colour, "#fcfbf8") for colour in light) >= 4.5
    assert min(_contrast(colour, grounds[0]) for colour in dark) >= 4.5


def test_26_running_text_is_16_pixels_in_one_column_that_can_narrow(sent: Sent) -> None:
    says = [p["style"] for p in sent.markup.all("p") if p.get("class") == "says"]
    assert says
    assert all("font-size: 16px" in style for style in says)
    assert "width: 100%;max-width: 600px" in sent.part("html")
    assert not re.search(r"[^-]width: ?\d{3,}px", sent.part("html"))


def test_27_it_stands_when_every_style_sheet_is_dropped(sent: Sent) -> None:
    bare = Markup(re.sub(r"<style.*?</style>", "", sent.part("html"), flags=re.DOTALL))
    styled = bare.all("h1", "h2", "h3", "p", "td")
    assert sum("font-size" in element.get("style", "") for element in styled) >= len(bare.all("h1", "h2", "h3", "p"))


def test_28_what_an_inbox_shows_beside_the_subject_is_something_else(sent: Sent) -> None:
    variant = sent.delivery.variant
    assert variant
    hidden = re.search(r'<div class="hidden"[^>]*>([^<]+)</div>', sent.part("html"))
    assert hidden
    assert hidden[1].strip()
    assert not variant.subject.startswith(hidden[1][:30])


def test_the_text_part_is_72_columns_wide_but_for_addresses(sent: Sent) -> None:
    wide = [line for line in sent.part("plain").splitlines() if width(line) > WIDTH and "://" not in line]
    assert wide == []


def _colours(html: str) -> set[str]:
    """Text colours set on elements, without the preheader's, which nobody is to see, nor the button's own pair."""
    seen = re.sub(r'<div class="hidden".*?</div>', "", html, flags=re.DOTALL)
    return set(re.findall(r"(?<![-\w])color: (#\w{6})", re.sub(r"<style.*?</style>", "", seen, flags=re.DOTALL)))


def _contrast(one: str, other: str) -> float:
    """Of two colours, from 1 to 21 (WCAG 2.2, 1.4.3)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
