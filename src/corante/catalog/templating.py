"""The one Jinja2 environment: autoescape always on, undefined names are errors.

Pages, letters and the desk are all rendered with it. Our own words go through gettext (`_`, `ngettext`), dates
through `here`, the site's almanac; outlets' words go through nothing but the escaping.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from corante.core import paths
from corante.core.config import Config

from .dates import Almanac, direction

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


def environment(**options: Any) -> Environment:
    """Django's Jinja2 backend calls this with its options; `publish` and `digest` render with the same one."""
    options["autoescape"] = True
    options["undefined"] = StrictUndefined
    options["trim_blocks"] = options["lstrip_blocks"] = True
    options["extensions"] = [*options.get("extensions", ()), "jinja2.ext.i18n"]
    made = Environment(**options)  # noqa: S701 - set four lines above
    made.install_gettext_callables(translation.gettext, translation.ngettext, newstyle=True)  # type: ignore[attr-defined]  # by jinja2.ext.i18n
    made.globals |= {"here": Here(), "paths": paths, "direction": direction}
    return made


@lru_cache(maxsize=1)
def standing_environment() -> Environment:
    """The environment for whoever renders without a request."""
    return environment(loader=FileSystemLoader(TEMPLATES))


class Here:
    """What every page knows of its site, read from the settings when asked, so that tests may change them."""

    @property
    def config(self) -> Config:
        """The site's settings."""
        config: Config = settings.CORANTE
        return config

    @property
    def almanac(self) -> Almanac:
        """The site's days, hours and names of languages."""
        return almanac(self.config.language, self.config.time_zone)

    @property
    def direction(self) -> str:
        """Of the site's own language."""
        return "rtl" if direction(self.config.language) == "rtl" else "ltr"

    def foreign(self, language: str) -> bool:
        """A text of this language needs saying so on a page of this site."""
        return bool(language) and language.split("-")[0] != self.config.language.split("-")[0]


@lru_cache(maxsize=8)
def almanac(language: str, time_zone: str) -> Almanac:
    """One almanac for each language and zone."""
    return Almanac(language, time_zone)


@lru_cache(maxsize=1)
def style_hash() -> str:
    """The CSP source of the one style sheet, which every page carries inline (CSP 3 §6.7.3)."""
    sheet = standing_environment().get_template("site/sheet.css").render()
    return f"'sha256-{base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()}'"
