"""Which language an article is in: what its outlet declares and what its text looks like.

Rule: the declared language wins unless the text is long enough and plainly something else; a tag is kept as
BCP 47 without guessing a region.
"""

from __future__ import annotations

import re

_TAG = re.compile(r"^([a-zA-Z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?:[-_.@].*)?$")
_SAME = {"nb": "no", "nn": "no", "iw": "he", "in": "id", "ji": "yi", "cmn": "zh", "bs": "hr", "sr": "hr", "sh": "hr"}
# What a detector can't keep apart in a few lines; there the declaration is believed.
_CLOSE = ({"no", "da", "sv"}, {"hr", "sl"}, {"cs", "sk"}, {"id", "ms"}, {"es", "gl", "ca", "pt"}, {"ru", "bg", "mk"},
          {"de", "lb"}, {"nl", "af"}, {"zu", "xh"}, {"hi", "mr", "ne"}, {"ur", "fa"})  # fmt: skip
_SCRIPTS = (
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("ka", re.compile(r"[\u10a0-\u10ff]")),
    ("hy", re.compile(r"[\u0530-\u058f]")),
)
_HAN = re.compile(r"[\u4e00-\u9fff]")


def tag(value: str) -> str:
    """A BCP 47 tag in its usual spelling (`de_DE.utf8` -> `de-DE`), or empty when it is none."""
    found = _TAG.match(value.strip())
    if not found:
        return ""
    base, script, region = found.groups()
    return "-".join(filter(None, (base.lower(), script and script.title(), region and region.upper())))


def base(value: str) -> str:
    """The language alone, close relatives under one name: `nb-NO` -> `no`."""
    first = value.split("-")[0].lower()
    return _SAME.get(first, first)


def written(text: str) -> str:
    """The language a script gives away by itself, or empty."""
    letters = max(1, sum(map(str.isalpha, text)))
    for language, script in _SCRIPTS:
        if len(script.findall(text)) > letters * (0.12 if language == "ja" else 0.4):
            return language
    return "zh" if len(_HAN.findall(text)) > letters * 0.5 else ""


def choose(declared: list[str], detected: str, length: int) -> tuple[str, str]:
    """(tag, witness) from declarations, the most trusted first, and what was detected in `length` characters.

    The first declaration that agrees with the text is taken; text of 200 characters or more that agrees with
    none overrules them all; shorter text never does.
    """
    tags = [found for found in map(tag, declared) if found and base(found) not in ("und", "mul", "xx")]
    for found in tags:
        if _agree(base(found), base(detected)):
            return found, "declared"
    if tags and (not detected or length < 200):
        return tags[0], "declared"
    return (tag(detected), "detected") if detected else ("", "")


def _agree(one: str, other: str) -> bool:
    return one == other or any(one in close and other in close for close in _CLOSE)
