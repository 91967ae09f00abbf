"""Answering what the machine suggests for a topic: file it, or not this topic."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from corante import topics as room
from corante.core.work import Impossible
from corante.models import Act, Suggestion

from .editor import editor, moment
from .frame import sorry, told


def answer(request: HttpRequest, suggestion: int) -> HttpResponse:
    """An editor's word on one suggestion."""
    asked = get_object_or_404(Suggestion.objects.select_related("topic", "story"), pk=suggestion)
    try:
        if request.POST.get("answer") != "file":
            act = room.dismiss(asked, editor(request), moment())
            return told(request, f"Not for {asked.topic.name}; it is not suggested there again.", act.pk)
        room.accept(asked, editor(request), moment())
    except Impossible as error:
        return sorry(request, f"{str(error).capitalize()}.")
    filed = Act.objects.filter(subject="topic", subject_id=asked.topic_id, verb="file").order_by("-id").first()
    return told(request, f"Filed under {asked.topic.name}.", filed.pk if filed else None)
