"""What was kept of late of that to which an agreement binds sales and marketing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import Count, Q, QuerySet

from einig.engine.agreement.model import Agreement, Attempts, WorkingTime
from einig.engine.backtest.past import Past
from einig.engine.values import fold
from einig.engine.worktime import due
from einig.flow.follow_up import FIGURES_FROM
from einig.flow.handoff import ENDING
from einig.flow.organisation import calendar, organisation
from einig.store.models import Attempt, Feedback, Handoff, User

Case = tuple[str, int]  # a lead, and when it was handed over or judged


@dataclass(frozen=True, slots=True)
class Kept:
    """The leads for which a promise was kept, for which it was not, and where it is not due yet."""

    kept: tuple[Case, ...]
    broken: tuple[Case, ...] = ()
    waiting: tuple[Case, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """What was kept of an agreement since an instant.

    `of` names each promise by its path, and a reason for returning by the path and the reason.
    `missing` says of each required field how many leads came without it. `overruled` were returned,
    and were sales-ready all the same to whoever looked again. What those who sell did is left out
    (`too_few`) where they are so few that it would show single persons.
    """

    since: int
    until: int
    of: dict[tuple[str, str], Kept]
    missing: dict[str, int]
    overruled: tuple[Case, ...]
    too_few: bool


def record(agreement: Agreement, past: Past, *, since: int, at: int) -> Record:
    """Return what was kept of an agreement. `past` says what was known of a lead, and when."""
    shown = organisation().figures_per_person or User.objects.sellers().count() >= FIGURES_FROM
    found: dict[tuple[str, str], Kept] = {}
    missing: dict[str, int] = {}
    overruled: tuple[Case, ...] = ()
    handed = Handoff.objects.counted().filter(opened_at__gte=since, opened_at__lte=at)
    handed = handed.order_by("opened_at", "id")
    opened = list(handed.values_list("lead__lead_id", "opened_at"))
    if shown:
        if agreement.sales.respond_within is not None:
            found["sales.respond_within", ""] = _answered(handed, "first_attempt_at", at)
        if agreement.sales.attempts is not None:
            found["sales.attempts", ""] = _given_up(agreement.sales.attempts, since, at)
        returned, overruled = _returned(agreement, since, at)
        found |= returned
    marketing = agreement.marketing
    if marketing.sales_ready_a_month is not None:
        found["marketing.sales_ready_a_month", ""] = Kept(tuple(opened))
    if marketing.required:
        filled, missing = _filled(marketing.required, past, opened)
        found["marketing.required", ""] = filled
    if marketing.answer_feedback_within is not None:
        within = marketing.answer_feedback_within
        found["marketing.answer_feedback_within", ""] = _feedback(within, since, at)
    outside = agreement.outside_fit
    if outside is not None and (shown or outside.answered_by == "marketing"):
        asked = Handoff.objects.filter(
            kind=Handoff.Kind.ANSWER, opened_at__gte=since, opened_at__lte=at
        )
        asked = asked.exclude(closing__in=[Handoff.Closing.HELD, Handoff.Closing.MERGED])
        found["outside_fit", ""] = _answered(asked.order_by("opened_at", "id"), "closed_at", at)
    return Record(since, at, found, missing, overruled, not shown)


def _answered(handed: QuerySet[Handoff], field: str, at: int) -> Kept:
    """Return which hand-offs got something before they were due."""
    rows = handed.exclude(due_at=None).values_list("lead__lead_id", "opened_at", "due_at", field)
    return _in_time(rows, at)


def _in_time(rows: Iterable[tuple[str, int, int, int | None]], at: int) -> Kept:
    kept, broken, waiting = list[Case](), list[Case](), list[Case]()
    for lead, opened, due_at, done in rows:
        late = done > due_at if done is not None else due_at < at
        of = broken if late else waiting if done is None else kept
        of.append((lead, opened))
    return Kept(tuple(kept), tuple(broken), tuple(waiting))


def _given_up(agreed: Attempts, since: int, at: int) -> Kept:
    """Return which leads that were not reached had been tried as often as agreed."""
    over = Handoff.objects.counted().filter(
        closing=Handoff.Closing.NOT_REACHED, closed_at__gte=since, closed_at__lte=at
    )
    ended = [Attempt.Result.REACHED, *ENDING]
    rows = over.order_by("closed_at", "id").annotate(
        tries=Count("attempts"), ended=Count("attempts", filter=Q(attempts__result__in=ended))
    )
    kept, broken = list[Case](), list[Case]()
    for lead, opened, tries, told in rows.values_list(
        "lead__lead_id", "opened_at", "tries", "ended"
    ):
        (kept if told or tries >= agreed.at_least else broken).append((lead, opened))
    return Kept(tuple(kept), tuple(broken))


def _returned(
    agreement: Agreement, since: int, at: int
) -> tuple[dict[tuple[str, str], Kept], tuple[Case, ...]]:
    """Return which leads came back, for which reasons, and which of them against a second look."""
    told = Feedback.objects.filter(
        verdict=Feedback.Verdict.RETURNED, at__gte=since, at__lte=at, handoff__explored=0
    )
    rows = told.order_by("at", "id").values_list(
        "lead__lead_id", "at", "reason", "second_look__was_ready"
    )
    by_reason: dict[str, list[Case]] = defaultdict(list)
    every, overruled = list[Case](), list[Case]()
    for lead, when, reason, was_ready in rows:
        every.append((lead, when))
        by_reason[reason].append((lead, when))
        if was_ready:
            overruled.append((lead, when))
    path = "sales.return_reasons"
    found = {
        (path, reason): Kept(tuple(by_reason[reason])) for reason in agreement.sales.return_reasons
    }
    return {(path, ""): Kept(tuple(every))} | found, tuple(overruled)


def _feedback(within: WorkingTime, since: int, at: int) -> Kept:
    """Return which feedback that asks for an answer got one in time."""
    told = Feedback.objects.filter(
        at__gte=since,
        at__lte=at,
        verdict__in=[Feedback.Verdict.RETURNED, Feedback.Verdict.COMPLAINT],
    ).exclude(handoff__explored__gt=0)
    hours = calendar()
    rows = told.order_by("at", "id").values_list("lead__lead_id", "at", "answered_at")
    return _in_time(((lead, said, due(said, within, hours), done) for lead, said, done in rows), at)


def _filled(
    required: Sequence[str], past: Past, opened: Iterable[Case]
) -> tuple[Kept, dict[str, int]]:
    """Return which leads had every required field when they were handed over."""
    first: dict[str, int] = {}
    for lead, when in opened:
        first.setdefault(lead, when)
    ids: list[str] = past.history.leads["lead_id"].to_pylist()
    at = np.array([first.get(id_, -1) for id_ in ids], np.int64)
    known = {name: _known(name, past, at) for name in required}
    without = {name: int((~of & (at >= 0)).sum()) for name, of in known.items()}
    everything = np.all(list(known.values()), axis=0)
    kept, broken = list[Case](), list[Case]()
    for number in np.flatnonzero(at >= 0).tolist():
        of = kept if everything[number] else broken
        of.append((ids[number], int(at[number])))
    missing = {name: n for name, n in without.items() if n}
    return Kept(tuple(kept), tuple(broken)), missing


def _known(attribute: str, past: Past, at: np.ndarray) -> np.ndarray:
    """Return of which leads an attribute was known at an instant of each."""
    facts, known = past.history.facts, np.zeros(len(at), np.bool_)
    names = facts["attribute"].unique().to_pylist()
    wanted = {name for name in names if fold(name) == fold(attribute)}
    chosen = facts["attribute"].to_numpy(zero_copy_only=False)
    lead, since = facts["lead"].to_numpy(), facts["at"].to_numpy()
    rows = np.flatnonzero(np.isin(chosen, list(wanted)) & (since <= at[lead]))
    rows = rows[np.lexsort((since[rows], lead[rows]))]
    # the last one that was known then stays
    known[lead[rows]] = facts["text"].is_valid().to_numpy(zero_copy_only=False)[rows]
    return known
