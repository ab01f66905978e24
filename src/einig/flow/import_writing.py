"""Writing what a file says, in chunks that nobody has to wait for, each with its count of rows.

Somebody new is written by `import_new`, many at once. A row that touches anybody who is there goes
the way of every message (`intake`, then the journey), so that the same rules decide whose it is.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction

from einig.flow import capture, consent, contact, import_new, journey, outcomes, pacing, scoring
from einig.flow.import_rows import Aside, Reader, Row
from einig.flow.import_whose import Known
from einig.flow.intake import TakenIn, take_in
from einig.flow.messages import Message
from einig.flow.outcomes import Ended
from einig.flow.scoring import InForce
from einig.store.adding import add
from einig.store.models import (
    ContactDetail,
    Fact,
    Identity,
    Import,
    ImportRow,
    ImportState,
    Lead,
    Source,
)

_FIRST, _LEAST, _MOST = 50, 20, 1000  # rows of the first chunk, and of any
_MET = 6  # rows of a chunk that meet somebody
_READ = 2000  # rows that are read together


def write_all(of: Import, *, clock: Callable[[], int]) -> None:
    """Write down every row that is not through yet. Raises Puzzling."""
    scoring.prepare()
    reader, size = Reader(of), _FIRST
    for read in reader.chunks(_READ, begin=of.done):
        while read:
            writing = Writing(of, clock())
            through, took = writing.write(read[:size]), writing.took
            read = read[through:]
            size = pacing.next_size(size, through, took, least=_LEAST, most=_MOST)
            time.sleep(pacing.BREATH)


@dataclass
class Writing:
    """One chunk."""

    of: Import
    at: int
    told: dict[int, ImportRow] = field(default_factory=dict)
    took: float = 0.0  # seconds of its transaction

    def write(self, chunk: Sequence[Row | Aside]) -> int:
        """Write rows in one transaction; return how many: those that meet somebody take longer.

        What is likely to be new is judged before it begins, so that others need not wait for that.
        """
        source, versions = _source(self.of), scoring.timeline()
        likely = [] if self.of.contacts else _split(chunk)[1]
        judged = import_new.prepare(likely, at=self.at, source=source, versions=versions)
        with transaction.atomic():
            journey.take_turns()
            began = time.perf_counter()
            current = Import.objects.get(id=self.of.id)
            is_mine = current.done == self.of.done and current.state == ImportState.IMPORTING
            if not is_mine:  # somebody else ended it, or is at it
                return len(chunk)
            part, new, met = _split(chunk)
            if self.of.contacts:
                met, new = met | {row.row for row in new}, []
            still = {row.row for row in new}
            if scoring.timeline() != versions or still != {of.row.row for of in judged}:
                versions = scoring.timeline()
                judged = import_new.prepare(new, at=self.at, source=source, versions=versions)
            self._create(judged, source)
            for row in part:
                if isinstance(row, Aside):
                    self._tell(row.row, ImportRow.Result.ASIDE, reason=row.reason)
                elif row.row in met and not self._holds(row, source):
                    self._join(row, source, versions)
            self._keep(current, len(part))
        self.took = time.perf_counter() - began
        self.of.done += len(part)
        return len(part)

    def _create(self, coming: Sequence[import_new.Coming], source: Source) -> None:
        by = self.of.by
        made = import_new.create(coming, source=source, by=by)
        for one in made:
            company = {"company": one.company} if one.company else {}
            kept = self._kept(one.row, one.at) | company
            self._tell(one.row.row, ImportRow.Result.NEW, lead=one.lead, **kept)
            self._object(one.row, one.lead, one.at)
        ended = [one for one in made if one.row.won is not None]
        if ended:
            told = outcomes.remember(
                [_ended(one.row, one.lead, one.at) for one in ended], by=by, at=self.at
            )
            for one, outcome in zip(ended, told, strict=True):
                self._made(one.row.row)["outcome"] = outcome.id

    def _join(self, row: Row, source: Source, versions: list[InForce]) -> None:
        """Let a row say something of somebody who may be there already."""
        before = self._who(row)
        message = Message(
            event_id=import_new.event_id(row) if row.activity else f"{row.key}-{row.row}",
            at=min(row.activity_at or self.at, self.at),
            anonymous=row.key.removeprefix("anon:"),
            attributes=row.attributes,
            activity=row.activity or None,
        )
        taken = take_in(message, arrived=self.at + row.row % 1000, source=source)
        if taken is None or taken.lead is None:
            self._tell(row.row, ImportRow.Result.UNCHANGED, lead=before and before[0])
            return
        lead, at = taken.lead, taken.at
        if taken.is_new_lead:
            self._date(row, lead, at)
        has_news = self._has_news(row, taken) | self._end(row, lead, at)
        has_news |= self._object(row, lead, at)
        if not has_news:
            self._tell(row.row, ImportRow.Result.UNCHANGED, lead=lead)
            return
        new = ImportRow.Result.NEW if taken.is_new_lead else ImportRow.Result.JOINED
        kept = self._kept(row, at)
        if before is not None and before[0] == lead:
            was = before[1]
            kept["was"] = {name: [was[name], getattr(lead, name)] for name in was}
        self._tell(row.row, new, lead=lead, **kept)
        if row.won is None:
            journey.judge(lead, versions, at=at, taken_in=replace(taken, event=None))
        else:
            lead.save()
            decision = import_new.decide(lead, scoring.lead_history(lead), versions, at=at)
            if decision is not None:
                decision.save()
            lead.save()

    def _holds(self, row: Row, source: Source) -> bool:
        """Hold whoever is a contact and no lead; false if this one is a lead, or is to be one."""
        if not self.of.contacts or self._who(row) is not None:
            return False
        key = row.key
        if row.details:
            kind, _, normal = row.details[0]
            key = f"anon:{contact.held(kind, normal)}"
        message = Message(
            event_id=f"{key}-{row.row}",
            at=self.at,
            anonymous=key.removeprefix("anon:"),
            attributes=row.attributes | consent.objections_of(row.objects),
            is_contact=True,
        )
        known = Identity.objects.filter(key=key).exists()
        taken = take_in(message, arrived=self.at + row.row % 1000, source=source)
        if taken is None or known:  # kept out, or a contact already
            self._tell(row.row, ImportRow.Result.UNCHANGED)
        else:
            self._tell(row.row, ImportRow.Result.HELD, key=key, at=taken.at)
        return True

    def _who(self, row: Row) -> tuple[Lead, dict[str, Any]] | None:
        known = Known()
        known.look_up([row])
        lead = Lead.objects.filter(id=known.whose(row) or 0).first()
        if lead is None:
            return None
        return lead, {"name": lead.name, "title": lead.title, "company_id": lead.company_id}

    def _date(self, row: Row, lead: Lead, at: int) -> None:
        """Let a new lead exist since when the file says."""
        lead.created_at = import_new.created(row, at)
        lead.judged_at = at - 1
        if row.won is not None:
            mine = Fact.objects.filter(identity__key=row.key)
            mine.update(known_from=lead.created_at, assumed=True)
            lead.links.filter(identity__key=row.key).update(linked_at=lead.created_at)
        lead.save(update_fields=["created_at", "judged_at"])

    def _has_news(self, row: Row, taken: TakenIn) -> bool:
        if taken.is_new_lead or taken.event is not None:
            return True
        told = Fact.objects.filter(identity__key=row.key, known_from=taken.at)
        found = ContactDetail.objects.filter(lead=taken.lead, at=taken.at)
        return told.exists() or found.exists()

    def _end(self, row: Row, lead: Lead, at: int) -> bool:
        """Write down how a lead ended, unless that is known."""
        if row.won is None:
            return False
        ended = _ended(row, lead, at)
        same = lead.outcomes.filter(won=row.won)
        if (same if row.ended_at is None else same.filter(at=ended.at)).exists():
            return False
        (made,) = outcomes.remember([ended], by=self.of.by, at=at)
        self._made(row.row)["outcome"] = made.id
        return True

    def _object(self, row: Row, lead: Lead, at: int) -> bool:
        return sum(consent.object_to(lead, of, at=at) for of in row.objects) > 0

    # --- what became of each row ----------------------------------------------------------------

    def _kept(self, row: Row, at: int) -> dict[str, Any]:
        """Return what has to be known to take a row back."""
        event = {"event": import_new.event_id(row)} if row.activity else {}
        return {"key": row.key, "at": at} | event

    def _made(self, n: int) -> dict[str, Any]:
        made: dict[str, Any] = self.told.setdefault(n, ImportRow(of=self.of, row=n)).made
        return made

    def _tell(
        self, n: int, result: str, *, lead: Lead | None = None, reason: Any = (), **made: Any
    ) -> None:
        told = self.told.setdefault(n, ImportRow(of=self.of, row=n))
        told.result, told.lead, told.reason = result, lead, list(reason)
        told.made |= made

    def _keep(self, current: Import, through: int) -> None:
        add(
            ImportRow,
            ("import_id", "row", "result", "lead_id", "reason", "made", "undone"),
            (
                (current.id, of.row, str(of.result), of.lead_id, *_as_json(of), "")
                for of in self.told.values()
            ),
        )
        counted = Counter(current.counts) + Counter(of.result for of in self.told.values())
        counts, done = dict(counted), current.done + through
        Import.objects.filter(id=current.id).update(done=done, counts=counts)


def _source(of: Import) -> Source:
    """Return where the leads of a file come from."""
    return of.source or capture.source_of("import")


def _split(chunk: Sequence[Row | Aside]) -> tuple[Sequence[Row | Aside], list[Row], set[int]]:
    """Return the rows of one transaction, those of somebody new, and the numbers of the others."""
    known = Known()
    known.look_up([row for row in chunk if isinstance(row, Row)])
    new, met = list[Row](), set[int]()
    for n, row in enumerate(chunk):
        if isinstance(row, Aside):
            continue
        if not known.touches(row):
            new.append(row)
        elif len(met) == _MET:
            return chunk[:n], new, met
        else:
            met.add(row.row)
        known.add(row, -row.row)
    return chunk, new, met


def _as_json(of: ImportRow) -> tuple[str, str]:
    return json.dumps(of.reason), json.dumps(of.made)


def _ended(row: Row, lead: Lead, at: int) -> Ended:
    """Return how a lead ended; what says not when ended by now."""
    ended_at = at if row.ended_at is None else min(row.ended_at, at)
    return Ended(lead, bool(row.won), ended_at, row.revenue, row.lost_reason)
