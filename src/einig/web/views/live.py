"""What is new for whom, told to open inboxes the moment it happens (server-sent events)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from asgiref.sync import sync_to_async
from django.db.models import Max
from django.http import HttpRequest, StreamingHttpResponse

from einig.store.models import Notice

_EVERY = 0.2  # seconds between looks, one look for all open inboxes
_BREATH = 15.0  # seconds after which a silent connection says that it is alive


class _News:
    """The newest notice of everybody, read once for all who listen."""

    def __init__(self) -> None:
        self.newest: dict[int, int] = {}
        self.read_at = 0.0
        self.lock = asyncio.Lock()

    async def of(self, user: int) -> int:
        """Return the number of the newest notice of somebody."""
        async with self.lock:
            now = asyncio.get_running_loop().time()
            if now - self.read_at >= _EVERY:
                self.newest = await sync_to_async(_newest)()
                self.read_at = now
        return self.newest.get(user, 0)


def _newest() -> dict[int, int]:
    return dict(Notice.objects.values_list("to").annotate(newest=Max("id")))


_news: dict[asyncio.AbstractEventLoop, _News] = {}


async def live(request: HttpRequest) -> StreamingHttpResponse:
    """Say "news" whenever there is any for whoever is signed in."""
    user = await request.auser()
    response = StreamingHttpResponse(_told(int(user.pk or 0)), content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


async def _told(user: int) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    news = _news.setdefault(loop, _News())
    last = await news.of(user)
    spoke = loop.time()
    yield b"retry: 1000\n\n"
    while True:
        await asyncio.sleep(_EVERY)
        newest = await news.of(user)
        if newest != last:
            last, spoke = newest, loop.time()
            yield b"event: news\ndata: \n\n"
        elif loop.time() - spoke > _BREATH:
            spoke = loop.time()
            yield b": alive\n\n"
