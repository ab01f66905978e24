"""What was signed, named by hashes: a text by its own, and every step by a chain of seals."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_SCHEME = "einig-seal-1"


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text as it is written, as 64 hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def seal_hash(*, previous: str, number: int, kind: str, said: Mapping[str, Any]) -> str:
    """Return the SHA-256 of what happened, and of everything before it."""
    link = {"previous": previous, "number": number, "kind": kind, "said": dict(said)}
    plain = json.dumps(link, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{_SCHEME}\n{plain}".encode()).hexdigest()
