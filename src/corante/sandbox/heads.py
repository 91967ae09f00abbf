"""What stands above a feed's entries and no parser tells: language, wishes, hub and self. Runs in the parsing pool only.

Rule: read by regular expressions that can't backtrack, from the first 64 kB, whatever the XML is worth.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from .plain import plain

START: Final = re.compile(rb"<(?:[\w.-]+:)?(?:item|entry)[\s>/]")
"""Where an entry begins."""
LONGEST: Final = 65_536


def read(data: bytes) -> dict[str, str]:
    """What stands above the entries and neither parser tells: language, ttl, syndication period, hub and self."""
    first = START.search(data)
    text = data[: min(first.start() if first else LONGEST, LONGEST)].decode("utf-8", "replace")
    found = {}
    for name, pattern in (
        ("language", r"<(?:dc:)?language>\s*([^<]{2,40}?)\s*</|<[^>]{1,300}?\sxml:lang\s*=\s*[\"']([^\"']{2,35})"),
        ("ttl", r"<ttl>\s*(\d{1,7})\s*<"),
        ("period", r"<sy:updatePeriod>\s*(\w{4,8})\s*<"),
        ("frequency", r"<sy:updateFrequency>\s*(\d{1,5})\s*<"),
    ):
        if match := re.search(pattern, text):
            found[name] = next(group for group in match.groups() if group)
    for tag in re.findall(r"<(?:\w{1,10}:)?link\s([^<>]{1,3000})>", text):
        rel = re.search(r"""rel\s*=\s*["'](hub|self)["']""", tag)
        href = re.search(r"""href\s*=\s*["']([^"']{1,2000})""", tag)
        if rel and href:
            found.setdefault(rel[1], plain(href[1]))
    return found


def ttl(head: Mapping[str, str]) -> int:
    """Seconds the outlet wishes to be left alone between two looks (RSS ttl in minutes; RSS 1.0 syndication module)."""
    if "ttl" in head:
        return min(int(head["ttl"]) * 60, 86_400)
    period = {"hourly": 3600, "daily": 86_400, "weekly": 86_400, "monthly": 86_400, "yearly": 86_400}
    if head.get("period", "").lower() in period and "frequency" in head:
        return int(period[head["period"].lower()] / max(1, int(head["frequency"])))
    return 0
