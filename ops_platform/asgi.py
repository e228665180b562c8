"""The one way in: live events natively, all other requests through Django's WSGI in threads.

Pages through WSGI cost a quarter of the processor of Django under ASGI; only the stream of live
events needs to hold thousands of connections.
"""

import os
from collections.abc import Awaitable, Callable, MutableMapping
from importlib import import_module
from typing import Any, cast

from a2wsgi import WSGIMiddleware

from ops_platform.env import env
from ops_platform.wsgi import application as pages

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Handler = Callable[[Scope, Receive, Send], Awaitable[None]]

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ops_platform.settings")
_pages = cast("Handler", WSGIMiddleware(cast("Any", pages), workers=env.web_threads))


def _live_handler() -> Handler:
    return cast("Handler", getattr(import_module("foundation.ui.live"), "application", _pages))


_live = _live_handler()


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one connection."""
    if scope["type"] == "http":
        handler = _live if scope["path"].startswith("/live/") else _pages
        await handler(scope, receive, send)
    elif scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1000})
