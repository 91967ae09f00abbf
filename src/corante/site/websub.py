"""Where hubs reach us (WebSub): they ask whether we meant it, say no, or push what is new.

Rule: the address's token says for which feed; nothing is done for one nobody knows. A push is only written down, and
read by the worker. Answers say no more than the standard asks.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from corante.gather import pushes, wires


@csrf_exempt  # hubs have no page of ours; a push carries its own signature
@require_http_methods(["GET", "POST"])
def callback(request: HttpRequest, token: str) -> HttpResponse:
    """GET: verification of intent, or a refusal. POST: a push."""
    now = datetime.now(UTC)
    if request.method == "POST":
        signature, kind = request.headers.get("X-Hub-Signature", ""), request.headers.get("Content-Type", "")
        return _plain("", pushes.receive(token, signature, request.body, kind, now))
    said = request.GET.get
    mode, topic = said("hub.mode", ""), said("hub.topic", "")
    if mode == "denied":
        wires.deny(token, topic, said("hub.reason", ""), now)
        return _plain("")
    challenge = said("hub.challenge", "")[:1000]
    if challenge and wires.verify(token, mode, topic, said("hub.lease_seconds", ""), now):
        return _plain(challenge)
    return _plain("", 404)


def _plain(text: str, status: int = 200) -> HttpResponse:
    return HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
