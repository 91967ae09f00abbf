"""The doorman: whose requests may change something, who asks, and what pages may do."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from corante.core.addresses import neighbourhood
from corante.desk import limits
from corante.site.guard import SiteGuard, client_address

HOST = "127.0.0.1"
OURS = "http://127.0.0.1"


def asked(method: str, path: str, **headers: str) -> int:
    def inside(_request: HttpRequest) -> HttpResponse:
        return HttpResponse("done")

    request = getattr(RequestFactory(headers=headers), method)(path, headers={"Host": HOST})
    return SiteGuard(inside)(request).status_code


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": OURS}, 200),
        ({"Origin": "http://127.0.0.1:8000"}, 200),
        ({"Origin": "https://elsewhere.example"}, 403),
        ({"Origin": "https://127.0.0.1.elsewhere.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": OURS}, 403),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({}, 200),
    ],
)
def test_only_pages_of_ours_may_change_something(method: str, headers: dict[str, str], status: int) -> None:
    assert asked(method, "/desk/stories/1/hide", **headers) == status


@pytest.mark.parametrize("path", ["/leave/0123", "/subscribe/"])
def test_leaving_and_asking_for_the_letter_work_from_anywhere(path: str) -> None:
    assert asked("post", path, Origin="https://mail.example") == 200


def test_reading_is_never_refused() -> None:
    assert asked("get", "/desk/", Origin="https://elsewhere.example") == 200


def test_an_unknown_host_is_refused() -> None:
    with pytest.raises(DisallowedHost):
        SiteGuard(lambda _request: HttpResponse())(RequestFactory().get("/", headers={"Host": "evil.example"}))


def test_scripts_of_our_own_run_at_the_desk_and_nowhere_else() -> None:
    def policy(path: str) -> str:
        guard = SiteGuard(lambda _request: HttpResponse())
        return str(guard(RequestFactory().get(path, headers={"Host": HOST}))["Content-Security-Policy"])

    assert "script-src 'self'" in policy("/desk/")
    assert "script-src" not in policy("/search/")
    assert policy("/search/").startswith("default-src 'none'")
    assert "unsafe" not in policy("/desk/") + policy("/search/")


@pytest.mark.parametrize(
    ("peer", "forwarded", "who"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),  # a stranger's word is not believed
        ("10.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("10.0.0.1", "192.0.2.66, 198.51.100.1", "198.51.100.1"),  # what the client itself claims stands first
        ("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1"),
        ("10.0.0.1", "nonsense", "10.0.0.1"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("::ffff:10.0.0.1", "2001:db8::7", "2001:db8::7"),
    ],
)
def test_the_client_is_the_last_address_that_is_no_proxy_of_ours(
    settings: Any, peer: str, forwarded: str, who: str
) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]
    request = RequestFactory().get("/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded)
    assert client_address(request) == ip_address(who)
    assert limits.network(request) == str(neighbourhood(ip_address(who))), "the login counts the same one"
