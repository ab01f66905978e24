"""Follow-up: whether the response time and the attempts of the agreement are kept."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import (
    BigIntegerField,
    Count,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce

from einig.engine.instants import DAY, HOUR, SECOND
from einig.store.models import Attempt, Handoff, Team, User

FIGURES_FROM = 5  # people: smaller teams would show figures of single persons
RESPONSES = (5 * 60 * SECOND, HOUR, 4 * HOUR, DAY, 3 * DAY)  # the bounds in which they are counted
MOST_ATTEMPTS = 7  # as many or more are counted together


@dataclass(frozen=True, slots=True)
class FollowUp:
    """How a team, or a person, answered what was handed over since an instant."""

    name: str
    handed_over: int
    answered_in_time: int
    answered_late: int
    not_answered: int
    attempts: float | None  # mean, of those that were closed without being reached
    open_now: int


def figures(*, since: int, at: int, per_person: bool) -> list[FollowUp]:
    """Return follow-up figures by team of at least five, or by person where that is on."""
    group = "to__name" if per_person else "to__team__name"
    rows = (
        _handed_over(since)
        .filter(to__isnull=False)
        .values(group)
        .annotate(
            n=Count("id"),
            in_time=Count("id", filter=Q(first_attempt_at__lte=F("due_at"))),
            late=Count("id", filter=Q(first_attempt_at__gt=F("due_at"))),
            silent=Count("id", filter=Q(first_attempt_at=None, due_at__lt=at)),
            open_now=Count("id", filter=Q(closed_at=None)),
        )
        .order_by(group)
    )
    over = _handed_over(since).filter(closed_at__isnull=False)
    closed = dict(over.values_list(group).annotate(n=Count("id")))
    tried = Attempt.objects.filter(handoff__in=over).values_list(f"handoff__{group}")
    tries = dict(tried.annotate(n=Count("id")))
    people = dict(Team.objects.values_list("name").annotate(n=Count("people")))
    return [
        FollowUp(
            str(row[group] or "–"),
            row["n"],
            row["in_time"],
            row["late"],
            row["silent"],
            tries.get(row[group], 0) / closed[row[group]] if row[group] in closed else None,
            row["open_now"],
        )
        for row in rows
        if per_person or people.get(row[group], 0) >= FIGURES_FROM
    ]


@dataclass(frozen=True, slots=True)
class Spread:
    """How response times and attempts are spread, over everybody.

    `responses` counts hand-offs by the elapsed time to the first attempt: up to each bound of
    `RESPONSES`, and later. `waiting` had none yet. `attempts` counts closed hand-offs by their
    number of attempts, from 0 to `MOST_ATTEMPTS` or more.
    """

    responses: tuple[int, ...]
    waiting: int
    attempts: tuple[int, ...]


def spread(*, since: int, per_person: bool) -> Spread | None:
    """Return the spread since an instant; None where so few sell that it would show persons."""
    enough = per_person or User.objects.sellers().count() >= FIGURES_FROM
    took = F("first_attempt_at") - F("opened_at")
    # said outright, since a smaller number is taken for always less, whatever the bound is
    found = _handed_over(since).annotate(took=ExpressionWrapper(took, BigIntegerField()))
    bounds = [(low, high) for low, high in zip((None, *RESPONSES), (*RESPONSES, None), strict=True)]
    counted = found.aggregate(
        waiting=Count("id", filter=Q(first_attempt_at=None)),
        **{f"in_{n}": Count("id", filter=_within(*bound)) for n, bound in enumerate(bounds)},
    )
    tries = [0] * (MOST_ATTEMPTS + 1)
    tried = Attempt.objects.filter(handoff=OuterRef("id")).values("handoff")
    made = Coalesce(Subquery(tried.annotate(n=Count("id")).values("n")), 0)
    closed = _handed_over(since).filter(closed_at__isnull=False).annotate(tries=made)
    for row in closed.values("tries").annotate(n=Count("id")):
        tries[min(row["tries"], MOST_ATTEMPTS)] += row["n"]
    responses = tuple(counted[f"in_{n}"] for n in range(len(bounds)))
    return Spread(responses, counted["waiting"], tuple(tries)) if enough else None


def overdue(at: int) -> QuerySet[Handoff]:
    """Return the open hand-offs that nobody has answered in the agreed time, oldest first."""
    waiting = Handoff.objects.filter(closed_at=None, first_attempt_at=None, due_at__lt=at)
    return waiting.select_related("lead__company", "to").order_by("due_at")


def _handed_over(since: int) -> QuerySet[Handoff]:
    return Handoff.objects.counted().filter(opened_at__gte=since)


def _within(low: int | None, high: int | None) -> Q:
    within = Q(first_attempt_at__isnull=False)
    if low is not None:
        within &= Q(took__gt=low)
    return within & Q(took__lte=high) if high is not None else within
