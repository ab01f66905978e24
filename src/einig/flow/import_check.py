"""The dry run: what would become of each row, before anything is written."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from einig.flow import import_whose
from einig.flow.import_rows import Aside, Reader, table
from einig.flow.import_whose import Known
from einig.store.models import Import, ImportRow, ImportState

_READ = 2000


@dataclass(frozen=True, slots=True)
class Told:
    """What would become of a row: whom it joins is a lead by its id, or an earlier row."""

    row: int
    result: str
    joins: str = ""
    reason: tuple[Any, ...] = ()


def check(of: Import) -> None:
    """Say of each row what would become of it. Raises Puzzling."""
    counts: Counter[str] = Counter()
    written = told_in(of).with_suffix(".part")
    with written.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        for n, told in enumerate(_told(of), 1):
            counts[told.result] += 1
            if told.result != ImportRow.Result.NEW:
                reason = json.dumps(told.reason)
                writer.writerow([told.row, told.result, told.joins, reason])
            if n % _READ == 0:
                Import.objects.filter(id=of.id).update(done=n)
    written.replace(told_in(of))
    checking = Import.objects.filter(id=of.id, state=ImportState.CHECKING)
    checking.update(state=ImportState.CHECKED, done=0, counts=dict(counts))


def found(of: Import) -> Iterator[Told]:
    """Yield what the dry run said of the rows that do not simply become new leads."""
    if told_in(of).exists():
        with told_in(of).open(encoding="utf-8", newline="") as file:
            for row, result, joins, reason in csv.reader(file):
                yield Told(int(row), result, joins, tuple(json.loads(reason)))


def told_in(of: Import) -> Path:
    """Return where it lies what the dry run said."""
    return table(of).with_suffix(".check")


def _told(of: Import) -> Iterator[Told]:
    known = Known()
    for chunk in Reader(of).chunks(_READ):
        known.look_up([row for row in chunk if not isinstance(row, Aside)])
        joined: list[tuple[int, int]] = []
        for row in chunk:
            if isinstance(row, Aside):
                yield Told(row.row, ImportRow.Result.ASIDE, reason=tuple(row.reason))
                continue
            lead = known.whose(row)
            known.add(row, -row.row if lead is None else lead)
            if lead is None:
                new = ImportRow.Result.HELD if of.contacts else ImportRow.Result.NEW
                yield Told(row.row, new)
            else:
                joined.append((row.row, lead))
        names = import_whose.names({lead for _, lead in joined if lead > 0})
        for n, lead in joined:
            yield Told(n, ImportRow.Result.JOINED, names.get(lead, str(-lead)))
