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
    if not _set(document, path, value):
        return None
    out = io.StringIO()
    yaml.dump(document, out)
    return out.getvalue()


def _set(document: Any, path: tuple[str, ...], value: Any) -> bool:
    """Set a value in a document, or remove it where it is None; return whether that can be done."""
    inside = document
    for key in path[:-1]:
        step = _key(inside, key)
        if isinstance(inside, dict) and (step is None or inside[step] is None):
            if value is None:
                return False
            step = key if step is None else step
            inside[step] = {}  # nothing after a key is an empty mapping
        elif step is None:
            return False
        inside = inside[step]
    last: Any = _key(inside, path[-1])
    if value is None:
        if last is None:
            return False
        del inside[last]
    elif last is not None or isinstance(inside, dict):
        inside[path[-1] if last is None else last] = value
    else:
        return False
    return True


def _key(inside: Any, key: str) -> Any:
    """Return the key as the library has it: a number where one was written."""
    if isinstance(inside, list):
        return int(key) if key.isdecimal() and int(key) < len(inside) else None
    if not isinstance(inside, dict):
        return None
    return next((of for of in inside if str(of) == key), None)
