"""Times as files write them: ISO 8601, 31.12.2026, 12/31/2026 or counted, in one form a column."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from einig.engine.history.mapping import Dates
from einig.engine.instants import instant, local_instant

Day = Literal["begins", "ends"]

_SECOND = r"(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
_CLOCK = rf"(?:[T ,]+(?P<hour>\d{{1,2}}):(?P<minute>\d{{2}}){_SECOND}\s?(?P<half>[AaPp][Mm])?)?"
_OFFSET = r"(?:\s?(?P<zulu>Z|UTC)|\s?(?P<sign>[+-])(?P<oh>\d{2}):?(?P<om>\d{2})?)?"
_FORMS = {
    "iso": re.compile(rf"(?P<y>\d{{4}})[-/](?P<m>\d{{1,2}})[-/](?P<d>\d{{1,2}}){_CLOCK}{_OFFSET}"),
    "dots": re.compile(
        rf"(?P<d>\d{{1,2}})\.\s?(?P<m>\d{{1,2}})\.\s?(?P<y>\d{{4}}){_CLOCK}{_OFFSET}"
    ),
    "slashes": re.compile(
        rf"(?P<a>\d{{1,2}})[/-](?P<b>\d{{1,2}})[/-](?P<y>\d{{4}}){_CLOCK}{_OFFSET}"
    ),
}
_DECLARED: dict[str, tuple[str, ...]] = {
    "iso": ("iso",),
    "dmy": ("dots", "slashes"),
    "mdy": ("slashes",),
}
_COUNTED = {"epoch_seconds": 1_000_000, "epoch_milliseconds": 1_000}
_FIRST_YEAR, _LAST_YEAR = 1970, 2200


class Unclear(Exception):
    """A whole column cannot be read: at which row, why, and what to write into the mapping."""

    def __init__(self, row: int, message: str, remedy: str) -> None:
        self.row, self.message, self.remedy = row, message, remedy
        super().__init__(message)


@dataclass(slots=True)
class Times:
    """Instants in microseconds (None where nothing is written), and why others were not read."""

    at: list[int | None]
    wrong: dict[int, str] = field(default_factory=dict)


def read_times(
    texts: Sequence[str | None], *, zone: str | None, dates: Dates | None, day: Day
) -> Times:
    """Return the instants of a column.

    A date without a time is the end of that day in the zone (the first instant of the next day),
    or its beginning. Raises Unclear for forms that are mixed or ambiguous, and for times without
    a zone where none is declared.
    """
    if dates in _COUNTED:
        return _counted(texts, _COUNTED[dates])
    found = _matched(texts, dates)
    day_first = dates == "dmy" or (dates != "mdy" and _day_first(found))
    place = None if zone is None else ZoneInfo(zone)
    times = Times([None] * len(texts))
    for row, text in enumerate(texts):
        if text is None:
            continue
        match = found[row]
        if match is None:
            times.wrong[row] = f"“{text.strip()}” is no time of this column's form"
            continue
        try:
            times.at[row] = _instant(match, day_first, place, day)
        except _NoZone:
            message = f"“{text.strip()}” names no time zone."
            raise Unclear(row, message, "Add for example zone: Europe/Berlin.") from None
        except (ValueError, OverflowError) as error:
            times.wrong[row] = f"“{text.strip()}” is no time: {error}"
    return times


def _counted(texts: Sequence[str | None], unit: int) -> Times:
    times = Times([None] * len(texts))
    for row, text in enumerate(texts):
        if text is None:
            continue
        if re.fullmatch(r"\s*\d{1,13}(\.\d+)?\s*", text, re.ASCII):
            at = round(float(text) * unit) if "." in text else int(text) * unit
            if at <= _END_OF_TIME:
                times.at[row] = at
            else:
                times.wrong[row] = f"“{text.strip()}” lies too far ahead"
        else:
            times.wrong[row] = f"“{text.strip()}” is no counted time"
    return times


_END_OF_TIME = instant(datetime(_LAST_YEAR, 12, 31, tzinfo=UTC))


def _matched(texts: Sequence[str | None], dates: Dates | None) -> list[re.Match[str] | None]:
    """Return the match of each text in the form of the column. Raises Unclear if they are mixed."""
    allowed = tuple(_FORMS) if dates is None else _DECLARED[dates]
    found: list[re.Match[str] | None] = [None] * len(texts)
    seen: dict[str, int] = {}
    for row, text in enumerate(texts):
        if text is None:
            continue
        for form in allowed:
            if match := _FORMS[form].fullmatch(text.strip()):
                found[row] = match
                seen.setdefault(form, row)
                break
    if dates is None and len(seen) > 1:
        one, other = sorted(seen.values())[:2]
        message = f"Dates are written in two forms: “{texts[one]}” and “{texts[other]}”."
        remedy = "Add dates: iso, dmy or mdy; rows in another form are then set aside."
        raise Unclear(other, message, remedy)
    first = next((row for row, text in enumerate(texts) if text is not None), None)
    if not seen and first is not None:
        # one remedy mends the column; setting every row aside would only hide that
        message = f"Nothing in this column reads as a time: “{_shown(texts[first])}”."
        raise Unclear(first, message, _remedy(texts[first], dates))
    return found


def _shown(text: str | None) -> str:
    return (text or "").strip()


def _remedy(text: str | None, dates: Dates | None) -> str:
    if re.fullmatch(r"\d{9,13}(\.\d+)?", _shown(text), re.ASCII):
        return "If it counts from 1970, add dates: epoch_seconds or epoch_milliseconds."
    if dates is not None:
        return f"It is declared as dates: {dates}; write what it is, or leave dates out."
    return "Name another column, or write times like 2026-12-31T14:05 or 31.12.2026 14:05."


def _day_first(found: list[re.Match[str] | None]) -> bool:
    """Return whether 5/6/2026 is in June. Raises Unclear if that cannot be seen or is mixed."""
    slashes = [(row, m) for row, m in enumerate(found) if m and "a" in m.re.groupindex]
    day_first = next((row for row, m in slashes if int(m["a"]) > 12), None)
    month_first = next((row for row, m in slashes if int(m["b"]) > 12), None)
    if day_first is not None and month_first is not None:
        row = max(day_first, month_first)
        message = "Days stand before months in some rows, and behind them in others."
        remedy = "Add dates: dmy or mdy; rows that do not fit are then set aside."
        raise Unclear(row, message, remedy)
    if slashes and day_first is None and month_first is None:
        row, match = slashes[0]
        message = f"“{match[0]}” may begin with the day or with the month."
        raise Unclear(row, message, "Add dates: dmy or mdy.")
    return day_first is not None


class _NoZone(Exception):
    pass


def _instant(match: re.Match[str], day_first: bool, zone: ZoneInfo | None, day: Day) -> int:
    part = match.groupdict()
    if "a" in part:
        part["d"], part["m"] = (part["a"], part["b"]) if day_first else (part["b"], part["a"])
    year = int(part["y"])
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(f"the year is not from {_FIRST_YEAR} to {_LAST_YEAR}")
    date = datetime(year, int(part["m"]), int(part["d"]))  # noqa: DTZ001  # its zone follows
    if part["hour"] is None:
        naive = date + timedelta(days=1) if day == "ends" else date
    else:
        naive = date + _clock(part)
    if part["zulu"] or part["sign"]:
        return instant(naive.replace(tzinfo=UTC)) - _offset(part)
    if zone is None:
        raise _NoZone
    return local_instant(naive, zone)


def _clock(part: dict[str, str | None]) -> timedelta:
    hour, minute, second = (int(part[name] or 0) for name in ("hour", "minute", "second"))
    if part["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("the hour is not from 1 to 12")
        hour = hour % 12 + (12 if part["half"].casefold() == "pm" else 0)
    if hour > 23 or minute > 59 or second > 59:
        raise ValueError("the clock shows no such time")
    fraction = int((part["fraction"] or "0").ljust(6, "0")[:6])
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=fraction)


def _offset(part: dict[str, str | None]) -> int:
    if part["zulu"]:
        return 0
    minutes = int(part["oh"] or 0) * 60 + int(part["om"] or 0)
    return (-minutes if part["sign"] == "-" else minutes) * 60_000_000
