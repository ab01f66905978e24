"""What a row of a file says, by what its columns mean; or why it can be of no use."""

from __future__ import annotations

import csv
import hashlib
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from django.conf import settings

from einig.connectors.files import exports
from einig.engine.history.amounts import read_amounts
from einig.engine.history.mapping import Dates
from einig.engine.history.times import Day, Unclear, read_times
from einig.engine.values import fold
from einig.flow import contact, suppression
from einig.flow.organisation import organisation
from einig.store.models import Consent, ContactDetail, Import

FOLDER = "imports"  # in EINIG_HOME
_SAMPLE = 20_000  # rows from which it is seen how times and amounts are written
_TIMES: dict[str, Day] = {
    exports.CREATED_AT: "ends", exports.ACTIVITY_AT: "ends", exports.CLOSED_AT: "begins",
    exports.WON_AT: "begins", exports.LOST_AT: "begins",
}  # fmt: skip
_YES = frozenset({"1", "true", "yes", "ja", "wahr", "x", "y", "j", "on"})
_NO = frozenset({"0", "false", "no", "nein", "falsch", "n", "off"})
_WON = frozenset({"won", "gewonnen", "closed won", "closedwon", "customer", "kunde", "verkauft"})
_LOST = frozenset({"lost", "verloren", "closed lost", "closedlost", "nicht gewonnen"})
_ENDED = {True: exports.WON_AT, False: exports.LOST_AT}
_SECOND = {"email": "mail", "phone": "mobile"}  # where a second one goes


