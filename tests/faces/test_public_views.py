"""The dynamic part of the public site: searching, not finding, being well."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from corante import publish
from corante.catalog import search
from tests.fakes import world
from tests.fakes.world import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.urls("corante.site.urls")]


@pytest.fixture
def story(site: Path) -> int:
    told = world.story(world.article(world.outlet(), "Council votes to raise the <b>sea wall</b>"))
    world.filed(told, world.topic("Floods"))
    search.keep([told.pk])
    return told.pk


def test_a_search_finds_the_story_with_its_outlet_and_its_page(client: Client, story: int) -> None:
    page = client.get("/search/", {"q": "sea wall"}).content.decode()
    assert "Council votes to raise the &lt;b&gt;sea wall&lt;/b&gt;" in page
    assert "Harbour Post" in page
    assert f'href="/stories/{story}"' in page


def test_a_search_for_nothing_here_says_so(client: Client, story: int) -> None:
    assert "No story here holds these words" in client.get("/search/", {"q": "zebra"}).content.decode()


@pytest.mark.parametrize("q", ['"', "(", "a AND", "<script>", "x" * 5000, "* *", "lang:", "NEAR(", "'; DROP TABLE"])
def test_whatever_a_reader_searches_for_is_answered_with_a_page(client: Client, story: int, q: str) -> None:
    answer = client.get("/search/", {"q": q, "before": "9" * 40, "order": "best"})
    assert answer.status_code == 200
    assert b"<script>" not in answer.content


def test_search_results_are_kept_from_caches_and_search_engines(client: Client, story: int) -> None:
    answer = client.get("/search/", {"q": "sea"})
    assert answer["Cache-Control"] == "no-store"
    assert b'<meta name="robots" content="noindex">' in answer.content


def test_an_unknown_address_is_answered_in_the_look_of_the_site(client: Client, site: Path) -> None:
    answer = client.get("/nothing/here<script>")
    assert answer.status_code == 404
    assert b"Nothing stands at this address" in answer.content
    assert b"here<script>" not in answer.content


def test_readiness_waits_for_the_first_page(client: Client, site: Path) -> None:
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    publish.rebuild(lambda: NOW)
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
@pytest.mark.urls("corante.project.urls")
def test_a_form_without_its_mark_is_refused_with_the_way_out() -> None:
    answer = Client(enforce_csrf_checks=True).post("/desk/login/", {"name": "editor", "password": "a long password"})
    assert answer.status_code == 403
    assert "load the page again" in answer.content.decode()
