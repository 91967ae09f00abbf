"""What the demo's own site looks like: its title, topics and first subscribers.

Rule: values only; `corante demo` makes rows of them through the same doors an operator uses.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class TopicPlan(NamedTuple):
    """A topic to make: its name, its rule in the query language, and what its page says of it."""

    name: str
    rule: str
    description: str


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

TOPICS: Final = (
    TopicPlan(
        "Rivers and floods",
        '"sea wall" OR flood* OR dyke OR dam OR "burst main" OR дамб* OR повін* OR السدّ OR الفيضان* OR الجدار OR dique OR presa OR inundac*',
        "High water, dams, drainage and who pays for them, from the upper valley to the sea wall.",
    ),
    TopicPlan(
        "Port and ferries",
        "ferry OR port OR harbour OR quay* OR docker* OR crane* OR buoy OR пором* OR порт OR портов* OR العبّارة OR الميناء OR ferri OR puerto OR estibador*",
        "Ships, cranes, crossings and the people who work on them.",
    ),
    TopicPlan(
        "Housing and courts",
        "rent OR rents OR tenant* OR landlord* OR court OR judge* OR оренд* OR суд OR الإيجار* OR المحكمة OR alquiler* OR tribunal",
        "Where people live, what it costs, and what the courts say.",
    ),
    TopicPlan(
        "Schools and health",
        "school* OR pupil* OR teacher* OR clinic OR hospital OR nurse* OR школ* OR лікарн* OR المدرسة OR المدارس OR المستشفى OR escuela* OR hospital",
        "Lessons, wards, and the hours they keep.",
    ),
    TopicPlan(
        "Land and catch",
        "farm* OR oyster* OR sheep OR harvest OR fishing OR orchard* OR ostra* OR cosecha OR устриц* OR врожа* OR المحار",
        "What grows, grazes and is caught, above and below the tide line.",
    ),
    TopicPlan("Українською", "lang:uk", "Усе, що пишуть українською."),
    TopicPlan("بالعربية", "lang:ar", "كل ما يُكتب بالعربية."),
)

SUBSCRIBERS: Final = ("reader@example.org", "marit@example.org", "slow.boat@example.org")
EDITOR_NAME: Final = "editor"
