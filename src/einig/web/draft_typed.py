"""What is typed in a field of a draft's form as a value of the document, by the field's kind."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from einig.engine.agreement.editing import plain
from einig.engine.agreement.flow import Plain
from einig.engine.document import Refused

_WHOLE = re.compile(r"[+-]?\d{1,15}")


def whole(typed: str) -> int:
    """Return the whole number that a text says. Raises ValueError."""
    if _WHOLE.fullmatch(typed.strip()) is None:
        raise ValueError(typed)
    return int(typed)


def _days(typed: str, _unit: str) -> Plain:
    if not typed:
        return None
    days = whole(typed)
    return f"{days} day{'' if days == 1 else 's'}"


def _working(typed: str, unit: str) -> Plain:
    if not typed:
        return None
    unit, amount = unit if unit in {"hour", "day"} else "day", whole(typed)
    return f"{amount} working {unit}{'' if amount == 1 else 's'}"


def _share(typed: str, _unit: str) -> Plain:
    if not typed:
        return None
    try:
        share = Decimal(typed.rstrip("% ").replace(",", "."))
    except InvalidOperation:
        raise ValueError(typed) from None
    if not 0 <= share <= 100:
        raise ValueError(typed)
    return f"{share.normalize():f}%"


def _lines(typed: str, _unit: str) -> Plain:
    return [one for line in typed.splitlines() if (one := line.strip())] or None


def _yaml(typed: str, _unit: str) -> Plain:
    """Return a value that is typed as YAML. Raises Refused, or ValueError where some would go."""
    if not typed:
        return None
    read = plain(f"v: {typed}")
    if list(read) != ["v"] or _ends_in_a_comment(typed, read):
        raise ValueError(typed)
    value: Plain = read["v"]
    return value


def _ends_in_a_comment(typed: str, read: dict[str, Plain]) -> bool:
    try:
        return "#" in typed and plain(f"v: {typed}]") == read  # which would be too much elsewhere
    except Refused:
        return False


READS: dict[str, Callable[[str, str], Plain]] = {
    "text": lambda typed, _unit: typed or None,
    "number": lambda typed, _unit: str(whole(typed)) if typed else None,
    "days": _days,
    "share": _share,
    "lines": _lines,
    "yaml": _yaml,
    "working": _working,
}
