"""The one definition of "public". Everything that shows or mails a story asks here.

Public = not merged into another, not hidden, not waiting for an editor, filed under at least one standing topic,
and its lead article has outlet, link and time (the model sees to the last) and the outlet was not taken down.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from corante.models import Article, Filing, Hiding, Story


@dataclass(frozen=True)
class Standing:
    """What answers at a story's address: its page, the story it went into, or nothing any more."""

    public: bool
    moved_to: int | None = None


def public_stories() -> QuerySet[Story]:
    """All public stories."""
    filed = standing_filings().filter(story=OuterRef("pk"))
    return Story.objects.filter(Exists(filed), _shown("", hidden("pk")))


def public_filings() -> QuerySet[Filing]:
    """All filings of public stories under standing topics: what topic pages list."""
    return standing_filings().filter(_shown("story__", hidden("story_id")))


def public_articles() -> QuerySet[Article]:
    """All pieces of outlets that stand, in public stories: what outlet pages and story pages list."""
    filed = standing_filings().filter(story=OuterRef("story_id"))
    shown = _shown("story__", hidden("story_id"))
    return Article.objects.filter(Exists(filed), shown, outlet__removed_at__isnull=True)


def standing(number: int) -> Standing:
    """Whether a story is public, was merged into a public one, or is gone."""
    if public_stories().filter(pk=number).exists():
        return Standing(public=True)
    seen, at = {number}, _merged_into(number)
    while at is not None and at not in seen:
        seen.add(at)
        if public_stories().filter(pk=at).exists():
            return Standing(public=False, moved_to=at)
        at = _merged_into(at)
    return Standing(public=False)


def standing_filings() -> QuerySet[Filing]:
    """Filings that no editor withdrew, under topics that stand."""
    return Filing.objects.filter(withdrawn_at__isnull=True, topic__retired_at__isnull=True)


def hidden(story: str) -> Exists:
    """An editor took the story from view; `story` is the column of the outer query that names it."""
    return Exists(Hiding.objects.filter(story=OuterRef(story), ended_at__isnull=True))


def _shown(at: str, taken: Exists) -> Q:
    """The story that stands at the lookup prefix `at` may be seen."""
    may = {
        f"{at}merged_into__isnull": True,
        f"{at}lead__isnull": False,
        f"{at}lead__outlet__removed_at__isnull": True,
    }
    released = Q(**{f"{at}held": False}) | Q(**{f"{at}approved_at__isnull": False})
    return Q(**may) & released & ~Q(taken)


def _merged_into(number: int) -> int | None:
    return Story.objects.filter(pk=number).values_list("merged_into", flat=True).first()
