"""Reading what senders send: JSON or a form, and texts at places that may not be there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from einig.connectors.contract import Delivery, Unreadable
from einig.connectors.words import meaning

_MOST_FIELDS = 500


def json_of(delivery: Delivery) -> dict[str, Any]:
    """Return the JSON object of a body. Raises Unreadable."""
    try:
        given = json.loads(delivery.body)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"this is not JSON: {error}"[:200]) from None
    if not isinstance(given, dict):
        raise Unreadable("this is not a JSON object")
    return given


def form_of(delivery: Delivery) -> list[tuple[str, str]]:
    """Return names and values of a form, in their order. Raises Unreadable."""
    charset = "utf-8"
    if "charset=" in (kind := delivery.headers.get("content-type", "")):
        charset = kind.partition("charset=")[2].split(";")[0].strip(' "').lower()
    try:
        return parse_qsl(
            delivery.body.decode("ascii"),
            keep_blank_values=True,
            encoding=charset,
            errors="strict",
            max_num_fields=_MOST_FIELDS,
        )
    except (ValueError, LookupError) as error:
        raise Unreadable(f"this is not a form: {error}"[:200]) from None


def at(given: Any, *path: str | int) -> Any:
    """Return what stands at a path in JSON; None where nothing does."""
    for key in path:
        if isinstance(given, dict):
            given = given.get(key)
        elif isinstance(given, list) and isinstance(key, int) and key < len(given):
            given = given[key]
        else:
            return None
    return given


def text(given: Any, *path: str | int) -> str:
    """Return the text or the number that stands at a path; empty where none does."""
    found = at(given, *path)
    if isinstance(found, bool):
        return "yes" if found else "no"
    return str(found).strip() if isinstance(found, (str, int, float)) else ""


def needed(given: Any, *path: str | int) -> str:
    """Return the text at a path. Raises Unreadable where there is none."""
    found = text(given, *path)
    if not found:
        raise Unreadable(f"{'.'.join(map(str, path))} is missing")
    return found


def moment(said: str) -> datetime | None:
    """Return an instant as ISO 8601 writes it; UTC where no offset is said, None if it is none."""
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def moment_of(seconds: str) -> datetime | None:
    """Return an instant from seconds or milliseconds since 1970; None if it is none."""
    if not seconds.isdecimal() or len(seconds) > 13:
        return None
    number = int(seconds)
    return datetime.fromtimestamp(number / 1000 if number >= 10**11 else number, UTC)


def filled(values: Mapping[str, str]) -> dict[str, str]:
    """Return only what says something."""
    return {name: value for name, value in values.items() if value}


def campaign_of(address: str) -> dict[str, str]:
    """Return what the `utm_` parameters of an address say."""
    return utm(dict(parse_qsl(urlsplit(address).query, max_num_fields=_MOST_FIELDS)))


def utm(given: Mapping[str, object]) -> dict[str, str]:
    """Return what `utm_` names say; the campaign itself is its name."""
    said = {
        name.removeprefix("utm_"): str(value)
        for name, value in given.items()
        if name.startswith("utm_") and isinstance(value, str) and value
    }
    return {"name" if name == "campaign" else name: value for name, value in said.items()}


def known_and_other(said: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Return attributes, by what they mean here, and all that nobody can know the meaning of."""
    known = {meaning(name): value for name, value in said.items() if value and meaning(name)}
    return known, {name: value for name, value in said.items() if value and not meaning(name)}
