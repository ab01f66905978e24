"""Values of an agreement as YAML on one line, and the paths that lead to them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

Path = tuple[str, ...]  # keys from the outside in; the number of an item in a list
Plain = str | None | list[Any] | dict[str, Any]  # a document, each scalar as it is written

_SAFE = re.compile(r"(?:[\w/(]|<(?!<))[\w /().+€$<>=°'-]*%?", re.UNICODE)
_ESCAPED = re.compile("[\x7f-\xa0\u2028\u2029\ufeff\ufffe\uffff]")  # read as breaks, or not at all
_NULLS = frozenset({"null", "Null", "NULL"})


def flow(value: Plain) -> str:
    """Return a value as YAML on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{flow(key)}: {flow(of)}" for key, of in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(map(flow, value)) + "]"
    if value is None:
        return "null"
    safe = _SAFE.fullmatch(value) is not None and value not in _NULLS and value == value.strip()
    return value if safe else _ESCAPED.sub(_escape, json.dumps(value, ensure_ascii=False))


def _escape(of: re.Match[str]) -> str:
    return f"\\u{ord(of[0]):04x}"
