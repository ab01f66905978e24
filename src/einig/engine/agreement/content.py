"""What an agreement says, apart from how it is written: the content, and the hash that names it.

Formatting, comments, order, spelling of compared text and defaults that are written out change
nothing. A changed hash is a new version.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import MISSING, fields, is_dataclass
from typing import Any

from einig.engine.agreement.model import Agreement
from einig.engine.values import fold

_SCHEME = "einig-agreement-1"
# Names are shown and referred to as written; everything else is compared folded.
_AS_WRITTEN = frozenset({"name", "return_reasons"})


def content_hash(agreement: Agreement) -> str:
    """Return the SHA-256 of the content, as 64 hexadecimal digits."""
    return hashlib.sha256(f"{_SCHEME}\n{_text(content(agreement))}".encode()).hexdigest()


def content(of: Any, *, as_written: bool = False) -> Any:
    """Return any part of an agreement as plain values that are equal if it says the same."""
    match of:
        case str():
            return of if as_written else fold(of)
        case float():
            return repr(of)
        case tuple():
            parts = {_text(part): part for part in (content(p, as_written=as_written) for p in of)}
            return [parts[text] for text in sorted(parts)]
        case _ if is_dataclass(of):
            return {"is": type(of).__name__} | {
                each.name: content(getattr(of, each.name), as_written=each.name in _AS_WRITTEN)
                for each in fields(of)
                if each.metadata.get("meaning", True) and not _is_default(of, each)
            }
    return of


def _is_default(of: Any, each: Any) -> bool:
    return each.default is not MISSING and getattr(of, each.name) == each.default


def _text(plain: Any) -> str:
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
