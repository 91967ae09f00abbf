"""Who may do what at the desk: one table. A view that stands in no row of it opens for nobody.

Rule: every address of the desk is wrapped by `door.door` in `urls.py`, which asks this table and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from corante.models import Account

View = Callable[..., HttpResponse]

ANYONE: Final = frozenset({"login"})
EDITOR: Final = frozenset(
    {
        "logout", "me", "incoming", "bulk", "activity", "undo",
        "story", "row", "hide", "unhide", "pin", "unpin", "retell", "approve", "edit", "lead", "split", "merge", "answer",
        "reading",
        "file", "withdraw",
        "topics", "topic_new", "topic", "topic_preview", "topic_compose", "topic_retire", "topic_order",
        "suggestion",
        "outlets", "outlet",
        "editions", "letter_html", "letter_text", "edition_hold", "edition_release",
        "digest_new", "digest", "digest_retire",
        "edition", "delivery_arrived", "delivery_again",
    }
)  # fmt: skip
ADMIN: Final = frozenset(
    {
        "outlet_add", "outlet_page", "outlet_page_preview", "outlet_change", "outlet_remove",
        "feed_pause", "feed_resume", "feed_fetch", "feed_join",
        "opml_import", "opml_export", "quarantine_release",
        "returns", "standstill_lift", "reader_lift",
        "accounts", "account_new", "account_role", "account_password",
    }
)  # fmt: skip

PERMITS: Final = {"": ANYONE, "editor": ANYONE | EDITOR, "admin": ANYONE | EDITOR | ADMIN}
"""Role -> the names of the views it may use; "" is someone not signed in."""

READS: Final = frozenset(
    {
        "incoming", "activity", "story", "row", "reading", "topics", "topic_preview", "topic_compose", "outlets", "outlet", "editions",
        "letter_html", "letter_text", "edition", "returns", "opml_export", "accounts",
    }
)  # fmt: skip
FORMS: Final = frozenset(
    {
        "login", "me", "edit", "merge", "topic_new", "topic", "outlet_add", "outlet_page", "account_new",
        "digest_new", "digest",
    }
)  # fmt: skip
"""GET shows a form, POST acts. What is in neither set answers to POST alone."""


def may(request: HttpRequest, name: str) -> bool:
    """Whether whoever asks may use the view of this name."""
    return name in PERMITS.get(role(request), frozenset())


def role(request: HttpRequest) -> str:
    """The role of whoever asks; "" if not signed in."""
    user = request.user
    return user.role if isinstance(user, Account) and user.is_active else ""


def methods(name: str) -> list[str]:
    """The methods a view answers to."""
    if name in READS:
        return ["GET", "HEAD"]
    return ["GET", "HEAD", "POST"] if name in FORMS else ["POST"]
