"""What a sender does in a test: it sends deliveries, each with its proof, in the order it would."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from einig.connectors.contract import Heard

FOLDERS = Path("src/einig/connectors")
KEY = "key-of-the-source"
HOST = "https://einig.example"
ANSWERS = "{answers}"  # in a setting: where what is asked for is answered
FORM = "application/x-www-form-urlencoded"


def more(body: bytes) -> bytes:
    """Return a JSON object with something that no document mentions."""
    return json.dumps(json.loads(body) | {"surprise": {"deep": [1, {"x": None}]}}).encode()


def half(body: bytes) -> bytes:
    """Return a body that broke off."""
    return body[: len(body) // 2]


def without(*path: str) -> Callable[[bytes], bytes]:
    """Return what takes something out of a JSON object."""

    def taken_out(body: bytes) -> bytes:
        given = inner = json.loads(body)
        for key in path[:-1]:
            inner = inner[key]
        del inner[path[-1]]
        return json.dumps(given).encode()

    return taken_out


@dataclass(frozen=True)
class Sends:
    """A sender.

    `proof` returns the headers that prove a body, made by the sender's own library where there is
    one; None where what proves it stands in the body or is the address itself, which nobody can
    guess. `bodies` are deliveries about one person in the order in which they were sent, and
    `heard` what each says. `unknown` adds what no document mentions, and `broken` makes one that
    cannot be understood. `answers` is what the sender answers when it is asked, by path.
    """

    kind: str
    bodies: list[bytes]
    heard: list[list[Heard]]
    settings: Mapping[str, str] = field(default_factory=dict)
    proof: Callable[[bytes, str], Mapping[str, str]] | None = None
    content_type: str = "application/json"
    library: str = ""  # the package that signs in these tests; empty where there is none
    path: str = ""  # where it sends to, if that is not the usual address
    unknown: Callable[[bytes], bytes] = more
    broken: Callable[[bytes], bytes] = half
    forged: Callable[[bytes], bytes] | None = None  # a body that proves the wrong sender
    answers: Mapping[str, bytes] = field(default_factory=dict)
    says_when: bool = True  # whether it says when something happened
    is_numbered: bool = True  # whether its deliveries have ids
    is_fetched: bool = False  # whether Einig comes for them, so that nobody can deliver

    @property
    def address(self) -> str:
        """Return the path to which it sends."""
        return self.path or f"/in/{self.kind}/{KEY}-{self.kind}"

    def headers(self, body: bytes) -> dict[str, str]:
        """Return what goes with a body."""
        proof = self.proof(body, HOST + self.address) if self.proof is not None else {}
        return {"content-type": self.content_type} | dict(proof)


def sample(kind: str, name: str) -> bytes:
    """Return a delivery as the connector's folder keeps it."""
    return (FOLDERS / kind / "samples" / name).read_bytes().rstrip(b"\n")
