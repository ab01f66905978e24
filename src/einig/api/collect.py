"""The collector: the Segment HTTP API, answered after the commit.

A lean ASGI application beside Django. It looks at no more than it must to say yes or no: whose key
it is, whether it is JSON, and how large it is. What it keeps waits for the journey. What it has to
refuse although the key was right is kept too, as something to mend, unless it is too large for one
request.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import logging
import secrets
import time
import zlib
from collections.abc import Awaitable, Callable, Iterator, MutableMapping
from typing import Any
from urllib.parse import parse_qs

import msgspec
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections

from einig.api.writer import Row, Writer
from einig.store.models import Source

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

KINDS = {
    "identify": "identify", "i": "identify", "track": "track", "t": "track",
    "page": "page", "p": "page", "screen": "screen", "s": "screen",
    "group": "group", "g": "group", "alias": "alias", "a": "alias",
}  # fmt: skip
BATCHES = frozenset({"batch", "b", "import"})
METRICS = frozenset({"m", "metrics"})  # what the browser SDK says about itself
EVENT_LIMIT = 33 * 1024  # 32 KB, and room for what is added here
BATCH_LIMIT, BODY_LIMIT = 500 * 1024, 2 * 1024 * 1024
TOO_LARGE = "an event is at most 32 KB"

_KEYS_LAST, _KEYS_REST = 5.0, 0.1  # seconds
_HEADERS = [
    (b"content-type", b"application/json"),
    (b"access-control-allow-origin", b"*"),
]
_decode = msgspec.json.Decoder(dict[str, Any]).decode
_encode = msgspec.json.Encoder().encode
_log = logging.getLogger(__name__)


class Refused(Exception):
    """A request that is answered with a status and a sentence; `keep` is what is kept of it."""

    def __init__(self, status: int, said: str, *, keep: list[Row] | None = None) -> None:
        super().__init__(said)
        self.status, self.said, self.keep = status, said, keep or []


class Collector:
    """The ASGI application for paths below `/v1/`."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer
        self.keys = Keys()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; whatever goes wrong here, clients are asked to come again."""
        try:
            status, body = await self._answer(scope, receive)
        except Exception:
            _log.exception("%s was not kept", scope["path"])
            status, body = 503, _no("this was not kept; send it again")
        await _send(send, scope, status, body)

    async def _answer(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        try:
            return await self._respond(scope, receive)
        except Refused as refused:
            if refused.keep:
                await self.writer.keep(refused.keep)
            return refused.status, _no(refused.said)

    async def _respond(self, scope: Scope, receive: Receive) -> tuple[int, bytes]:
        path = str(scope["path"])[len("/v1/") :].strip("/")
        if scope["method"] == "OPTIONS":
            return 204, b""
        if path.startswith("projects/") and path.endswith("/settings"):
            return 200, _encode(await self._settings(scope, path.split("/")[1]))
        if path not in KINDS and path not in BATCHES and path not in METRICS:
            raise Refused(404, f"there is no /v1/{path[:50]}")
        if scope["method"] != "POST":
            raise Refused(405, "POST is what this address takes")
        body = await _body(scope, receive)
        if path not in METRICS:
            source, given = await self._read(scope, body)
            await self.writer.keep(_rows(path, given, source))
        return 200, _OK

    async def _read(self, scope: Scope, body: bytes) -> tuple[int, dict[str, Any]]:
        """Return the source whose key came along, and what the body says."""
        given = _object(body)
        source = await self.keys.source(_key(scope))
        if source is None and given is not None:
            source = await self.keys.source(given.get("writeKey"))
        if source is None:
            raise Refused(
                401, "this write key is not known; Settings, Sources shows those that are"
            )
        if len(body) > BATCH_LIMIT:
            raise Refused(400, "a batch is at most 500 KB")
        if given is None:
            text = body.decode("utf-8", "backslashreplace").replace("\x00", "")
            raise Refused(
                400, "this is not a JSON object", keep=[(source, text, "this is not JSON in UTF-8")]
            )
        return source, given

    async def _settings(self, scope: Scope, key: str) -> dict[str, Any]:
        """Tell the browser SDK where to send what it tracks: here."""
        if await self.keys.source(key) is None:
            raise Refused(404, "this write key is not known")
        secure = settings.SECURE or scope.get("scheme") == "https"
        destination: dict[str, Any] = {
            "apiKey": key,
            "apiHost": f"{_header(scope, b'host')}/v1",
            "protocol": "https" if secure else "http",
            "unbundledIntegrations": [],
            "addBundledMetadata": True,
            "maybeBundledConfigIds": {},
            "versionSettings": {"version": "4.4.7", "componentTypes": ["browser"]},
        }
        return {
            "integrations": {"Segment.io": destination},
            "plan": {"track": {"__default": {"enabled": True, "integrations": {}}}},
            "edgeFunction": {},
            "metrics": {"sampleRate": 0},
            "legacyVideoPluginsEnabled": False,
            "remotePlugins": [],
        }


class Keys:
    """The write keys of active sources, read anew every few seconds."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self._read_at = float("-inf")
        self._reading: asyncio.Future[dict[str, int]] | None = None

    async def source(self, key: object) -> int | None:
        """Return whose key it is. One that is not known may have been made a moment ago."""
        if not isinstance(key, str) or not key:
            return None
        age = time.monotonic() - self._read_at
        if age > (_KEYS_LAST if key in self._known else _KEYS_REST):
            await self._read()
        return self._known.get(key)

    async def _read(self) -> None:
        """Read the keys once for all who ask for them meanwhile."""
        reading = self._reading = self._reading or asyncio.ensure_future(
            sync_to_async(_active_keys)()
        )
        try:
            self._known = await asyncio.shield(reading)
            self._read_at = time.monotonic()
        finally:
            self._reading = None


