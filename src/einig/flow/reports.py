"""Reports: what came of leads by source, month and team, in figures that open to their leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Q, QuerySet, Sum

from einig.engine.backtest import Backtest, backtest
from einig.engine.instants import local_instant, moment
from einig.engine.scoring import Enactment
from einig.flow import scoring
from einig.flow.organisation import organisation
from einig.store import history
from einig.store.models import Handoff, Lead, Outcome, Source, Stage

# --- sources ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Channel:
    """A lead source, from lead to revenue."""

    source: Source
    leads: int
    handed_over: int
    won: int
    revenue: Decimal
    spend: Decimal

    @property
    def closes(self) -> float | None:
        """Return the share of leads that bought."""
        return self.won / self.leads if self.leads else None

    @property
    def per_euro(self) -> Decimal | None:
        """Return the revenue for each unit of spend."""
        return self.revenue / self.spend if self.spend else None


def channels() -> list[Channel]:
    """Return every source that brought a lead or is in use, greatest revenue first."""
    leads = dict(Lead.objects.whole().values_list("source").annotate(n=Count("id")))
    handed = dict(
        Handoff.objects.counted()
        .values_list("lead__source")
        .annotate(n=Count("lead", distinct=True))
    )
    won = {
        source: (n, revenue or Decimal(0))
        for source, n, revenue in Outcome.objects.filter(won=True)
        .values_list("lead__source")
        .annotate(n=Count("lead", distinct=True), sum=Sum("revenue"))
    }
    sources = Source.objects.annotate(spent=Sum("campaigns__spend")).order_by("name")
    found = [
        Channel(
            source,
            leads.get(source.id, 0),
            handed.get(source.id, 0),
            *won.get(source.id, (0, Decimal(0))),
            spend=source.spent or Decimal(0),
        )
        for source in sources
    ]
    return sorted(found, key=lambda channel: (-channel.revenue, -channel.leads))


# --- the same month, three ways ---------------------------------------------------------------

WAYS = ("marketing", "sales", "agreed")


@dataclass(frozen=True, slots=True)
class Month:
    """A month and its first instants, in the organisation's time zone."""

    year: int
    month: int

    @property
    def begins(self) -> int:
        """Return the first instant."""
        return local_instant(datetime(self.year, self.month, 1), _zone())  # noqa: DTZ001  # local

    @property
    def ends(self) -> int:
        """Return the first instant after it."""
        return self.next.begins

    @property
    def next(self) -> Month:
        """Return the following month."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    @property
    def before(self) -> Month:
        """Return the month before."""
        return Month(self.year, self.month - 1) if self.month > 1 else Month(self.year - 1, 12)

    @property
    def code(self) -> str:
        """Return the month as in an address."""
        return f"{self.year}-{self.month:02}"


def month_of(at: int) -> Month:
    """Return the month of an instant."""
    local = moment(at).astimezone(_zone())
    return Month(local.year, local.month)


def counted(way: str, month: Month) -> QuerySet[Lead]:
    """Return the leads of a month as one of three would count them.

    Marketing counts everyone it can follow up: whoever became a lead. Sales counts those who were
    ready to buy: whoever it qualified or won among those handed over in that month. The agreement
    counts those whom its definition found sales-ready in that month.
    """
    handed = Handoff.objects.counted().filter(opened_at__gte=month.begins, opened_at__lt=month.ends)
    if way == "marketing":
        whole = Lead.objects.whole()
        return whole.filter(created_at__gte=month.begins, created_at__lt=month.ends)
    if way == "agreed":
        return Lead.objects.filter(id__in=handed.values("lead"))
    kept = Q(stage__in=[Stage.SALES_QUALIFIED, Stage.OPPORTUNITY, Stage.CUSTOMER])
    kept |= Q(outcomes__won=True)
    return Lead.objects.filter(kept, id__in=handed.values("lead")).distinct()


def difference(one: str, other: str, month: Month) -> QuerySet[Lead]:
    """Return the leads of a month that one of three counts and another does not."""
    return counted(one, month).exclude(id__in=counted(other, month).values("id"))


# --- what disagreement costs ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Loss:
    """Leads of one kind that were lost between the teams, and what they would have been worth.

    `value` is their number times the share of worked leads that bought times the mean revenue.
    """

    code: str
    leads: int
    value: Decimal


def losses(month: Month, *, at: int) -> list[Loss]:
    """Return what a month lost between marketing and sales."""
    handed = Handoff.objects.counted().filter(opened_at__gte=month.begins, opened_at__lt=month.ends)
    over = handed.filter(Q(due_at__lt=at) | Q(closed_at__isnull=False))
    never = over.filter(first_attempt_at=None).exclude(closing=Handoff.Closing.WON)
    late = handed.filter(first_attempt_at__gt=F("due_at"))
    wrongly = handed.filter(feedback__second_look__was_ready=True, closing="returned")
    missed = Outcome.objects.filter(
        won=True, at__gte=month.begins, at__lt=month.ends, lead__handoffs=None
    )
    worth = _worth()
    found = [("never_followed_up", never), ("late", late), ("returned_wrongly", wrongly)]
    told = [Loss(code, n := of.count(), worth * n) for code, of in found]
    total = missed.aggregate(sum=Sum("revenue"))["sum"] or Decimal(0)
    return [*told, Loss("missed", missed.count(), total)]


def _worth() -> Decimal:
    """Return what a lead that sales worked was worth on average."""
    worked = Handoff.objects.counted().filter(first_attempt_at__isnull=False)
    leads = worked.values("lead").distinct().count()
    revenue = Outcome.objects.filter(won=True).aggregate(sum=Sum("revenue"))["sum"]
    return (revenue or Decimal(0)) / leads if leads else Decimal(0)


# --- replay -----------------------------------------------------------------------------------


def replay_enacted() -> Backtest:
    """Replay the versions as they came into force."""
    versions: Sequence[Enactment] = scoring.enactments(scoring.timeline())
    return backtest(history.read(), versions)


def _zone() -> ZoneInfo:
    return ZoneInfo(organisation().zone)
