"""A letter's two parts from its templates: HTML with every style set on its element, and plain text.

Rule: both parts come from the same values, so they say the same in the same order. Many mail programs drop style
sheets, so what carries the layout is inlined here; what stays in the sheet (dark, narrow) is a bonus.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache, partial
from typing import Any

import css_inline
from django.utils import translation

from corante.core.plaintext import isolate, underlined, wrap

from .dates import direction
from .templating import standing_environment


def render_letter(name: str, language: str, values: Mapping[str, Any]) -> tuple[str, str]:
    """(HTML, text) of `email/<name>.html` and `email/<name>.txt` in a language.

    Takes at least `subject` and `preheader` in `values`; raises UndefinedError for a name the templates ask in vain.
    """
    frame = _frame(language) | dict(values)
    with translation.override(language):
        html = _render(f"email/{name}.html", frame)
        text = _render(f"email/{name}.txt", frame)
    return _tight(_inliner().inline(html)), _tidy(text)


def _frame(language: str) -> dict[str, Any]:
    dir_ = "rtl" if direction(language) == "rtl" else "ltr"
    return {
        "lang": language,
        "dir": dir_,
        "start": "right" if dir_ == "rtl" else "left",
        "wrap": wrap,
        "underlined": underlined,
        "isolate": partial(isolate, direction=dir_),
    }


def _render(name: str, values: dict[str, Any]) -> str:
    return str(standing_environment().get_template(name).render(values))


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(keep_style_tags=False, load_remote_stylesheets=False)


def _tight(html: str) -> str:
    """Without empty lines and indents between tags."""
    return re.sub(r">\s*\n\s*<", ">\n<", html)


def _tidy(text: str) -> str:
    """At most two empty lines in a row, none with spaces at its end."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{4,}", "\n\n\n", lines).strip() + "\n"
