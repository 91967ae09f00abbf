"""The one Jinja2 environment: autoescape always on, undefined names are errors.

Pages, letters and the desk are all rendered with it. Our own words go through gettext (`_`, `ngettext`), dates
through `here`, the site's almanac; outlets' words go through nothing but the escaping.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import translation
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from corante.core import paths
from corante.core.config import Config
from corante.core.ranking import HALF_LIFE_H

from .dates import Almanac, direction

if TYPE_CHECKING:
    from .frames import Head
    from .teasers import Teaser

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TEMPLATES = Path(__file__).resolve().parent.parent / "templates"


def environment(**options: Any) -> Environment:
    """Django's Jinja2 backend calls this with its options; `publish` and `digest` render with the same one."""
    options["autoescape"] = True
    options["undefined"] = StrictUndefined
    options["trim_blocks"] = options["lstrip_blocks"] = True
    options["extensions"] = [*options.get("extensions", ()), "jinja2.ext.i18n"]
    made = Environment(**options)  # noqa: S701 - set four lines above
    made.install_gettext_callables(translation.gettext, translation.ngettext, newstyle=True)  # type: ignore[attr-defined]  # by jinja2.ext.i18n
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "separators": (",", ":")}  # half the weight in Arabic
    made.filters |= {"host": host, "link": link, "xml": xml}
    made.globals |= {"here": Here(), "paths": paths, "direction": direction}
    return made


@lru_cache(maxsize=1)
def standing_environment() -> Environment:
    """The environment for whoever renders without a request."""
    return environment(loader=FileSystemLoader(TEMPLATES))


class Here:
    """What every page knows of its site, read from the settings when asked, so that tests may change them."""

    half_life = HALF_LIFE_H
    epoch = datetime(2026, 1, 1, tzinfo=UTC)  # when a feed that never held anything was last changed

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

    def days(self, things: Iterable[Any], of: str) -> list[tuple[date, list[Any]]]:
        """Things in their order, under the local day of their attribute `of`."""
        local = self.almanac.on
        return [(on, list(some)) for on, some in groupby(things, key=lambda one: local(getattr(one, of)))]

    def months(self, things: Iterable[Any]) -> list[tuple[date, list[Any]]]:
        """Things with a date `on`, in their order, under the first day of its month."""
        return [(on, list(some)) for on, some in groupby(things, key=lambda one: one.on.replace(day=1))]

    def item_list(self, page: Head, stories: Iterable[Teaser]) -> dict[str, Any]:
        """The page for machines (schema.org): a collection of others' articles, not articles of ours."""
        items = [{"@type": "ListItem", "position": n, "url": one.url} for n, one in enumerate(stories, 1)]
        return {
            "@context": "https://schema.org",
            "@type": "CollectionPage",
            "url": self.config.absolute(page.path),
            "name": page.title or self.config.title,
            "mainEntity": {"@type": "ItemList", "itemListElement": items},
        }


def host(url: str) -> str:
    """The host of an address, as people name it."""
    return (urlsplit(url).hostname or url).removeprefix("www.")


def xml(text: str) -> str:
    """Without the characters XML 1.0 cannot carry (its §2.2); escaping is the environment's."""
    return NOT_XML.sub("", text)


def link(url: str) -> str:
    """An outlet's address if a reader may be sent there (http or https), else the front page."""
    return url if url.startswith(("https://", "http://")) else paths.FRONT


@lru_cache(maxsize=8)
def almanac(language: str, time_zone: str) -> Almanac:
    """One almanac for each language and zone."""
    return Almanac(language, time_zone)


@lru_cache(maxsize=1)
def style_hash() -> str:
    """The CSP source of the one style sheet, which every page carries inline (CSP 3 §6.7.3)."""
    sheet = standing_environment().get_template("site/sheet.css").render()
    return f"'sha256-{base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode()}'"
