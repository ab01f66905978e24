"""Writes the generated parts of the reference, from the code: `python docs/generate.py`.

A page in docs/reference is written by hand, apart from its blocks:

    <!-- generated: NAME -->
    …
    <!-- end -->
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from einig.cli.main import cli
from einig.engine.agreement.document import schema
from einig.engine.history.mapping_grammar import mapping_schema

REFERENCE = Path(__file__).parent / "reference"
_BLOCK = re.compile(r"(<!-- generated: (.+?) -->\n).*?(<!-- end -->)", re.DOTALL)


def pages() -> Iterator[tuple[Path, str]]:
    """Yield every generated page with the text that it should have."""
    yield REFERENCE / "agreement.schema.json", json.dumps(schema(), indent=2) + "\n"
    for page in sorted(REFERENCE.glob("*.md")):
        yield page, _BLOCK.sub(_filled, page.read_text(encoding="utf-8"))


def _filled(block: re.Match[str]) -> str:
    kind, _, name = block[2].partition(" ")
    return f"{block[1]}{_KINDS[kind](name)}\n{block[3]}"


# --- agreements -------------------------------------------------------------------------------


def _agreement(path: str) -> str:
    """Return the keys of a part of an agreement."""
    return _keys(schema(), path)


def _mapping(path: str) -> str:
    """Return the keys of a part of a mapping, without those that describe every file."""
    part = mapping_schema()
    if path == "file":
        part = part["properties"]["leads"]
        files = {key: of for key, of in part["properties"].items() if key in _OF_FILES}
        return _keys({"properties": files}, "")
    return _keys(part, path, without=_OF_FILES if path else ())


_OF_FILES = ("file", "sheet", "delimiter", "encoding", "decimal", "dates")


def _keys(whole: Any, path: str, without: Sequence[str] = ()) -> str:
    """Return the keys of a part as a table. `*` steps into a table of names."""
    part = whole
    for key in path.split(".") if path else ():
        part = _inside(part, key)
    shown = {key: of for key, of in part["properties"].items() if key not in without}
    rows = [f"| `{key}` | {_form(of)} | {of['description']} |" for key, of in shown.items()]
    required = [f"`{key}`" for key in part.get("required", ()) if key not in without]
    note = f"\n\nRequired: {', '.join(required)}." if required else ""
    return "\n".join(["| key | written as | what it says |", "|---|---|---|", *rows]) + note


def _inside(part: Any, key: str) -> Any:
    if key in ("rule", "condition"):
        return next(of for of in schema()["$defs"][key]["anyOf"] if "properties" in of)
    found = part["additionalProperties"] if key == "*" else part["properties"][key]
    options = found.get("anyOf", [found])
    return next(of for of in options if "properties" in of or "additionalProperties" in of)


def _form(of: Any) -> str:
    """Return how a value is written, in a few words."""
    if "$ref" in of:
        return f"a {of['$ref'].rpartition('/')[2]}"
    if "anyOf" in of:
        return " or ".join(dict.fromkeys(_form(each) for each in of["anyOf"]))
    if "enum" in of:
        words = [each for each in of["enum"] if each not in ("yes", "no")]
        return " or ".join(f"`{json.dumps(each).strip(chr(34))}`" for each in words)
    if "pattern" in of:
        examples = of.get("examples") or ["2%"]
        return f"like `{examples[0]}`"
    if of["type"] == "array":
        inner = of["items"]
        return "a list of conditions" if _is_table(inner) else f"a list of {_form(inner)[2:]}s"
    if of["type"] == "object":
        return "a table of names" if _is_table(of) else "a mapping"
    return {"integer": "a whole number", "number": "a number"}.get(str(of["type"]), "a text")


def _is_table(of: Any) -> bool:
    return of.get("type") == "object" and "properties" not in of


# --- commands ---------------------------------------------------------------------------------


def _command(name: str) -> str:
    """Return the help of a command as it is printed."""
    command = cli.get_command(click.Context(cli), name) if name else cli
    assert command is not None, name
    context = click.Context(
        command, info_name=f"einig {name}".strip(), terminal_width=80, max_content_width=80
    )
    return f"```text\n{command.get_help(context)}\n```"


_KINDS: dict[str, Callable[[str], str]] = {
    "keys": _agreement,
    "mapping": _mapping,
    "command": _command,
}


if __name__ == "__main__":
    for path, text in pages():
        path.write_text(text, encoding="utf-8")
