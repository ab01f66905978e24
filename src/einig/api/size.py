"""How large a request may be; what is larger is refused before it is read or kept anywhere."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

KB, MB = 1024, 1024 * 1024
LIMITS = {
    "/api/": 512 * KB, "/hooks/": 512 * KB, "/in/": 512 * KB, "/f/": 512 * KB,
    "/submissions/": 512 * KB, "/servlet/": 512 * KB,
    "/documents": 26 * MB,
    "/settings/import": 513 * MB,  # a file, and the form around it
}  # fmt: skip
PAGES = 5 * MB


async def limited(app: Application, scope: Message, receive: Receive, send: Send) -> None:
    """Answer a request by `app`, or with 413 if it is too large, said beforehand or not."""
    limit = next((of for path, of in LIMITS.items() if scope["path"].startswith(path)), PAGES)
    length = dict(scope["headers"]).get(b"content-length", b"")
    if length.isdigit() and int(length) > limit:
        await _refuse(send, scope, limit)
        return
    body = _Counted(receive, limit)
    await app(scope, body, send)
    if body.is_over:
        await _refuse(send, scope, limit)


class _Counted:
    """What a client sends, up to a limit; beyond it the client counts as gone."""

    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive, self._left, self.is_over = receive, limit, False

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left >= 0:
            return message
        self.is_over = True
        return {"type": "http.disconnect"}


async def _refuse(send: Send, scope: Message, limit: int) -> None:
    size = f"{limit // MB} MB" if limit >= MB else f"{limit // KB} KB"
    said = f"a request to this address is at most {size}; nothing was kept"
    is_page = not scope["path"].startswith(("/api/", "/hooks/", "/in/"))
    body = said if is_page else json.dumps({"ok": False, "message": said})
    kind = b"text/plain; charset=utf-8" if is_page else b"application/json"
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body.encode()})
