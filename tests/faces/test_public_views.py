"""The dynamic part of the public site: searching, not finding, being well."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test import Client

from corante import publish
from corante.catalog import search
from corante.catalog.spending import within
from corante.site import search_view
from corante.site.pace import Pace
from tests.fakes import world
from tests.fakes.world import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.urls("corante.site.urls")]


@pytest.fixture(autouse=True)
def own_pace(monkeypatch: pytest.MonkeyPatch) -> None:
    """What one test asked for does not slow down the next."""
    monkeypatch.setattr(search_view, "PACE", Pace(burst=20, a_second=1))


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


def test_a_search_typed_without_its_last_slash_is_led_there(client: Client) -> None:
    answer = client.get("/search", {"q": "sea wall"})
    assert (answer.status_code, answer["Location"]) == (302, "/search/?q=sea+wall")


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


def test_a_search_is_a_feed_too_and_says_so(client: Client, story: int) -> None:
    page = client.get("/search/", {"q": "sea wall b<c"}).content.decode()
    assert 'href="/search/atom.xml?q=sea+wall+b%3Cc"' in page
    answer = client.get("/search/atom.xml", {"q": "sea wall"})
    assert answer["Content-Type"] == "application/atom+xml; charset=utf-8"
    tree = ElementTree.fromstring(answer.content)
    atom = "{http://www.w3.org/2005/Atom}"
    assert [one.text for one in tree.iter(f"{atom}title")][1:] == ["Council votes to raise the <b>sea wall</b>"]
    assert tree.find(f"{atom}link[@rel='self']").attrib["href"].endswith("/search/atom.xml?q=sea+wall")  # type: ignore[union-attr]


def test_a_search_that_cannot_be_read_points_at_the_spot(client: Client, story: int) -> None:
    page = client.get("/search/", {"q": "sea (wall"}).content.decode()
    assert "sea (wall\n    ^ this bracket is never closed" in page
    assert client.get("/search/atom.xml", {"q": "sea (wall"}).status_code == 400


def test_too_many_searches_of_one_network_wait_and_others_do_not(client: Client, story: int) -> None:
    answers = [client.get("/search/", {"q": "sea"}, REMOTE_ADDR="203.0.113.7") for _ in range(25)]
    assert answers[0].status_code == 200
    assert answers[-1].status_code == 429
    assert int(answers[-1]["Retry-After"]) >= 1
    assert "The next one is answered in" in answers[-1].content.decode()
    assert client.get("/search/", {"q": "sea"}, REMOTE_ADDR="203.0.113.99").status_code == 429
    assert client.get("/search/", {"q": "sea"}, REMOTE_ADDR="198.51.100.7").status_code == 200


def test_a_search_that_takes_too_long_is_stopped_in_the_database(story: int) -> None:
    slow = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000000000) SELECT count(*) FROM n"
    with pytest.raises(search.TooLong), within(0.05), connection.cursor() as cursor:
        cursor.execute(slow)
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize("q", [" OR ".join(f"w{n}" for n in range(25)), " OR ".join(f"ab{n}*" for n in range(5))])
def test_a_search_for_more_than_a_few_words_is_refused_with_a_sentence(client: Client, story: int, q: str) -> None:
    assert "at most" in client.get("/search/", {"q": q}).content.decode()
