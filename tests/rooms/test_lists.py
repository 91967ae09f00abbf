"""Lists come in from other houses with those who left kept out, and go out safe and whole."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from corante import subscribe
from corante.core.lists import guarded, unguarded
from corante.models import Consent, Subscriber
from tests.fakes import world

LISTMONK = """uuid,email,name,attributes,status,created_at,updated_at
3a1e,ann@example.org,Ann,"{""city"": ""Riga""}",enabled,2025-01-01T10:00:00Z,2025-01-02T10:00:00Z
3a1f,blocked@example.org,Bo,{},blocklisted,2025-01-01T10:00:00Z,2025-01-02T10:00:00Z
3a20,off@example.org,Of,{},disabled,2025-01-01T10:00:00Z,2025-01-02T10:00:00Z
"""
MAILCHIMP = '"Email Address","First Name",MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LAST_CHANGED,LEID,EUID,NOTES,TAGS'
SUBSCRIBED = f"{MAILCHIMP}\nann@example.org,Ann,2,,,2024-03-01 10:05:00,192.0.2.1,2024-03-01 10:05:00,1,a,,\nleft@example.org,L,2,,,2024-03-01 10:05:00,192.0.2.1,,2,b,,\n"
UNSUBSCRIBED = f"{MAILCHIMP},UNSUB_TIME,UNSUB_REASON\nleft@example.org,L,2,,,2024-03-01 10:05:00,192.0.2.1,,2,b,,,2025-01-01 00:00:00,N/A\n"
CLEANED = f"{MAILCHIMP},CLEAN_TIME,CLEAN_CAMPAIGN_TITLE\ndead@example.org,D,2,,,2024-03-01 10:05:00,192.0.2.1,,3,c,,,2025-01-01 00:00:00,May\n"
NONSUBSCRIBED = f"{MAILCHIMP}\nbuyer@example.org,B,2,,,,,,4,d,,\n"
GHOST = """id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,deleted_at,labels,tiers
1,ann@example.org,Ann,,true,false,,2025-01-01T10:00:00.000Z,,,
2,left@example.org,Lee,,false,false,,2025-01-01T10:00:00.000Z,,,
3,gone@example.org,Gil,,true,false,,2025-01-01T10:00:00.000Z,2025-05-01T10:00:00.000Z,,
"""
SUBSTACK = """email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at
ann@example.org,false,,other,false,2025-01-01T00:00:00.000Z,
pays@example.org,true,2026-12-01T00:00:00.000Z,monthly,false,2025-01-01T00:00:00.000Z,2025-02-01T00:00:00.000Z
dead@example.org,false,,other,true,2025-01-01T00:00:00.000Z,
"""


def states() -> dict[str, str]:
    return dict(Subscriber.objects.values_list("address", "state"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("lines", "house", "wanted"),
    [
        (LISTMONK, "listmonk", {"ann": "confirmed", "blocked": "suppressed", "off": "left"}),
        (SUBSCRIBED, "Mailchimp", {"ann": "confirmed", "left": "confirmed"}),
        (UNSUBSCRIBED, "Mailchimp", {"left": "left"}),
        (CLEANED, "Mailchimp", {"dead": "suppressed"}),
        (GHOST, "Ghost", {"ann": "confirmed", "left": "left", "gone": "left"}),
        (SUBSTACK, "Substack", {"ann": "confirmed", "pays": "confirmed", "dead": "suppressed"}),
        (SUBSTACK.replace(",", ";"), "Substack", {"ann": "confirmed", "pays": "confirmed", "dead": "suppressed"}),
    ],
)  # fmt: skip
def test_each_house_is_known_by_its_columns_and_its_leavers_stay_out(
    lines: str, house: str, wanted: dict[str, str], now: datetime
) -> None:
    result = subscribe.read_list(io.StringIO(lines), world.digest(), now)
    assert result.house == house
    assert states() == {f"{name}@example.org": state for name, state in wanted.items()}
    assert result.refused == []
    for proof in Consent.objects.filter(kind="imported"):
        assert proof.page.startswith(f"{house}: 20")


@pytest.fixture
def command_site(site: Path) -> Path:
    (site / "corante.toml").touch()
    world.digest()
    return site


@pytest.mark.django_db
def test_mailchimps_archive_comes_in_as_it_is_and_whoever_left_is_out_though_in_both_files(
    command_site: Path, tmp_path: Path
) -> None:
    archive = tmp_path / "audience.zip"
    with zipfile.ZipFile(archive, "w") as out:
        for name, lines in (
            ("subscribed_email_audience_export_1.csv", SUBSCRIBED),
            ("unsubscribed_email_audience_export_1.csv", UNSUBSCRIBED),
            ("cleaned_email_audience_export_1.csv", CLEANED),
            ("nonsubscribed_email_audience_export_1.csv", NONSUBSCRIBED),
        ):
            out.writestr(name, lines)
    said = StringIO()
    call_command("subscribers", "import", str(archive), stdout=said)
    assert states() == {
        "ann@example.org": "confirmed", "left@example.org": "left", "dead@example.org": "suppressed",
    }  # fmt: skip
    assert "never confirmed" in said.getvalue()


@pytest.mark.django_db
def test_substacks_archive_is_read_for_its_list_and_nothing_else(command_site: Path, tmp_path: Path) -> None:
    archive = tmp_path / "export.zip"
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("posts.csv", "post_id,title\n1,x\n")
        out.writestr("posts/1.opens.csv", "email\nsomeone@example.org\n")
        out.writestr("email_list.paper.csv", SUBSTACK)
    call_command("subscribers", "import", str(archive), stdout=StringIO())
    assert "someone@example.org" not in states()
    assert len(states()) == 3


@pytest.mark.django_db
def test_a_suppression_list_keeps_everybody_in_it_out_for_good(
    command_site: Path, tmp_path: Path, now: datetime
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("email\nreader@example.org\n")
    subscribe.add_confirmed("reader@example.org", world.digest(name="Other"), now)
    call_command("subscribers", "suppress", str(file), stdout=StringIO())
    assert states() == {"reader@example.org": "suppressed"}
    out = StringIO()
    assert subscribe.write_suppressed(out) == 1
    assert "reader@example.org,suppressed," in out.getvalue()
    file.write_text("name\nAnn\n")
    with pytest.raises(CommandError, match="no column holds addresses"):
        call_command("subscribers", "import", str(file), stdout=StringIO())


@pytest.mark.django_db
def test_who_left_elsewhere_may_ask_here_and_who_confirmed_here_stays(now: datetime) -> None:
    subscribe.add_confirmed("left@example.org", world.digest(), now)
    subscribe.read_list(io.StringIO(UNSUBSCRIBED), world.digest(name="Other"), now)
    assert states() == {"left@example.org": "confirmed"}


@pytest.mark.django_db
def test_our_own_list_comes_back_with_pauses_and_letters(now: datetime) -> None:
    weekly, daily = world.digest(name="Weekly", cadence="weekly"), world.digest()
    row = subscribe.add_confirmed("reader@example.org", weekly, now)
    assert row
    subscribe.pause(row.token, now)
    out = io.StringIO()
    subscribe.write_list(out)
    Consent.objects.all().delete()
    Subscriber.objects.all().delete()
    subscribe.read_list(io.StringIO(out.getvalue()), daily, now)
    again = Subscriber.objects.get()
    assert again.state == "paused"
    assert again.subscriptions.get().digest == weekly


@given(st.text())
def test_what_is_guarded_against_spreadsheets_comes_back_as_it_was(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell
    assert not guarded(cell).startswith(("=", "+", "-", "@", "\t", "\r"))


@pytest.mark.django_db
def test_a_zone_or_hour_there_is_not_becomes_the_sites(now: datetime) -> None:
    daily = world.digest(world.topic())
    lines = [
        f"{n}@example.org,{zone},{hour},asked by mail"
        for n, (zone, hour) in enumerate((("Mars/Olympus", "²"), ("../../etc/passwd", "99"), ("Europe/Riga", "7")))
    ]
    took = subscribe.read_list(["address,time_zone,hour,consent\n", *(f"{line}\n" for line in lines)], daily, now)
    assert (took.added, took.refused) == (3, [])
    kept = list(Subscriber.objects.order_by("pk").values_list("time_zone", "hour"))
    assert kept == [("", None), ("", None), ("Europe/Riga", 7)]


@pytest.mark.django_db
@pytest.mark.parametrize("made", ["torn", "locked", "foreign", "unended", "wide", "header"])
def test_a_file_made_to_break_the_import_is_refused_in_a_sentence(
    command_site: Path, tmp_path: Path, made: str
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../readers.csv", "address,consent\nann@example.org,yes\n")
    body = bytearray(packed.getvalue())
    central = body.find(b"PK\1\2")
    if made == "torn":
        body[body.find(b"address")] ^= 255
    elif made == "locked":
        body[6], body[central + 8] = body[6] | 1, body[central + 8] | 1
    elif made == "foreign":
        body[8] = body[central + 10] = 99
    elif made == "unended":
        body = bytearray(b'address,consent\n"ann@example.org,yes\n' + b"bo@example.org,yes\n" * 9_000)
    else:
        wide = b"a" * 140_000
        body = bytearray(wide + b",address\n" if made == "header" else b"address\n" + wide + b"\n")
    file = tmp_path / "list.bin"
    file.write_bytes(body)
    with pytest.raises(CommandError, match=r"unpack|closed|first line"):
        call_command("subscribers", "import", str(file))
    assert not Subscriber.objects.exists()


@pytest.mark.django_db
def test_null_characters_in_a_list_are_passed_over(now: datetime) -> None:
    lines = ["address,consent\n", "ann@exam\0ple.org,on\0 paper\n"]
    assert subscribe.read_list(lines, world.digest(world.topic()), now).added == 1
    assert Consent.objects.get(kind="imported").page == "on paper"
