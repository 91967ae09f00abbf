"""What the demo's own site looks like: its title, topics and first subscribers.

Rule: values only; `corante demo` makes rows of them through the same doors an operator uses.
"""

from __future__ import annotations

from typing import Any, Final

TITLE: Final = "The Estuary Sheet"
DESCRIPTION: Final = (
    "What the outlets of the estuary tell today, each event once, with everyone who told it. "
    "The estuary is invented, and so is all its news."
)
LANGUAGE: Final = "en"
TIME_ZONE: Final = "UTC"
SENDER: Final = "letter@estuary.example"
CONTACT: Final = "desk@estuary.example"
POSTAL: Final = "The Estuary Sheet, 1 Chandlers' Row, Saltmere (an invented place)"
NEWS_HOURS: Final = 96  # the world begins with three days of news, not one

# name, rule
TOPICS: Final = (
    (
        "Rivers and floods",
        '"sea wall" OR flood* OR dyke OR dam OR "water main" OR "burst main"'
        " OR дамб* OR повін* OR السد OR الفيضان OR الجدار OR dique OR presa OR inundac*",
    ),
    (
        "Port and ferries",
        "ferry OR port OR harbour OR docker* OR crane* OR buoy"
        " OR пором* OR порт* OR العبارة OR الميناء OR ferri OR puerto OR estibador*",
    ),
    (
        "Housing and courts",
        "rent OR rents OR tenant* OR landlord* OR court OR judge*"
        " OR оренд* OR суд OR المحكمة OR الإيجار OR alquiler* OR tribunal",
    ),
    (
        "Schools and health",
        "school* OR pupil* OR teacher* OR clinic OR hospital OR nurse*"
        " OR школ* OR лікарн* OR المدارس OR المستشفى OR escuela*",
    ),
    (
        "Land and catch",
        "farm* OR oyster* OR sheep OR harvest OR fishing OR orchard*"
        " OR устриц* OR врожа* OR المحار OR ostra* OR cosecha",
    ),
    ("In Ukrainian", "lang:uk"),
    ("In Arabic", "lang:ar"),
    ("In Spanish", "lang:es"),
)

SUBSCRIBERS: Final = ("reader@example.org", "marit@example.org", "slow.boat@example.org")


def settings(base_url: str, outlets_port: int) -> dict[str, Any]:
    """The demo's `corante.toml`, as a table. Only the pretend outlets' own port is let through the guard."""
    return {
        "title": TITLE,
        "base_url": base_url,
        "description": DESCRIPTION,
        "language": LANGUAGE,
        "time_zone": TIME_ZONE,
        "sender": SENDER,
        "contact": CONTACT,
        "postal": POSTAL,
        "news_hours": NEWS_HOURS,
        "allow_network": [f"127.0.0.1/32:{outlets_port}"],
        "outbox_public": True,
    }
