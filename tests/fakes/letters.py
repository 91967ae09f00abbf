"""Frozen editions to deliver: what the digest room would have left in the tables."""

from __future__ import annotations

from typing import Any

from corante.core.composing import LETTER_TOKEN
from corante.models import Delivery, Edition, Variant

from . import world


def frozen(readers: int, size: int = 1, **changes: Any) -> Edition:
    """A frozen edition of three stories with so many recipients; `size` repeats the letter's body."""
    digest = world.digest(name=changes.pop("name", "Daily letter"))
    slot = world.NOW.replace(hour=7, minute=0)
    values: dict[str, Any] = {
        "slot_at": slot,
        "date": slot.date(),
        "number": 1,
        "frozen_at": slot,
        "deadline_at": slot.replace(hour=19),
        "recipients": readers,
    }
    edition = Edition.objects.create(digest=digest, **(values | changes))
    variant = Variant.objects.create(
        edition=edition,
        key="en",
        subject="Council votes to raise the sea wall, and 2 more",
        html=f'<p><a href="https://d.example.org/leave/{LETTER_TOKEN}">Leave</a></p>' + "<p>A story.</p>\n" * size,
        text="A story.\n" * size + f"\nLeave: https://d.example.org/leave/{LETTER_TOKEN}\n",
        stories=[],
    )
    for _ in range(readers):
        reader = world.subscriber(of=digest)
        Delivery.objects.create(edition=edition, subscriber=reader, variant=variant, due_at=slot, next_try_at=slot)
    return edition
