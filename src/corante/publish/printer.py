"""From a page's values to its bytes: one method for each kind of page.

Rule: no query here; what a page shows it is given. The bytes depend on nothing but the values and the templates,
so an unchanged page is an equal file.
"""

from __future__ import annotations

from typing import Any

from jinja2 import Environment

from corante.catalog.frames import Frame, Head
from corante.catalog.templating import Here, standing_environment


class Printer:
    """Renders pages of one site inside one frame."""

    def __init__(self, frame: Frame, environment: Environment | None = None) -> None:
        self.frame = frame
        self.here = Here()
        self._environment = environment or standing_environment()

    def page(self, template: str, page: Head, **values: Any) -> bytes:
        """A page of HTML."""
        found = self._environment.get_template(f"site/{template}.html")
        return found.render(frame=self.frame, page=page, **values).encode()

    def file(self, template: str, **values: Any) -> bytes:
        """A file that is no page: a feed, a sitemap."""
        return self._environment.get_template(f"site/{template}").render(**values).encode()
