"""The web process, assembled: files of the public tree on the event loop, everything else to Django in threads."""

from __future__ import annotations

import os
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "corante.project.settings")

import django

django.setup()

from a2wsgi import WSGIMiddleware  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402

from corante.site import tree  # noqa: E402
from corante.site.intake import Intake  # noqa: E402

# Django's handler is a WSGI application; its return type is narrower than a2wsgi spells it.
_django = WSGIMiddleware(cast(Any, get_wsgi_application()), workers=4)


async def dynamic(scope: tree.Scope, receive: tree.Receive, send: tree.Send) -> None:
    """Django, in threads. a2wsgi wants `receive()` to be a coroutine; Granian's is some other awaitable."""

    async def received() -> Any:
        return await receive()

    await _django(cast(Any, scope), received, cast(Any, send))


application = tree.application(settings.PUBLIC_TREE, Intake(dynamic))
