"""The one server application: the collector below `/v1/`, and Django for everything else."""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "einig.config.settings")
pages: Any = get_asgi_application()

from einig.api.collect import Collector  # noqa: E402  # Django has to be set up first
from einig.api.size import limited  # noqa: E402  # Django has to be set up first
from einig.api.writer import Writer  # noqa: E402  # Django has to be set up first

Message = MutableMapping[str, Any]
writer = Writer()
collector = Collector(writer)


async def application(
    scope: Message,
    receive: Callable[[], Awaitable[Message]],
    send: Callable[[Message], Awaitable[None]],
) -> None:
    """Answer a request, or follow the server's life."""
    if scope["type"] == "lifespan":
        await _live(receive, send)
    elif scope["type"] == "http" and scope["path"].startswith("/v1/"):
        await collector(scope, receive, send)
    elif scope["type"] == "http":
        await limited(pages, scope, receive, send)
    else:
        await pages(scope, receive, send)


async def _live(
    receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            writer.start()
            gc.freeze()  # what is there by now stays: collecting garbage need not look at it
            threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await writer.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


def _end_with_parent() -> None:
    """End when the process that runs this server was killed: nobody would end it otherwise."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
