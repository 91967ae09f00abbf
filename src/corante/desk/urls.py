"""Addresses of the desk; included at /desk/. Each stands behind the door that asks the table of `access.py`."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import (
    accounts,
    activity,
    delivery,
    digests,
    editions,
    feeds,
    incoming,
    login,
    outlets,
    reading,
    returns,
    story,
    suggestions,
    topics,
)
from .access import View
from .door import door

app_name = "desk"


def _at(route: str, name: str, view: View) -> URLPattern:
    return path(route, door(name, view), name=name)


urlpatterns = [
    _at("", "incoming", incoming.incoming),
    _at("login/", "login", login.sign_in),
    _at("logout/", "logout", login.sign_out),
    _at("me/", "me", login.me),
    _at("bulk/", "bulk", incoming.bulk),
    _at("proposals/<int:proposal>/answer/", "answer", incoming.answer),
    _at("stories/<int:story>/", "story", story.story),
    _at("stories/<int:story>/row/", "row", story.line),
    _at("stories/<int:story>/hide/", "hide", story.hide),
    _at("stories/<int:story>/unhide/", "unhide", story.unhide),
    _at("stories/<int:story>/approve/", "approve", story.approve),
    _at("stories/<int:story>/pin/", "pin", story.pin),
    _at("stories/<int:story>/unpin/", "unpin", story.unpin),
    _at("stories/<int:story>/retell/", "retell", story.retell),
    _at("stories/<int:story>/edit/", "edit", story.edit),
    _at("stories/<int:story>/lead/", "lead", story.lead),
    _at("stories/<int:story>/split/", "split", story.split),
    _at("stories/<int:story>/merge/", "merge", story.merge),
    _at("stories/<int:story>/file/", "file", topics.file),
    _at("stories/<int:story>/withdraw/", "withdraw", topics.withdraw),
    _at("articles/<int:article>/reading/", "reading", reading.reading),
    _at("topics/", "topics", topics.topics),
    _at("topics/new/", "topic_new", topics.topic_new),
    _at("topics/preview/", "topic_preview", topics.preview),
    _at("topics/compose/", "topic_compose", topics.compose),
    _at("topics/order/", "topic_order", topics.order),
    _at("suggestions/<int:suggestion>/answer/", "suggestion", suggestions.answer),
    _at("topics/<int:topic>/", "topic", topics.topic),
    _at("topics/<int:topic>/retire/", "topic_retire", topics.retire),
    _at("outlets/", "outlets", outlets.outlets),
    _at("outlets/add/", "outlet_add", feeds.add),
    _at("outlets/page/", "outlet_page", feeds.listing),
    _at("outlets/page/preview/", "outlet_page_preview", feeds.listing_preview),
    _at("outlets/import/", "opml_import", outlets.opml_import),
    _at("outlets/outlets.opml", "opml_export", outlets.opml_export),
    _at("outlets/<int:outlet>/", "outlet", outlets.outlet),
    _at("outlets/<int:outlet>/change/", "outlet_change", outlets.change),
    _at("outlets/<int:outlet>/remove/", "outlet_remove", outlets.remove),
    _at("feeds/<int:feed>/pause/", "feed_pause", feeds.pause),
    _at("feeds/<int:feed>/resume/", "feed_resume", feeds.resume),
    _at("feeds/<int:feed>/fetch/", "feed_fetch", feeds.fetch),
    _at("feeds/<int:feed>/join/", "feed_join", feeds.join),
    _at("quarantine/<int:document>/release/", "quarantine_release", feeds.release),
    _at("editions/", "editions", editions.editions),
    _at("digests/new/", "digest_new", digests.digest_new),
    _at("digests/<int:digest>/", "digest", digests.digest),
    _at("digests/<int:digest>/retire/", "digest_retire", digests.retire),
    _at("digests/<int:digest>/letter/", "letter_html", editions.letter_html),
    _at("digests/<int:digest>/text/", "letter_text", editions.letter_text),
    _at("editions/<int:edition>/", "edition", delivery.edition),
    _at("deliveries/<int:delivery>/arrived/", "delivery_arrived", delivery.arrived),
    _at("deliveries/<int:delivery>/again/", "delivery_again", delivery.again),
    _at("editions/<int:edition>/hold/", "edition_hold", editions.hold),
    _at("editions/<int:edition>/release/", "edition_release", editions.release),
    _at("returns/", "returns", returns.returns),
    _at("returns/domains/<int:standstill>/lift/", "standstill_lift", returns.lift_domain),
    _at("returns/readers/<int:reader>/lift/", "reader_lift", returns.lift_reader),
    _at("activity/", "activity", activity.activity),
    _at("acts/<int:act>/undo/", "undo", activity.undo),
    _at("accounts/", "accounts", accounts.accounts),
    _at("accounts/new/", "account_new", accounts.account_new),
    _at("accounts/<int:account>/role/", "account_role", accounts.account_role),
    _at("accounts/<int:account>/password/", "account_password", accounts.account_password),
]
