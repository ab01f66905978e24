"""Business cards: vCard 2.1, 3.0 and 4.0 as one table, a row a card.

Read here and not by a package: `vobject` has not learned version 4.0, and a card is a few lines.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator

from einig.engine.values import legible

COLUMNS = (
    "Name", "First name", "Last name", "Email", "Email 2", "Phone", "Phone 2", "Company", "Title",
    "Street", "City", "State", "Postal code", "Country", "Website", "Campaign", "Card UID",
)  # fmt: skip


def is_card(line: str) -> bool:
    """Return whether a line begins a card."""
    return line.strip().upper() == "BEGIN:VCARD"


def rows(of: Iterator[str]) -> Iterator[list[str]]:
    """Yield the columns, then a row for each card."""
    yield list(COLUMNS)
    said: dict[str, list[str]] = {}
    for line in _unfolded(of):
        name, value = _read(line)
        if name == "BEGIN":
            said = {}
        elif name == "END":
            if any(said.values()):
                yield _row(said)
            said = {}
        elif name:
            said.setdefault(name, []).append(value)


def _row(said: dict[str, list[str]]) -> list[str]:
    name, address = _parts(said, "N", 5), _parts(said, "ADR", 7)
    emails, phones = said.get("EMAIL", []), said.get("TEL", [])
    company = next(iter(_split(said.get("ORG", [""])[0], ";")), "")
    cells = [
        _plain(said.get("FN", [""])[0]), name[1], name[0], *_two(emails), *_two(phones),
        company, _plain(said.get("TITLE", said.get("ROLE", [""]))[0]),
        address[2], address[3], address[4], address[5], address[6],
        _plain(said.get("URL", [""])[0]), "", _plain(said.get("UID", [""])[0]),
    ]  # fmt: skip
    return [legible(cell).strip() for cell in cells]


def _two(values: list[str]) -> tuple[str, str]:
    told = [re.sub(r"^(mailto|tel):", "", _plain(of), flags=re.IGNORECASE) for of in values]
    first, second, *_ = [*told, "", ""]
    return first, second


def _parts(said: dict[str, list[str]], name: str, many: int) -> list[str]:
    return ([*_split(said.get(name, [""])[0], ";"), *[""] * many])[:many]


def _split(value: str, by: str) -> list[str]:
    return [_plain(part) for part in re.split(rf"(?<!\\){by}", value)]


def _plain(value: str) -> str:
    return re.sub(
        r"\\(.)", lambda of: "\n" if of[1] in "nN" else of[1], value, flags=re.DOTALL
    ).replace("\n", ", ")


def _read(line: str) -> tuple[str, str]:
    """Return the name of a property without its group, and what it says."""
    match = re.match(r'((?:[^":;]|"[^"]*")+)((?:;(?:[^":]|"[^"]*")*)?):(.*)', line, re.DOTALL)
    if match is None:
        return "", ""
    name = match[1].rpartition(".")[2].strip().upper()
    value = match[3].strip("\r\n")
    if "QUOTED-PRINTABLE" in match[2].upper():
        value = quopri.decodestring(value.encode("latin-1", "replace")).decode("utf-8", "replace")
    return name, value


def _unfolded(of: Iterator[str]) -> Iterator[str]:
    """Yield lines as they were before they were folded, by a blank or by `=` at the end."""
    kept = ""
    for line in of:
        line = line.rstrip("\r\n")
        if line[:1] in {" ", "\t"} and kept:
            kept += line[1:]
        elif kept.endswith("=") and "QUOTED-PRINTABLE" in kept.upper():
            kept = kept[:-1] + line
        else:
            if kept:
                yield kept
            kept = line
    if kept:
        yield kept
