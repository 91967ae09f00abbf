"""Logging of a process: one line an event, for people on a terminal, as JSON elsewhere. Never an e-mail address,
never a link that acts for a reader."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog
from structlog.typing import Processor

_TOKEN = re.compile(r"(/(?:leave|letter|confirm)/)[0-9a-f]{32}")
_ADDRESS = re.compile(r"[^\s<>@\"']+@[^\s<>@\"']+\.[a-z]{2,}", re.I)


def set_up(process: str, level: str = "INFO") -> None:
    """Send structlog and the standard library's logging to stderr in one form."""
    human = sys.stderr.isatty()
    renderer = _for_people() if human else structlog.processors.JSONRenderer(ensure_ascii=False)
    shared: list[Any] = [
        _of(process),
        structlog.processors.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if human else "iso", utc=not human),
        structlog.processors.format_exc_info,
        _without_readers,
        *([_without_the_obvious] if human else []),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in ("trafilatura", "htmldate", "asyncio", "_granian", "granian.access", "mail.log"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # Anybody can send a wrong Host as often as they like: a line each, with its traceback, would fill the disk.
    logging.getLogger("django.security.DisallowedHost").setLevel(logging.CRITICAL)


def _of(process: str) -> Processor:
    """Says which process speaks, whatever its thread."""

    def named(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        event["process"] = process
        return event

    return named


def _for_people() -> structlog.dev.ConsoleRenderer:
    """`07:06:14 worker publish    made=19 seconds=0.55`: the time, who, what, the rest; a level from warning on."""
    dim, plain = ("\x1b[2m", "\x1b[0m") if "NO_COLOR" not in os.environ else ("", "")

    def column(key: str, width: int = 0, style: str = "") -> structlog.dev.Column:
        shape = structlog.dev.KeyValueColumnFormatter(None, style, plain if style else "", str, width)
        return structlog.dev.Column(key, shape)

    rest = structlog.dev.KeyValueColumnFormatter(dim, "", plain, _short)
    heads = [column("timestamp", style=dim), column("process", 6), column("level"), column("event", 10)]
    return structlog.dev.ConsoleRenderer(
        columns=[*heads, structlog.dev.Column("", rest)], exception_formatter=structlog.dev.plain_traceback
    )


def _without_the_obvious(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event.pop("logger", None)
    if event.get("level") == "info":
        del event["level"]
    return event


def _short(value: object) -> str:
    return _visible(", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value), "")


def _without_readers(_logger: Any, _name: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            told = _TOKEN.sub(r"\1…", _ADDRESS.sub("…@…", value) if "@" in value else value)
            event[key] = _visible(told, "\n" if key == "exception" else "")
    return event


def _visible(text: str, kept: str) -> str:
    """What a stranger wrote begins no line of its own, moves no cursor and turns no writing around: escapes are spelled."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in kept else c.encode("unicode_escape").decode() for c in text)
