"""Speaking to an Einig server, as the person whose key it is."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import click

from einig.engine.document import refuse

Command = TypeVar("Command", bound=Callable[..., Any])
_PATIENCE = 30.0  # seconds
_LOCAL = frozenset({"127.0.0.1", "localhost", "::1"})


def server_option(command: Command) -> Command:
    """Add --server."""
    return click.option(
        "--server",
        envvar="EINIG_URL",
        default="http://127.0.0.1:8400",
        show_default=True,
        metavar="ADDRESS",
        help="The address of the Einig server; EINIG_URL says it too.",
    )(command)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    body: Any


class _NoRedirect(HTTPRedirectHandler):
    """Sends a key to nobody else than who was meant."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Server:
    """A server, and the key by which it knows who asks."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise refuse(f"{address} is no address.", "Write for example https://einig.example.com")
        if parts.scheme == "http" and parts.hostname not in _LOCAL:
            message = "Without https anybody on the way could read the key."
            raise refuse(message, f"Write https://{parts.netloc}")
        self.address = f"{parts.scheme}://{parts.netloc}"
        self._key = os.environ.get("EINIG_KEY", "").strip()
        if not self._key:
            remedy = f"Make one at {self.address}/keys, and set EINIG_KEY to it."
            raise refuse("Nobody knows who asks: a personal key is missing.", remedy)
        self._open = build_opener(_NoRedirect).open

    def ask(self, method: str, path: str, body: object = None) -> Answer:
        """Return an answer that this command can go on with; refuse with the reason otherwise."""
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "application/json"}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        request = Request(f"{self.address}/api{path}", data, headers, method=method)
        try:
            with self._open(request, timeout=_PATIENCE) as response:
                return Answer(response.status, json.load(response))
        except HTTPError as error:
            return self._refused(error)
        except (URLError, HTTPException, OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            remedy = "Check the address, and whether the server runs."
            raise refuse(f"{self.address} cannot be asked: {reason}.", remedy) from None

    def _refused(self, error: HTTPError) -> Answer:
        try:
            told = json.loads(error.read())
        except ValueError:
            told = {}
        if error.code in {409, 422} and isinstance(told, dict):
            return Answer(error.code, told)
        if error.code == 401:
            remedy = f"Make a new one at {self.address}/keys"
            raise refuse("The server does not know this key.", remedy)
        why = told.get("detail", error.reason) if isinstance(told, dict) else error.reason
        raise refuse(f"{self.address} says no ({error.code}): {why}.", "Nothing was changed.")
