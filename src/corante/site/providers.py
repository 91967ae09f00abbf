"""Providers' own webhooks, read by django-anymail where it is installed (`pip install corante[webhooks]`).

Rule: a provider signs in with user `corante` and this site's webhook secret (`corante bounces --webhook`), or signs with
a key of its own, which the setting `webhook_keys` names; anymail reads its format, and what it says goes the same way as
every return. Without anymail, or such a provider's key, there is nothing here: 404.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from corante import subscribe
from corante.core.bounces import Meaning, Said, read
from corante.mail.notices import traces

_SIGNING = {"mailgun": "webhook_signing_key", "mailersend": "signing_secret"}
"""Providers that sign each report, and what anymail calls their key."""
_KINDS = {"complained": "complaint", "delivered": "delivered"}


@csrf_exempt  # a machine posts here; its sign-in is the proof
def report(request: HttpRequest, provider: str) -> HttpResponse:
    """What a provider reports of letters it carried."""
    if find_spec("anymail") is None:
        raise Http404("django-anymail is not installed")
    view = _views().get(provider)
    if view is None:
        raise Http404("no provider of that name")
    try:
        answer: HttpResponse = view(request)
    except ImproperlyConfigured as error:
        raise Http404("anymail wants a key or a library for it that we have not") from error
    return answer


def _views() -> dict[str, Callable[[HttpRequest], Any]]:
    """Anymail's readers by provider, each telling us instead of a signal."""
    keys = dict(each.split(":", 1) for each in settings.CORANTE.webhook_keys)
    found = {}
    for pattern in import_module("anymail.urls").urlpatterns:
        name, _, rest = str(pattern.pattern).partition("/")
        if rest.startswith("tracking") and (name in keys or name not in _SIGNING):
            # It warns of a missing sign-in before it looks at the one it is given.
            view = type("Hook", (pattern.callback.view_class,), {"warn_if_no_basic_auth": False})
            found[name] = view.as_view(signal=_Told(), **_proof(name, keys))  # type: ignore[attr-defined]
    return found


def _proof(provider: str, keys: dict[str, str]) -> dict[str, Any]:
    """What a report has to show: a signature by the provider's key, else our sign-in."""
    if provider in _SIGNING:
        return {_SIGNING[provider]: keys[provider]}
    return {"basic_auth": [f"corante:{subscribe.hook_secret()}"]}


class _Told:
    """Stands where anymail has its signal."""

    def send(self, sender: object, event: Any, esp_name: str) -> None:
        """One event, as anymail makes them alike."""
        kind = event.event_type
        if kind not in ("bounced", "rejected", "deferred", "complained", "delivered"):
            return
        words = str(event.mta_response or event.description or "")
        raw = json.dumps(event.esp_event, default=str).encode()
        meaning = Meaning(_KINDS[kind], "", "abuse") if kind in _KINDS else _meant(event, words)
        key = str(event.event_id or "")
        about = [*traces(raw), str(event.message_id or "")]  # Mailgun writes it without its brackets
        subscribe.report(about, meaning, words, datetime.now(UTC), key, str(event.recipient or ""))


def _meant(event: Any, words: str) -> Meaning:
    """The server's words where the provider passes them on, else the provider's own word."""
    passing = event.event_type == "deferred" or _soft(event.esp_event)
    said = read(Said(words=words, action="delayed" if passing else "failed"))
    if said.reason != "refused" or passing:
        return said
    kind = {"invalid": "hard", "bounced": "hard", "spam": "policy", "blocked": "policy"}.get(
        str(event.reject_reason), "soft"
    )
    return Meaning(kind, said.status, str(event.reject_reason or "refused"))


def _soft(report: Any) -> bool:
    """MailerSend's word for what may pass, which anymail takes for a bounce like any other."""
    return isinstance(report, dict) and str(report.get("type", "")).endswith("soft_bounced")
