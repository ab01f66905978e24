"""Speaking to an Einig server, as the person whose key it is."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import click

from einig.cli.checkout import hashed
from einig.engine.document import refuse

_KEY = re.compile(r"[!-~]+")
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
        try:
            parts = urlsplit(address)
        except ValueError:
            parts = urlsplit("")
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
        if not _KEY.fullmatch(self._key):  # which must not be printed, whatever it is
            raise refuse("What EINIG_KEY says is no key.", "Set it to the key, in one line.")
        self._open = build_opener(_NoRedirect).open

    def ask(self, method: str, path: str, body: object = None, *, once: str = "") -> Answer:
        """Return an answer that this command can go on with; refuse with the reason otherwise.

        What is sent again with the same `once` is done once.
        """
        headers = {"Authorization": f"Bearer {self._key}", "Accept": "application/json"}
        headers |= {"Idempotency-Key": once} if once else {}
        data = None
        if body is not None:
            data = json.dumps(body).encode()
            headers["Content-Type"] = "application/json"
        request = Request(f"{self.address}/api{path}", data, headers, method=method)
        try:
            with self._open(request, timeout=_PATIENCE) as response:
                return self._read(response.status, response.read())
        except HTTPError as error:
            return self._refused(error)
        except (URLError, HTTPException, OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            remedy = "Check the address, and whether the server runs."
            raise refuse(f"{self.address} cannot be asked: {reason}.", remedy) from None

    def every_version(self) -> list[dict[str, Any]]:
        """Return every version that the server has."""
        told = self.ask("GET", "/agreements").body
        if not isinstance(told, list):
            raise refuse(f"{self.address} lists no versions.", "Check the address.")
        return told

    def _read(self, status: int, said: bytes) -> Answer:
        try:
            told = json.loads(said)
            if status == 409:
                told = {"detail": str(told["detail"]), "now": _version(told["now"])}
            elif status == 422:
                told = {"detail": str(told["detail"]), "issues": _issues(told)}
            elif isinstance(told, list):
                told = [_version(of) for of in told]
            else:
                told = _version(told)
        except (ValueError, TypeError, KeyError, RecursionError):
            remedy = "Check the address: is this an Einig server, and not a newer one?"
            raise refuse(f"{self.address} answers what nobody understands.", remedy) from None
        return Answer(status, told)

    def _refused(self, error: HTTPError) -> Answer:
        try:
            said = error.read()
            told = json.loads(said)
        except (HTTPException, OSError, ValueError, RecursionError):
            said, told = b"", {}
        if error.code in {409, 422}:
            return self._read(error.code, said)
        if error.code == 401:
            remedy = f"Make a new one at {self.address}/keys"
            raise refuse("The server does not know this key.", remedy)
        why = told.get("detail", error.reason) if isinstance(told, dict) else error.reason
        raise refuse(f"{self.address} says no ({error.code}): {why}.", "Nothing was changed.")


def _version(told: Any) -> dict[str, Any]:
    """Return a version as a server told it. Raises TypeError, KeyError or ValueError."""
    kinds = {"number": int, "revision": int, "state": str, "text_hash": str, "text": str}
    found = {name: told[name] for name in kinds}
    if any(type(of) is not kinds[name] for name, of in found.items()):
        raise TypeError
    if found["number"] < 1 or hashed(found["text"]) != found["text_hash"]:
        raise ValueError
    return found


def _issues(told: Any) -> list[dict[str, Any]]:
    kinds = {"line": int, "column": int, "criterion": str, "message": str, "remedy": str}
    found = [{name: of[name] for name in kinds} for of in told.get("issues", [])]
    if any(type(of[name]) is not kind for of in found for name, kind in kinds.items()):
        raise TypeError
    return found
