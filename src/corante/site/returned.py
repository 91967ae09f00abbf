"""Where a mail provider reports returns: a webhook of our own, signed.

Rule: what is not signed with this site's secret within five minutes changes nothing and learns nothing. A signed report
still only counts for letters that carry our own mark.

    POST /returns/hook   Corante-Signature: t=UNIX,v1=HEX   HEX = HMAC-SHA256(secret, "UNIX." + body)
      message/rfc822     the returned mail itself
      application/json   {"kind": "hard", "to": "returns+…@…" or "message_id": "<e…@…>", "status": "5.1.1", "words": "…"}
"""

from __future__ import annotations

import hmac
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from corante import subscribe
from corante.core.bounces import KINDS, Meaning

WITHIN: Final = timedelta(minutes=5)
_SIGNED: Final = re.compile(r"t=(\d{1,12}),v1=([0-9a-f]{64})")


def signature(secret: str, at: int, body: bytes) -> str:
    """The header a report is signed with."""
    told = hmac.new(secret.encode(), str(at).encode() + b"." + body, "sha256").hexdigest()
    return f"t={at},v1={told}"


@csrf_exempt  # a machine posts here; its signature is the proof
@require_POST
def hook(request: HttpRequest) -> HttpResponse:
    """One report. 204 whether or not it concerned anybody; 403 unsigned, 400 unreadable."""
    now = datetime.now(UTC)
    if not _genuine(request.headers.get("Corante-Signature", ""), request.body, now):
        return HttpResponse("not signed with this site's secret\n", status=403, content_type="text/plain")
    if request.content_type == "message/rfc822":
        subscribe.receive(request.body, "webhook", now)
        return HttpResponse(status=204)
    try:
        _report(json.loads(request.body), now)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        return HttpResponse(f"not understood: {error}\n", status=400, content_type="text/plain")
    return HttpResponse(status=204)


def _genuine(header: str, body: bytes, now: datetime) -> bool:
    found = _SIGNED.fullmatch(header)
    if not found or abs(now.timestamp() - int(found[1])) > WITHIN.total_seconds():
        return False
    return hmac.compare_digest(signature(subscribe.hook_secret(), int(found[1]), body), header)


def _report(said: dict[str, Any], now: datetime) -> None:
    if said["kind"] not in KINDS:
        raise ValueError(f"kind is one of {', '.join(KINDS)}")
    traces = [str(said[name]) for name in ("to", "message_id") if said.get(name)]
    meaning = Meaning(said["kind"], str(said.get("status", ""))[:12], str(said.get("reason", ""))[:80])
    subscribe.report(traces, meaning, str(said.get("words", ""))[:500], now, str(said.get("id", "")))
