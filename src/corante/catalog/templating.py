"""The one Jinja2 environment: autoescape always on, undefined names are errors."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, StrictUndefined


def environment(**options: Any) -> Environment:
    """Django's Jinja2 backend calls this with its options; `publish` and `digest` render with the same one."""
    options["autoescape"] = True
    options["undefined"] = StrictUndefined
    options["trim_blocks"] = options["lstrip_blocks"] = True
    return Environment(**options)  # noqa: S701 - set two lines above
