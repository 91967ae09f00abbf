"""The desk's reading pane: what an outlet wrote, to be read before an editor decides, and harmless."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from corante.models import Article, Body
from tests.fakes import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> Client:
    client = Client()
    client.force_login(world.account())
    return client


def told(text: str = "", feed_html: str = "") -> Article:
    article = world.article(world.outlet(), "Sea wall voted")
    Body.objects.update_or_create(article=article, defaults={"text": text, "feed_html": feed_html})
    world.filed(world.story(article), world.topic())
    return article


def pane(client: Client, article: Article) -> str:
    answer = client.get(reverse("desk:reading", args=[article.pk]))
    assert answer["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    return answer.content.decode()


def test_the_storys_page_frames_each_account_in_a_sandbox(editor: Client) -> None:
    article = told("The council voted.")
    shown = editor.get(reverse("desk:story", args=[article.story_id])).content.decode()
    assert f'<iframe src="/desk/articles/{article.pk}/reading/" sandbox ' in shown


def test_the_text_we_keep_is_shown_as_text(editor: Client) -> None:
    shown = pane(editor, told("A <b>bold</b> vote.\n\nThe wall rises."))
    assert '<p dir="auto">A &lt;b&gt;bold&lt;/b&gt; vote.</p><p dir="auto">The wall rises.</p>' in shown


def test_what_a_feed_carried_keeps_its_shape_and_loses_what_acts_or_loads(editor: Client) -> None:
    markup = (
        '<h2 onclick="act()">Vote</h2><p style="position:fixed">It <em>passed</em>.<script>act()</script>'
        '<img src="https://spy.example/1.gif"><a href="javascript:act()">a</a><a href="/wall">b</a></p>'
        '<form action="/desk/stories/1/hide/"><button>Hide</button></form>'
    )
    shown = pane(editor, told(feed_html=markup))
    assert "<h2>Vote</h2>" in shown
    assert "<em>passed</em>" in shown
    body = shown.partition("<body>")[2]
    for harm in ("onclick", "style", "script", "img", "spy.example", "javascript", "form", "button"):
        assert harm not in body, harm


def test_hostile_nesting_is_a_sentence_and_not_an_error(editor: Client) -> None:
    assert "could not be made harmless" in pane(editor, told(feed_html="<div>" * 300_000))


def test_a_piece_without_text_says_where_to_read_it(editor: Client) -> None:
    article = told()
    Article.objects.filter(pk=article.pk).update(summary="")
    assert "Read it at the outlet" in pane(editor, article)


def test_nobody_reads_it_without_a_key() -> None:
    answer = Client().get(reverse("desk:reading", args=[told("The council voted.").pk]))
    assert (answer.status_code, answer["Location"]) == (302, "/desk/login/")
