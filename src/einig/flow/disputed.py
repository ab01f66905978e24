"""The disputed leads of a Jour fixe: which, in which order, and what both sides said of each.

There are four kinds, in this order: returned although the second look found the lead ready; judged
differently in the last agreement test; complained of by sales; bought without ever having been
handed over. The newest of each kind come first, then the second newest of each, until there are
enough. A lead that was on an earlier table is not put there again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, zip_longest
from typing import Any

from einig.flow import agreement_result
from einig.store.models import (
    AgreementTest,
    Feedback,
    JourFixe,
    Lead,
    Outcome,
    Sample,
    SecondLook,
    Version,
)

WANTED = 5
_MOST = 50  # rows to look at of a kind: of one lead there can be several
KINDS = ("returned", "judged", "complained", "missed")
Entry = dict[str, Any]  # as it is kept: `lead`, `kind`, and `about`, the row that tells of it


@dataclass(frozen=True, slots=True)
class Disputed:
    """A lead on the table. `told` is what was said of it, by kind one of the rows below."""

    lead: Lead | None  # None: it was erased since
    kind: str
    told: SecondLook | agreement_result.Dispute | Feedback | Outcome | None


def draw(*, but: Collection[int] = ()) -> list[Entry]:
    """Return the leads for the next table. `but` are those that were on one before."""
    found: list[Entry] = []
    seen = set(but)
    in_turn = zip_longest(*(_newest(kind, seen) for kind in KINDS))
    for entry in chain.from_iterable(in_turn):
        if entry is not None and entry["lead"] not in seen and len(found) < WANTED:
            seen.add(entry["lead"])
            found.append(entry)
    return found


def on_tables(tables: Iterable[JourFixe]) -> set[int]:
    """Return the leads that were on some tables."""
    return {entry["lead"] for table in tables for entry in table.leads}


def read(entries: Sequence[Entry]) -> list[Disputed]:
    """Return leads with what is told of them today."""
    leads = Lead.objects.select_related("company", "source").in_bulk([e["lead"] for e in entries])
    rows = {kind: _rows(kind, [e["about"] for e in entries if e["kind"] == kind]) for kind in KINDS}
    return [
        Disputed(leads.get(e["lead"]), e["kind"], rows[e["kind"]].get(e["about"])) for e in entries
    ]


def _newest(kind: str, but: Collection[int]) -> Iterator[Entry]:
    """Yield the newest leads of a kind, each once."""
    newest: dict[int, int] = {}
    for lead, about in _pairs(kind, but):
        newest.setdefault(lead, about)
    for lead, about in newest.items():
        yield {"lead": lead, "kind": kind, "about": about}


def _pairs(kind: str, but: Collection[int]) -> list[tuple[int, int]]:
    """Return leads, newest first, each with the row that tells of it."""
    if kind == "returned":
        looks = SecondLook.objects.filter(was_ready=True).exclude(feedback__lead__in=but)
        return list(looks.order_by("-at", "-id").values_list("feedback__lead_id", "id")[:_MOST])
    if kind == "judged":
        test = AgreementTest.objects.filter(closed_at__isnull=False).order_by("-id").first()
        found = agreement_result.disputes(test) if test is not None else []
        pairs = [(of.sample.lead_id, of.sample.id) for of in found]
        return [pair for pair in pairs if pair[0] not in but]
    if kind == "complained":
        bad = Feedback.objects.filter(verdict=Feedback.Verdict.COMPLAINT).exclude(lead__in=but)
        return list(bad.order_by("-at", "-id").values_list("lead_id", "id")[:_MOST])
    since = Version.objects.filter(in_force_from__isnull=False).order_by("in_force_from").first()
    if since is None:
        return []
    won = Outcome.objects.filter(won=True, at__gte=since.in_force_from, lead__handoffs=None)
    return list(
        won.exclude(lead__in=but).order_by("-at", "-id").values_list("lead_id", "id")[:_MOST]
    )


def _rows(kind: str, ids: Collection[int]) -> Mapping[int, Any]:
    """Return what tells of leads of a kind."""
    if not ids:
        return {}
    if kind == "returned":
        looks = SecondLook.objects.select_related("feedback__by", "feedback__answered_by", "by")
        return looks.in_bulk(ids)
    if kind == "judged":
        tests = AgreementTest.objects.filter(
            id__in=Sample.objects.filter(id__in=ids).values("test")
        )
        every = chain.from_iterable(agreement_result.disputes(test) for test in tests)
        return {of.sample.id: of for of in every if of.sample.id in ids}
    if kind == "complained":
        return Feedback.objects.select_related("by", "answered_by").in_bulk(ids)
    return Outcome.objects.select_related("by").in_bulk(ids)