def _active_keys() -> dict[str, int]:
    close_old_connections()
    return dict(Source.objects.filter(active=True).values_list("key", "id"))


# --- what is kept -----------------------------------------------------------------------------


def _object(body: bytes) -> dict[str, Any] | None:
    """Return a JSON object; None if it is none."""
    try:
        return _decode(body)
    except (ValueError, RecursionError):
        return _leniently(body)


def _leniently(body: bytes) -> dict[str, Any] | None:
    """Return what is JSON but for a mark of its byte order, a NaN, or half of a character."""
    try:
        text = json.dumps(json.loads(body.decode("utf-8-sig")), ensure_ascii=False)
        given = json.loads(text.encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    return given if isinstance(given, dict) else None


def _rows(path: str, given: dict[str, Any], source: int) -> list[Row]:
    """Return what is to be kept of a body, each message with its type, an id and its `sentAt`."""
    if path in KINDS:
        given["type"] = KINDS[path]
        row = _row(given, source)
        if not (given.get("userId") or given.get("anonymousId")):
            said = "neither userId nor anonymousId says who it was"
            raise Refused(400, said, keep=[(source, row[1], said)])
        rows = [row]
    else:
        rows = [_row(message, source) for message in _batch(given)]
    if any(reason for _, _, reason in rows):
        others = "; the others of this batch were kept" if len(rows) > 1 else ""
        raise Refused(400, TOO_LARGE + others, keep=rows)
    return rows


def _batch(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the messages of a batch, each with what the batch says for all of them."""
    batch = given.get("batch")
    if not isinstance(batch, list):
        raise Refused(400, "batch must be a list of messages")
    shared = {name: given[name] for name in ("sentAt", "context") if name in given}
    for message in batch:
        yield shared | (message if isinstance(message, dict) else {"message": message})


def _row(message: dict[str, Any], source: int) -> Row:
    if not message.get("messageId"):
        message["messageId"] = secrets.token_hex(16)
    message.pop("writeKey", None)
    try:
        text = _encode(message)
    except RecursionError:
        raise Refused(400, "this is nested too deeply") from None
    return source, text.decode(), TOO_LARGE if len(text) > EVENT_LIMIT else ""


# --- HTTP -------------------------------------------------------------------------------------


async def _body(scope: Scope, receive: Receive) -> bytes:
    """Return the body, unpacked if it is packed: clients disagree about how they say so."""
    length = _header(scope, b"content-length")
    said = int(length) if length.isdigit() else None
    if said is not None and said > BODY_LIMIT:
        raise Refused(413, "a request is at most 2 MB")
    body, more = b"", True
    while more and len(body) != said:  # whoever has all of it need not ask for more
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Refused(400, "the connection ended before the body did")
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
            raise Refused(413, "a request is at most 2 MB")
        more = message.get("more_body", False)
    return _unpacked(body) if body[:2] == b"\x1f\x8b" else body


def _unpacked(body: bytes) -> bytes:
    unpack = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        body = unpack.decompress(body, BODY_LIMIT)
    except zlib.error:
        raise Refused(400, "this is not gzip") from None
    if unpack.unconsumed_tail:
        raise Refused(413, "a request is at most 2 MB, unpacked")
    if not unpack.eof:
        raise Refused(400, "this is not all of it: gzip goes on")
    return body


def _key(scope: Scope) -> str | None:
    scheme, _, value = _header(scope, b"authorization").partition(" ")
    if scheme.casefold() == "bearer":
        return value.strip()
    if scheme.casefold() == "basic":
        try:
            return base64.b64decode(value, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            return None
    query = parse_qs(bytes(scope.get("query_string", b"")).decode("latin-1"))
    return query.get("writeKey", [None])[0]


def _header(scope: Scope, name: bytes) -> str:
    """Return a header; servers hand their names over in small letters."""
    return next((of.decode("latin-1") for header, of in scope["headers"] if header == name), "")


def _no(said: str) -> bytes:
    return _encode({"success": False, "message": said})


_OK = _encode({"success": True})


async def _send(send: Send, scope: Scope, status: int, body: bytes) -> None:
    headers = [*_HEADERS, (b"content-length", str(len(body)).encode())]
    if status == 204:
        headers = [*_HEADERS, *_preflight(scope)]
    elif status == 503:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _preflight(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Return what a browser wants to hear before it sends; SDKs add headers as they grow."""
    wanted = _header(scope, b"access-control-request-headers") or "authorization, content-type"
    return [
        (b"access-control-allow-methods", b"GET, POST, OPTIONS"),
        (b"access-control-allow-headers", wanted.encode("latin-1")),
        (b"access-control-max-age", b"86400"),
    ]
