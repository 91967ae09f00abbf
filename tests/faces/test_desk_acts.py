"""Every act at the desk answers at once, sticks, stands in the log, and can be undone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from corante import topics
from corante.models import Account, Act, Article, Edition, Feed, Filing, Outlet, Pin, Proposal, Quarantine, Story, Topic
from tests.fakes import world

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(world.account("ada", "admin"))
    return client


@pytest.fixture
def told() -> Story:
    harbour, valley = world.outlet(), world.outlet("Valley Farmer")
    made = world.story(world.article(harbour, "Sea wall voted"), world.article(valley, "Wall of the sea: a vote"))
    world.filed(made, world.topic())
    return made


def post(client: Client, name: str, number: int, **values: object) -> HttpResponse:
    story = Story.objects.filter(pk=number).first()
    return client.post(reverse(f"desk:{name}", args=[number]), {"version": story.version if story else 1} | values)


def undo(client: Client) -> str:
    act = Act.objects.order_by("-id").first()
    assert act is not None
    answer = client.post(reverse("desk:undo", args=[act.pk]), follow=True)
    assert answer.status_code == 200
    assert Act.objects.filter(undoes=act).exists()
    return answer.content.decode()


def shown(client: Client, view: str) -> str:
    return client.get(reverse("desk:incoming"), {"view": view}).content.decode()


def test_hiding_takes_a_story_out_of_the_queue_and_undo_brings_it_back(admin: Client, told: Story) -> None:
    answer = admin.post(reverse("desk:hide", args=[told.pk]), {"version": 1, "back": "/desk/?view=new"}, follow=True)
    assert answer.redirect_chain[0][0] == "/desk/?view=new"
    assert "Hidden." in answer.content.decode()
    assert "Undo" in answer.content.decode()
    assert "Sea wall voted" not in shown(admin, "new")
    assert "Sea wall voted" in shown(admin, "hidden")
    undo(admin)
    assert "Sea wall voted" in shown(admin, "new")


def test_a_hidden_story_is_shown_again_by_its_own_button(admin: Client, told: Story) -> None:
    post(admin, "hide", told.pk)
    post(admin, "unhide", told.pk)
    assert "Sea wall voted" in shown(admin, "new")


def test_with_htmx_an_act_answers_with_the_row_and_its_undo(admin: Client, told: Story) -> None:
    answer = admin.post(reverse("desk:hide", args=[told.pk]), {"version": 1}, headers=HTMX)
    text = answer.content.decode()
    assert text.lstrip().startswith("<li")
    act = Act.objects.get()
    assert reverse("desk:undo", args=[act.pk]) in text
    back = admin.post(reverse("desk:undo", args=[act.pk]), headers=HTMX).content.decode()
    assert "Undone" in back
    assert not told.hidings.filter(ended_at=None).exists()


def test_a_pin_holds_for_as_long_as_was_said_and_undo_takes_it_out(admin: Client, told: Story) -> None:
    post(admin, "pin", told.pk, days="3")
    pin = Pin.objects.get()
    assert timedelta(days=2, hours=23) < pin.expires_at - timezone.now() < timedelta(days=3)
    assert "pinned until" in shown(admin, "new")
    undo(admin)
    assert "pinned until" not in shown(admin, "new")
    post(admin, "pin", told.pk, topic=Topic.objects.get().pk)
    post(admin, "unpin", told.pk)
    assert not Pin.objects.filter(ended_at=None).exists()


def test_approving_releases_a_held_story_and_undo_holds_it_again(admin: Client, told: Story) -> None:
    Story.objects.update(held=True)
    assert "Sea wall voted" in shown(admin, "held")
    post(admin, "approve", told.pk)
    assert "Sea wall voted" not in shown(admin, "held")
    undo(admin)
    assert "Sea wall voted" in shown(admin, "held")


def test_an_edit_keeps_the_original_in_sight_and_can_be_restored(admin: Client, told: Story) -> None:
    post(admin, "edit", told.pk, headline="The wall gets higher", excerpt="")
    page = admin.get(reverse("desk:story", args=[told.pk])).content.decode()
    assert "The wall gets higher" in page
    assert "Sea wall voted" in page
    undo(admin)
    told.refresh_from_db()
    assert told.headline == ""
    post(admin, "edit", told.pk, headline="The wall gets higher", excerpt="")
    post(admin, "edit", told.pk, headline="", excerpt="")
    told.refresh_from_db()
    assert told.headline == ""


def test_what_is_left_as_the_outlet_wrote_it_is_no_edit(admin: Client, told: Story) -> None:
    excerpt = told.lead.excerpt if told.lead else ""
    post(admin, "edit", told.pk, headline="Sea wall voted", excerpt=excerpt)
    assert not Act.objects.exists()


def test_another_article_may_lead(admin: Client, told: Story) -> None:
    second = Article.objects.exclude(pk=told.lead_id).get()
    post(admin, "lead", told.pk, article=second.pk)
    told.refresh_from_db()
    assert told.lead_id == second.pk
    undo(admin)
    told.refresh_from_db()
    assert told.lead_id != second.pk or not told.lead_chosen


def test_ticked_articles_are_split_off_and_undo_puts_them_back(admin: Client, told: Story) -> None:
    second = Article.objects.exclude(pk=told.lead_id).get()
    post(admin, "split", told.pk, article=[second.pk])
    second.refresh_from_db()
    assert second.story_id != told.pk
    undo(admin)
    second.refresh_from_db()
    assert second.story_id == told.pk


def test_splitting_nothing_says_what_to_do(admin: Client, told: Story) -> None:
    answer = admin.post(reverse("desk:split", args=[told.pk]), {"version": 1}, follow=True)
    assert "Tick the articles" in answer.content.decode()


def test_two_stories_are_merged_after_a_look_at_both_and_undo_parts_them(admin: Client, told: Story) -> None:
    other = world.story(world.article(world.outlet("O Farol"), "O muro sobe"))
    preview = admin.get(reverse("desk:merge", args=[told.pk]), {"with": f"#{other.pk}"}).content.decode()
    assert "O muro sobe" in preview
    assert "Sea wall voted" in preview
    assert "O muro sobe" in admin.get(reverse("desk:merge", args=[told.pk]), {"with": "muro"}).content.decode()
    post(admin, "merge", told.pk, other=other.pk, other_version=other.version)
    other.refresh_from_db()
    assert other.merged_into_id == told.pk
    undo(admin)
    other.refresh_from_db()
    assert other.merged_into_id is None


@pytest.mark.parametrize(("word", "merged"), [("yes", True), ("no", False)])
def test_a_proposed_merge_is_answered(admin: Client, told: Story, word: str, merged: bool) -> None:
    other = world.story(world.article(world.outlet("O Farol"), "O muro sobe"))
    asked = Proposal.objects.create(story=told, other=other, score=0.5, at=world.NOW)
    assert "O muro sobe" in shown(admin, "merges")
    admin.post(reverse("desk:answer", args=[asked.pk]), {"answer": word})
    other.refresh_from_db()
    assert (other.merged_into_id == told.pk) is merged
    assert "O muro sobe" not in shown(admin, "merges")
    undo(admin)


def test_a_proposed_merge_says_in_words_why_it_is_proposed(admin: Client, told: Story) -> None:
    other = world.story(world.article(world.outlet("O Farol"), "O muro sobe"))
    Proposal.objects.create(story=told, other=other, score=0.5, reason="both tell of “sea wall <b>”", at=world.NOW)
    assert "both tell of “sea wall &lt;b&gt;”" in shown(admin, "merges")


def test_many_are_hidden_at_once_and_a_stale_one_is_left_alone(admin: Client) -> None:
    one, two, three = world.told(3, world.topic())
    ticked = {"what": "hide", "story": [one.pk, two.pk, three.pk], f"version-{one.pk}": 1, f"version-{two.pk}": 1}
    answer = admin.post(reverse("desk:bulk"), ticked | {f"version-{three.pk}": 99}, follow=True)
    assert "Hid 2 of 3" in answer.content.decode()
    assert not three.hidings.exists()


def test_two_ticked_stories_lead_to_the_look_at_both(admin: Client) -> None:
    one, two = world.told(2)
    answer = admin.post(reverse("desk:bulk"), {"what": "merge", "story": [one.pk, two.pk]})
    assert answer["Location"] == f"{reverse('desk:merge', args=[one.pk])}?with={two.pk}"


def test_a_story_is_filed_by_hand_and_taken_out_again(admin: Client, told: Story) -> None:
    ports = world.topic("Ports", "port")
    post(admin, "file", told.pk, topic=ports.pk)
    filing = Filing.objects.get(topic=ports)
    assert filing.by == Account.objects.get()
    undo(admin)
    filing.refresh_from_db()
    assert filing.withdrawn_at
    everything = Topic.objects.get(name="Everything")
    post(admin, "withdraw", told.pk, topic=everything.pk)
    assert Filing.objects.get(topic=everything).withdrawn_at
    undo(admin)
    assert not Filing.objects.get(topic=everything).withdrawn_at


def test_a_stale_edit_answers_409_with_the_others_change_and_keeps_what_was_typed(admin: Client, told: Story) -> None:
    brun = Client()
    brun.force_login(world.account("brun"))
    post(brun, "edit", told.pk, headline="Brun was first", excerpt="")
    typed = {"version": 1, "headline": "Ada typed this", "excerpt": "and this"}
    answer = admin.post(reverse("desk:edit", args=[told.pk]), typed)
    text = answer.content.decode()
    assert answer.status_code == 409
    for words in ("brun", "Brun was first", "Ada typed this", "and this", 'name="version" value="2"'):
        assert words in text
    told.refresh_from_db()
    assert told.headline == "Brun was first"


def test_a_stale_act_with_htmx_answers_409_with_the_row_as_it_stands(admin: Client, told: Story) -> None:
    post(admin, "edit", told.pk, headline="Newer words", excerpt="")
    answer = admin.post(reverse("desk:hide", args=[told.pk]), {"version": 1}, headers=HTMX)
    assert answer.status_code == 409
    assert "Newer words" in answer.content.decode()
    assert not told.hidings.exists()


def test_a_form_can_not_send_an_editor_off_the_desk(admin: Client, told: Story) -> None:
    for back in (
        "https://evil.example/",
        "//evil.example",
        "/desk//evil.example",
        "/desk/\\evil",
        "/about/",
        "/desk/nowhere",
    ):
        answer = admin.post(reverse("desk:hide", args=[told.pk]), {"version": 0, "back": back})
        assert answer.get("Location", "/desk/") == "/desk/"


def topic_form(client: Client, number: int | None, **values: object) -> HttpResponse:
    to = reverse("desk:topic", args=[number]) if number else reverse("desk:topic_new")
    return client.post(to, {"do": "save"} | values, follow=True)


def test_a_topic_is_added_changed_moved_and_retired_and_each_undone(admin: Client) -> None:
    world.topic("Everything", position=0)
    topic_form(admin, None, name="Ports", rule="port OR harbour")
    ports = Topic.objects.get(name="Ports")
    topic_form(admin, ports.pk, name="Ports", rule="port", version=1)
    ports.refresh_from_db()
    assert ports.rule == "port"
    undo(admin)
    ports.refresh_from_db()
    assert ports.rule == "port OR harbour"
    admin.post(reverse("desk:topic_order"), {"topic": ports.pk, "go": "up"})
    assert [t.name for t in Topic.objects.all()] == ["Ports", "Everything"]
    ports.refresh_from_db()
    admin.post(reverse("desk:topic_retire", args=[ports.pk]), {"version": ports.version})
    ports.refresh_from_db()
    assert ports.retired_at
    undo(admin)
    ports.refresh_from_db()
    assert not ports.retired_at


def test_a_topic_that_somebody_changed_meanwhile_is_not_moved_and_the_editor_is_told(admin: Client) -> None:
    first, second = world.topic("Everything", position=0), world.topic("Ports", position=1)
    seen = second.version
    topic_form(admin, second.pk, name="Harbours", rule="port", version=seen)
    move = {"topic": second.pk, "version": seen, "go": "up"}
    answer = admin.post(reverse("desk:topic_order"), move)
    assert answer.status_code == 409
    assert "was changed meanwhile" in answer.content.decode()
    assert list(Topic.objects.all()) == [first, second]
    assert admin.post(reverse("desk:topic_order"), move | {"version": seen + 1}).status_code == 302
    assert list(Topic.objects.all()) == [second, first]


def test_a_topic_that_is_gone_is_not_moved_and_the_editor_is_told(admin: Client) -> None:
    answer = admin.post(reverse("desk:topic_order"), {"topic": 999, "version": 1, "go": "up"})
    assert answer.status_code == 409
    assert "not there any more" in answer.content.decode()


def test_a_rule_that_can_not_be_read_points_at_the_spot_and_is_not_saved(admin: Client) -> None:
    answer = topic_form(admin, None, name="Ports", rule="port (OR")
    assert answer.status_code == 400
    assert "^" in answer.content.decode()
    assert not Topic.objects.exists()


def test_a_stale_topic_answers_409_and_keeps_the_typed_rule(admin: Client) -> None:
    topic = world.topic("Ports", "port")
    topic_form(admin, topic.pk, name="Ports", rule="harbour", version=1)
    answer = topic_form(admin, topic.pk, name="Ports", rule="quay", version=1)
    assert answer.status_code == 409
    assert ">quay</textarea>" in answer.content.decode()
    assert "harbour" in answer.content.decode()


def test_the_preview_marks_words_counts_days_and_saves_nothing(admin: Client) -> None:
    now = timezone.now()
    found = world.article(world.outlet(), "Harbour council <b>votes</b>", published_at=now, seen_at=now)
    world.story(found, first_at=now)
    topics.thin(now)
    answer = admin.get(reverse("desk:topic_preview"), {"rule": "title:harbour"}).content.decode()
    assert "<mark>Harbour</mark> council &lt;b&gt;votes" in answer
    assert "1 piece in 14 days" in answer
    assert "<rect" in answer
    plain = admin.post(reverse("desk:topic_new"), {"do": "preview", "name": "Ports", "rule": "title:harbour"})
    assert "<mark>Harbour</mark>" in plain.content.decode()
    assert not Topic.objects.exists()


def test_an_outlet_is_changed_taken_down_and_brought_back(admin: Client) -> None:
    outlet = world.outlet()
    feed = world.feed(outlet)
    to = {"version": 1, "name": "Harbour Post", "excerpt_words": "40", "hold": "on"}
    admin.post(reverse("desk:outlet_change", args=[outlet.pk]), to)
    outlet.refresh_from_db()
    assert (outlet.excerpt_words, outlet.hold) == (40, True)
    admin.post(reverse("desk:outlet_remove", args=[outlet.pk]), {"version": outlet.version, "why": "they asked"})
    outlet.refresh_from_db()
    feed.refresh_from_db()
    assert outlet.removed_at
    assert feed.state == "paused"
    assert Act.objects.get(verb="take_down").why == "they asked"
    undo(admin)
    outlet.refresh_from_db()
    feed.refresh_from_db()
    assert not outlet.removed_at
    assert feed.state == "active"


def test_an_outlets_owner_and_where_its_text_stands_are_set_at_the_desk(admin: Client) -> None:
    outlet = world.outlet()
    wanted = {"version": 1, "name": outlet.name, "owner": "Tide Press", "body_selector": "div.story"}
    admin.post(reverse("desk:outlet_change", args=[outlet.pk]), wanted)
    outlet.refresh_from_db()
    assert (outlet.owner, outlet.body_selector) == ("Tide Press", "div.story")
    page = admin.get(reverse("desk:outlet", args=[outlet.pk])).content.decode()
    assert 'value="Tide Press"' in page
    undo(admin)
    outlet.refresh_from_db()
    assert (outlet.owner, outlet.body_selector) == ("", "")


def test_a_stale_change_of_an_outlet_changes_nothing(admin: Client) -> None:
    outlet = world.outlet()
    admin.post(reverse("desk:outlet_change", args=[outlet.pk]), {"version": 1, "name": "First"})
    admin.post(reverse("desk:outlet_change", args=[outlet.pk]), {"version": 1, "name": "Second"})
    outlet.refresh_from_db()
    assert outlet.name == "First"


def test_a_feed_is_paused_resumed_and_asked_next(admin: Client) -> None:
    feed = world.feed(world.outlet(), next_check_at=timezone.now() + timedelta(hours=5))
    admin.post(reverse("desk:feed_fetch", args=[feed.pk]))
    feed.refresh_from_db()
    assert feed.next_check_at <= timezone.now()
    admin.post(reverse("desk:feed_pause", args=[feed.pk]))
    assert Feed.objects.get().state == "paused"
    undo(admin)
    assert Feed.objects.get().state == "active"
    admin.post(reverse("desk:feed_pause", args=[feed.pk]))
    admin.post(reverse("desk:feed_resume", args=[feed.pk]))
    assert Feed.objects.get().state == "active"


def test_a_quarantined_document_is_tried_again(admin: Client) -> None:
    feed = world.feed(world.outlet())
    kept = Quarantine.objects.create(url=feed.url, kind="feed", feed=feed, reason="too deep", body=b"x", at=world.NOW)
    assert "too deep" in admin.get(reverse("desk:outlets")).content.decode()
    admin.post(reverse("desk:quarantine_release", args=[kept.pk]))
    assert "too deep" not in admin.get(reverse("desk:outlets")).content.decode()


def test_a_quarantined_page_is_asked_for_again(admin: Client) -> None:
    piece = world.article(world.outlet(), reading="quarantined", next_read_at=None, reading_tries=3)
    kept = Quarantine.objects.create(url=piece.url, kind="page", reason="too deep", body=b"x", at=world.NOW)
    admin.post(reverse("desk:quarantine_release", args=[kept.pk]))
    piece.refresh_from_db()
    assert (piece.reading, piece.reading_tries) == ("pending", 0)
    assert piece.next_read_at is not None


def test_a_waiting_edition_is_held_and_released(admin: Client) -> None:
    digest = world.digest(world.topic())
    now = timezone.now()
    edition = Edition.objects.create(
        digest=digest, slot_at=now, date=now.date(), number=1, frozen_at=now, deadline_at=now + timedelta(hours=12)
    )
    admin.post(reverse("desk:edition_hold", args=[edition.pk]), {"why": "a mistake in the first story"})
    edition.refresh_from_db()
    assert edition.state == "held"
    undo(admin)
    edition.refresh_from_db()
    assert edition.state != "held"


def test_an_edition_that_paused_while_it_was_sent_goes_on_from_the_desk(admin: Client) -> None:
    now = timezone.now()
    edition = Edition.objects.create(
        digest=world.digest(world.topic()),
        slot_at=now - timedelta(hours=13),
        date=now.date(),
        number=1,
        frozen_at=now - timedelta(hours=13),
        started_at=now - timedelta(hours=13),
        deadline_at=now - timedelta(hours=1),
        recipients=300,
        state="paused",
        state_why="20 of the first 200 letters were refused",
    )
    assert "Go on</button>" in admin.get(reverse("desk:editions")).content.decode()
    admin.post(reverse("desk:edition_release", args=[edition.pk]))
    edition.refresh_from_db()
    assert (edition.state, edition.state_why) == ("sending", "")


def test_an_editor_can_not_take_back_an_admins_act_on_an_outlet(admin: Client) -> None:
    outlet = world.outlet()
    admin.post(reverse("desk:outlet_change", args=[outlet.pk]), {"version": 1, "name": "Renamed"})
    brun = Client()
    brun.force_login(world.account("brun"))
    brun.post(reverse("desk:undo", args=[Act.objects.get().pk]))
    assert Outlet.objects.get().name == "Renamed"


def test_the_log_says_who_what_and_why_and_offers_undo_once(admin: Client, told: Story) -> None:
    admin.post(reverse("desk:hide", args=[told.pk]), {"version": 1, "why": "not news"})
    page = admin.get(reverse("desk:activity")).content.decode()
    for words in ("<b>ada</b> hid", "Sea wall voted", "not news", "Undo"):
        assert words in page
    undo(admin)
    assert "undone" in admin.get(reverse("desk:activity")).content.decode()


def test_search_finds_words_numbers_and_hidden_stories(admin: Client, told: Story) -> None:
    post(admin, "hide", told.pk)
    for words in ("wall VOTED", f"#{told.pk}"):
        assert "Sea wall voted" in admin.get(reverse("desk:incoming"), {"q": words}).content.decode()
    assert "No story says that" in admin.get(reverse("desk:incoming"), {"q": "100% zebra'"}).content.decode()


def test_the_queue_goes_on_where_it_stopped_and_costs_the_same_however_long(
    admin: Client, django_assert_max_num_queries: object
) -> None:
    world.told(45, world.topic())
    first = admin.get(reverse("desk:incoming"))
    text = first.content.decode()
    assert "Story number 40<" in text
    assert "Story number 41<" not in text
    older = text.partition('class="older"><a href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "Story number 41<" in admin.get(reverse("desk:incoming") + older).content.decode()
    with django_assert_max_num_queries(25):  # type: ignore[operator]
        admin.get(reverse("desk:incoming"))


def test_a_shorter_excerpt_holds_for_what_stands_already(admin: Client) -> None:
    outlet = world.outlet()
    told = "Six words stand in this sentence. And a second sentence follows the first one here."
    article = world.article(outlet, excerpt=told)
    for most, left in (("8", "Six words stand in this sentence."), ("0", "")):
        outlet.refresh_from_db()
        to = {"version": outlet.version, "name": outlet.name, "excerpt_words": most}
        admin.post(reverse("desk:outlet_change", args=[outlet.pk]), to)
        article.refresh_from_db()
        assert article.excerpt == left
