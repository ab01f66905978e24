"""Writing the text of an agreement anew with one value changed, where nothing can be cut in."""

from __future__ import annotations

import io
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError


def rewritten(text: str, path: tuple[str, ...], value: Any) -> str | None:
    """Return the text with a value set, or removed where it is None; None if it cannot be."""
    yaml = YAML()
    yaml.version = None
    yaml.preserve_quotes = True
    yaml.width = 10_000
    try:
        document = yaml.load(text)
    except YAMLError:
        return None
    inside = document
    for key in path[:-1]:
        step = _key(inside, key)
        if step is None:
            if not isinstance(inside, dict) or value is None:
                return None
            inside[key] = {}
            step = key
        inside = inside[step]
    if isinstance(inside, str):
        return None
    last: Any = _key(inside, path[-1])
    if value is None:
        if last is None:
            return text
        del inside[last]
    else:
        inside[path[-1] if last is None else last] = value
    out = io.StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def _key(inside: Any, key: str) -> Any:
    """Return the key as the library has it: a number where one was written."""
    if isinstance(inside, list):
        return int(key) if key.isdecimal() and int(key) < len(inside) else None
    if not isinstance(inside, dict):
        return None
    return next((of for of in inside if str(of) == key), None)