class Puzzling(Exception):
    """A column cannot be read as what it is said to mean; `code` says why, `what` where."""

    def __init__(self, code: str, *what: object) -> None:
        super().__init__(code, *what)
        self.code, self.what = code, what


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody, as a row describes them; `key` is under what they are known from now on."""

    row: int
    key: str
    attributes: dict[str, str]
    details: list[tuple[str, str, str]]
    created_at: int | None = None
    won: bool | None = None
    ended_at: int | None = None
    revenue: Decimal | None = None
    lost_reason: str = ""
    objects: tuple[str, ...] = ()  # purposes
    activity: str = ""
    activity_at: int | None = None


@dataclass(frozen=True, slots=True)
class Aside:
    """A row that is of no use, with a code and its figures."""

    row: int
    reason: list[Any]


@dataclass
class Reader:
    """Reads the rows of an import, a few at a time."""

    of: Import
    forms: dict[int, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.country, self.zone = organisation().country, organisation().zone
        self.records = exports.records_of(self.of.columns, self.of.meanings)
        self.forms = self._forms()

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Return the columns of each meaning, in their order."""
        found: dict[str, list[int]] = {}
        for place, code in enumerate(self.of.meanings):
            if code:
                found.setdefault(code, []).append(place)
        return found

    def chunks(self, size: int, *, begin: int = 0) -> Iterator[list[Row | Aside]]:
        """Yield what rows say, from one on. Raises Puzzling."""
        told = cells(self.of)
        numbered = enumerate(itertools.islice(told, begin, None), begin + 2)
        while chunk := list(itertools.islice(numbered, size)):
            yield without_erased(self.read(chunk))

    def read(self, chunk: Sequence[tuple[int, list[str]]]) -> list[Row | Aside]:
        """Return what some rows say."""
        width = len(self.of.columns)
        whole = [(n, row) for n, row in chunk if _fits(row, width)]
        times, amounts = self._times(whole), self._amounts(whole)
        found: list[Row | Aside] = []
        fitting = iter(range(len(whole)))
        for n, row in chunk:
            if not _fits(row, width):
                found.append(Aside(n, ["cells", len(row), width]))
            else:
                found.append(self._row(n, row, times, amounts, next(fitting)))
        return found

    def _row(
        self, n: int, row: list[str], times: dict[str, Any], amounts: Any, place: int
    ) -> Row | Aside:
        wrong = [of[1].get(place) for of in (*times.values(), amounts) if of[1].get(place)]
        if wrong:
            return Aside(n, ["unreadable", wrong[0]])
        at = {code: of[0][place] for code, of in times.items()}
        told = self._won(row, at)
        if len(told) > 1:
            return Aside(n, ["won_and_lost"])
        won = next(iter(told), None)
        foreign = self._said(row, exports.CURRENCY).upper()
        if amounts[0][place] is not None and foreign not in {"", organisation().currency}:
            return Aside(n, ["currency", foreign[:20], organisation().currency])
        attributes = self._attributes(row)
        found, record = self._details(attributes), self._said(row, exports.RECORD_ID)
        if not found and not record:
            return Aside(n, ["nobody"])
        return Row(
            row=n,
            key=self._key(n, record),
            attributes=attributes,
            details=found,
            created_at=at.get(exports.CREATED_AT),
            won=won,
            ended_at=at.get("" if won is None else _ENDED[won]) or at.get(exports.CLOSED_AT),
            revenue=amounts[0][place] if won else None,
            lost_reason=self._said(row, exports.LOST_REASON)[:200],
            objects=self._objects(row),
            activity=self._said(row, exports.ACTIVITY)[:200],
            activity_at=at.get(exports.ACTIVITY_AT),
        )

    def _key(self, n: int, record: str) -> str:
        if record:
            told = f"{self.records}-{record}"
            if len(told) > 200:
                told = hashlib.sha256(told.encode()).hexdigest()
            return f"anon:import-{told}"
        return f"anon:import-{self.of.sha256[:24]}-{n}"

    def _attributes(self, row: list[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for code, places in self.places.items():
            if code == exports.OWN:
                found |= {self.of.columns[at] or f"column {at + 1}": row[at] for at in places}
            elif code not in exports.SPECIAL:
                values = [row[at] for at in places if row[at]]
                for value, name in zip(values, (code, _SECOND.get(code, "")), strict=False):
                    if name:
                        found[name] = value
        return {name: value[:2000] for name, value in found.items() if value}

    def _details(self, attributes: dict[str, str]) -> list[tuple[str, str, str]]:
        seen: dict[tuple[str, str], tuple[str, str, str]] = {}
        for kind, value, normal in contact.details(attributes, self.country):
            seen.setdefault((kind, normal), (kind, value, normal))
        return list(seen.values())

    def _said(self, row: list[str], code: str) -> str:
        return next((row[at] for at in self.places.get(code, ()) if row[at]), "")

    def _won(self, row: list[str], at: dict[str, int | None]) -> set[bool]:
        """Return how a row says that it ended; both is a contradiction.

        A date of winning says so by itself only where nothing else says anything.
        """
        word = fold(self._said(row, exports.OUTCOME)).replace("-", " ").replace("_", " ")
        word = " ".join(word.split())
        either = fold(self._said(row, exports.WON_OR_LOST))
        won = word in _WON or either in _YES or fold(self._said(row, exports.IS_WON)) in _YES
        lost = word in _LOST or either in _NO or fold(self._said(row, exports.IS_LOST)) in _YES
        ends = ({True} if won else set()) | ({False} if lost else set())
        return ends or {won for won, code in _ENDED.items() if at.get(code) is not None}

    def _objects(self, row: list[str]) -> tuple[str, ...]:
        purposes = {
            exports.NO_MAIL: Consent.Purpose.MAIL.value,
            exports.NO_CALL: Consent.Purpose.PHONE.value,
        }
        return tuple(of for code, of in purposes.items() if fold(self._said(row, code)) in _YES)

    # --- times and amounts --------------------------------------------------------------------

    def _times(self, rows: Sequence[tuple[int, list[str]]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for code, day in _TIMES.items():
            for at in self.places.get(code, ())[:1]:
                texts = [row[at] or None for _, row in rows]
                found[code] = self._read_times(texts, self.forms.get(at), day)
        return found

    def _read_times(
        self, texts: Sequence[str | None], form: Dates | None, day: Day
    ) -> tuple[list[int | None], dict[int, str]]:
        try:
            read = read_times(texts, zone=self.zone, dates=form, day=day)
        except Unclear:  # of these few not one is a time
            return [None] * len(texts), {n: str(of) for n, of in enumerate(texts) if of}
        return read.at, {n: str(texts[n]) for n in read.wrong}

    def _amounts(
        self, rows: Sequence[tuple[int, list[str]]]
    ) -> tuple[list[Decimal | None], dict[int, str]]:
        places = self.places.get(exports.REVENUE, ())[:1]
        if not places:
            return [None] * len(rows), {}
        texts = [row[places[0]] or None for _, row in rows]
        found, wrong = read_amounts(texts, decimal=self.forms.get(places[0], "."))
        wrong = {n: str(texts[n]) for n in wrong}
        wrong |= {n: str(texts[n]) for n, of in enumerate(found) if of and abs(of) >= 1e12}
        return [None if of is None else Decimal(f"{of:.2f}") for of in found], wrong

    def _forms(self) -> dict[int, Any]:
        """Return how the times and amounts of each column are written. Raises Puzzling."""
        wanted = [(at, code) for code, of in self.places.items() for at in of[:1]]
        wanted = [(at, code) for at, code in wanted if code in {*_TIMES, exports.REVENUE}]
        if not wanted:
            return {}
        width = len(self.of.columns)
        sample = [r for r in itertools.islice(cells(self.of), _SAMPLE) if _fits(r, width)]
        found: dict[int, Any] = {}
        for at, code in wanted:
            texts = [row[at] or None for row in sample]
            if code == exports.REVENUE:
                found[at] = self.of.decimal or self._mark(texts, at)
            else:
                found[at] = self._form(texts, at)
        return found

    def _mark(self, texts: Sequence[str | None], at: int) -> str:
        try:
            read_amounts(texts, decimal=None)
        except Unclear as unclear:
            example = texts[unclear.row]
            raise Puzzling("decimal", self.of.columns[at], example) from None
        right = {mark: len(read_amounts(texts, decimal=mark)[1]) for mark in (".", ",")}
        return min(right, key=lambda mark: right[mark])

    def _form(self, texts: Sequence[str | None], at: int) -> Dates:
        forms: list[Dates] = ["iso", "dmy", "mdy"]
        if self.of.dates in {"dmy", "mdy"}:
            forms = ["iso", "dmy" if self.of.dates == "dmy" else "mdy"]
        wrong: dict[Dates, int] = {}
        for form in forms:
            wrong[form] = len(self._read_times(texts, form, "begins")[1])
        best = min(wrong, key=lambda form: wrong[form])
        said = sum(text is not None for text in texts)
        name = self.of.columns[at]
        if said and wrong[best] == said:
            raise Puzzling("no_time", name, next(text for text in texts if text))
        if best == "dmy" and wrong.get("mdy") == wrong["dmy"]:
            raise Puzzling("dates", name, next(text for text in texts if text))
        return best


def cells(of: Import) -> Iterator[list[str]]:
    """Yield the rows of an import's table, without its columns; none where it was removed."""
    if not table(of).exists():
        return
    csv.field_size_limit(2**20)
    with table(of).open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        next(rows)
        yield from rows


def without_erased(chunk: list[Row | Aside]) -> list[Row | Aside]:
    """Set aside rows of people who were erased; a number is theirs only where nothing else is."""
    own = {of.row: _own(of) for of in chunk if isinstance(of, Row)}
    listed = suppression.listed({one for known in own.values() for one in known})
    if not listed:
        return chunk
    return [
        Aside(of.row, ["erased"]) if isinstance(of, Row) and own[of.row] & listed else of
        for of in chunk
    ]


def _own(of: Row) -> set[tuple[str, str]]:
    known = {(str(kind), normal) for kind, _, normal in of.details}
    return {one for one in known if one[0] != ContactDetail.Kind.PHONE} or known


def table(of: Import) -> Path:
    """Return where the table of an import lies."""
    folder: Path = settings.HOME / FOLDER
    return folder / f"{of.key}.csv"


def _fits(row: list[str], width: int) -> bool:
    """Return whether a row has as many cells as there are columns; blank ones at its end count not.

    Shorter rows that end in blanks are how spreadsheets write them.
    """
    if len(row) > width and not any(row[width:]):
        del row[width:]
    return len(row) == width
