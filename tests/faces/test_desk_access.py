"""Who may do what at the desk, over every route; and how a login is slowed down without locking anyone out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import URLPattern, reverse
from django.utils import timezone

from corante.desk import access, limits, urls
from corante.models import Account, Attempt
from tests.fakes import world

pytestmark = pytest.mark.django_db

ROUTES = [pattern for pattern in urls.urlpatterns if isinstance(pattern, URLPattern)]
NAMES = [str(pattern.name) for pattern in ROUTES]


def client_of(role: str) -> Client:
    client = Client()
    if role:
        client.force_login(world.account(f"some-{role}", role))
    return client


def address(pattern: URLPattern) -> str:
    parts = dict.fromkeys(pattern.pattern.converters, 987654)
    return reverse(f"desk:{pattern.name}", kwargs=parts)


def test_every_route_stands_in_the_table_and_the_table_names_no_other() -> None:
    assert set(NAMES) == access.PERMITS["admin"]
    assert len(NAMES) == len(set(NAMES))
    assert set(NAMES) >= access.READS | access.FORMS
    assert not access.READS & access.FORMS


@pytest.mark.parametrize("role", ["", "editor", "admin"])
def test_the_matrix_holds_for_every_route_and_method(role: str) -> None:
    client = client_of(role)
    for pattern in ROUTES:
        for method in ("get", "post"):
            if pattern.name == "logout" and method == "post":
                continue
            status = getattr(client, method)(address(pattern)).status_code
            allowed = str(pattern.name) in access.PERMITS[role]
            if not allowed:
                assert status == (403 if role else 302), (pattern.name, method)
            elif method.upper() not in access.methods(str(pattern.name)):
                assert status == 405, (pattern.name, method)
            else:
                assert status not in (403, 405) or pattern.name == "login", (pattern.name, method)


def test_an_account_that_was_switched_off_is_out_at_once() -> None:
    client = client_of("admin")
    Account.objects.update(is_active=False)
    assert client.get(reverse("desk:incoming")).status_code == 302


def test_a_get_never_acts_and_a_post_without_its_token_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.account())
    story = world.story(world.article(world.outlet()))
    assert client.get(reverse("desk:hide", args=[story.pk])).status_code == 405
    assert client.post(reverse("desk:hide", args=[story.pk]), {"version": 1}).status_code == 403
    assert not story.hidings.exists()


def test_htmx_is_sent_to_the_login_as_a_whole_page() -> None:
    answer = Client().get(reverse("desk:incoming"), headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/desk/login/")


def sign_in(client: Client, name: str, password: str, network: str = "192.0.2.7") -> int:
    return client.post(reverse("desk:login"), {"name": name, "password": password}, REMOTE_ADDR=network).status_code


def test_signing_in_rotates_the_session_and_asks_nothing_of_the_address() -> None:
    world.account("ada", "admin")
    client = Client()
    client.session["before"] = 1
    before = client.session.session_key
    answer = client.post(
        reverse("desk:login") + "?next=https://evil.example/", {"name": "ada", "password": "a long password"}
    )
    assert answer["Location"] == reverse("desk:incoming")
    assert client.session.session_key != before


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer() -> None:
    world.account("ada")
    texts = []
    for name in ("ada", "nobody"):
        answer = Client().post(reverse("desk:login"), {"name": name, "password": "wrong"})
        assert answer.status_code == 403
        texts.append(answer.content.decode().replace(name, "NAME").partition("note error")[2][:200])
    assert texts[0] == texts[1]


def test_failures_make_an_account_wait_and_waiting_ends() -> None:
    world.account("ada")
    with time_machine.travel(datetime(2026, 11, 22, 8, 0, tzinfo=UTC), tick=False) as clock:
        for _ in range(limits.PER_ACCOUNT):
            assert sign_in(Client(), "ada", "wrong") == 403
        assert sign_in(Client(), "ADA ", "a long password") == 429
        clock.shift(limits.LONGEST + timedelta(seconds=1))
        assert sign_in(Client(), "ada", "a long password") == 302


def fail_often(times: int, network: str = "") -> None:
    """Failures of "ada", each from a network of its own unless one is named; straight into the book, as tries cost time."""
    for n in range(times):
        limits.failed(limits.keys("ada", network or f"100.64.{n}.0/24"), timezone.now())


def test_a_stranger_can_not_lock_an_editor_out_of_a_browser_that_signed_in_before() -> None:
    world.account("ada")
    known = Client()
    assert sign_in(known, "ada", "a long password") == 302
    known.post(reverse("desk:logout"))
    for n in range(12):
        sign_in(Client(), "ada", f"guess {n}", network=f"198.51.{n}.1")
    assert sign_in(Client(), "ada", "a long password", network="203.0.113.9") == 302
    fail_often(limits.EVERYWHERE - 12)
    assert sign_in(Client(), "ada", "a long password", network="203.0.113.9") == 429
    assert sign_in(known, "ada", "a long password") == 302


def test_nor_out_of_that_browser_from_within_the_same_network_or_behind_the_same_proxy() -> None:
    world.account("ada")
    known = Client()
    assert sign_in(known, "ada", "a long password") == 302
    known.post(reverse("desk:logout"))
    fail_often(limits.PER_NETWORK, network="192.0.2.0/24")
    assert sign_in(Client(), "ada", "a long password", network="192.0.2.7") == 429
    assert sign_in(known, "ada", "a long password", network="192.0.2.7") == 302


def test_a_network_that_tries_many_names_waits_too() -> None:
    world.account("ada")
    with time_machine.travel(datetime(2026, 11, 22, 8, 0, tzinfo=UTC), tick=False):
        for n in range(limits.PER_NETWORK):
            sign_in(Client(), f"name{n}", "wrong", network="198.51.100.4")
        assert sign_in(Client(), "ada", "a long password", network="198.51.100.99") == 429
        assert sign_in(Client(), "ada", "a long password", network="192.0.2.1") == 302


def test_attempts_hold_no_name_and_no_address_and_go_after_a_day() -> None:
    with time_machine.travel(datetime(2026, 11, 22, 8, 0, tzinfo=UTC), tick=False) as clock:
        sign_in(Client(), "ada", "wrong")
        assert all(len(key) == 64 for key in Attempt.objects.values_list("key", flat=True))
        clock.shift(timedelta(days=2))
        sign_in(Client(), "brun", "wrong")
        assert Attempt.objects.count() == 3


def test_the_network_is_the_readers_and_not_the_proxys(rf, settings) -> None:  # type: ignore[no-untyped-def]
    import ipaddress

    settings.TRUSTED_PROXIES = [ipaddress.ip_network("127.0.0.0/8")]
    forged = {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "10.9.9.9, 203.0.113.77"}
    assert limits.network(rf.get("/", **forged)) == "203.0.113.0/24"
    assert limits.network(rf.get("/", **(forged | {"REMOTE_ADDR": "198.51.100.1"}))) == "198.51.100.0/24"


def test_an_admin_adds_accounts_and_the_last_admin_stays_one() -> None:
    client = client_of("admin")
    admin = Account.objects.get()
    client.post(reverse("desk:account_new"), {"username": "cleo", "password": "a long password", "role": "editor"})
    cleo = Account.objects.get(username="cleo")
    assert cleo.check_password("a long password")
    client.post(reverse("desk:account_role", args=[admin.pk]), {"role": "editor"})
    admin.refresh_from_db()
    assert admin.role == "admin"
    client.post(reverse("desk:account_role", args=[cleo.pk]), {"role": "off"})
    assert sign_in(Client(), "cleo", "a long password") == 403


def test_a_short_or_common_password_is_refused_with_the_reason() -> None:
    answer = client_of("admin").post(reverse("desk:account_new"), {"username": "cleo", "password": "password12"})
    assert answer.status_code == 400
    assert "too common" in answer.content.decode()
