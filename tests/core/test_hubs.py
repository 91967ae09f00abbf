"""What a feed says of its hub, and which pushes are believed."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corante.core import hubs
from corante.core.hubs import Advertised, advertised, genuine

NOW = datetime(2026, 11, 22, 8, 12, tzinfo=UTC)
FEED = "https://harbour.example/feed.xml"


@pytest.mark.parametrize(
    ("header", "hub", "self_url", "said"),
    [
        ("", "", "", Advertised()),
        ("", "https://hub.example/", "", Advertised("https://hub.example/", FEED)),
        ("", "/hub", "/feed", Advertised("https://harbour.example/hub", "https://harbour.example/feed")),
        ('<https://hub.example/>; rel="hub"', "", "", Advertised("https://hub.example/", FEED)),
        (
            "<https://hub.example/>;rel=hub, <https://t.example/f>; rel=self",
            "",
            "",
            Advertised("https://hub.example/", "https://t.example/f"),
        ),
        ('<https://a.example/?x=1,2>; title="a, b"; rel="next"', "", "", Advertised()),
        (
            '<https://one.example/>; rel="alternate hub"; x="y", <https://two.example/>; rel=hub',
            "",
            "",
            Advertised("https://one.example/", FEED),
        ),
        ("<https://head.example/>; rel=hub", "https://body.example/", "", Advertised("https://head.example/", FEED)),
        ("<javascript:alert(1)>; rel=hub", "file:///etc/passwd", "", Advertised()),
        ("<" * 5000, "", "", Advertised()),
    ],
)
def test_a_hub_is_read_from_the_header_first_and_then_from_the_document(
    header: str, hub: str, self_url: str, said: Advertised
) -> None:
    assert advertised(header, hub, self_url, FEED) == said


@given(st.binary(max_size=200), st.text(st.characters(max_codepoint=127), min_size=1), st.sampled_from(hubs.METHODS))
def test_a_signature_by_the_secret_is_believed_and_no_other(body: bytes, secret: str, method: str) -> None:
    right = hmac.new(secret.encode(), body, method).hexdigest()
    assert genuine(f"{method}={right}", secret, body)
    assert not genuine(f"{method}={right}", secret + "x", body)
    assert not genuine(f"{method}={right}", secret, body + b"x")


@pytest.mark.parametrize(
    "signature", ["", "sha256", "sha256=", "md5=" + hashlib.md5(b"").hexdigest(), "=", "sha256=é", "shake_128=00"]
)
def test_what_is_no_signature_is_not_believed(signature: str) -> None:
    assert not genuine(signature, "secret", b"")


@given(st.text(max_size=30))
def test_a_lease_stays_within_reason_whatever_a_hub_says(text: str) -> None:
    assert hubs.SHORTEST <= hubs.lease(text) <= hubs.LONGEST


def test_a_relied_on_feed_is_looked_at_once_an_hour_and_well_before_its_lease_ends() -> None:
    soon, later = NOW + timedelta(minutes=10), NOW + timedelta(hours=9)
    assert hubs.next_look(soon, NOW + timedelta(days=9), NOW) == NOW + timedelta(hours=1)
    assert hubs.next_look(later, NOW + timedelta(days=9), NOW) == later
    assert hubs.next_look(soon, NOW + timedelta(hours=1), NOW) == NOW + timedelta(minutes=15)
