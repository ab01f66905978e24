"""What stands beside a draft: its figures against another version, and the leads behind each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import numpy as np
from django.urls import reverse
from django.utils.translation import gettext as _

from einig.engine.backtest.changes import outcome_of, reasons
from einig.engine.backtest.curve import thresholds
from einig.engine.backtest.groups import Group
from einig.engine.backtest.intervals import Proportion
from einig.engine.backtest.measures import Measures, Month
from einig.engine.backtest.refusals import Refusal
from einig.engine.backtest.told import trial_told
from einig.engine.backtest.trial import Replayed, Trial
from einig.engine.instants import FOREVER
from einig.engine.values import fold
from einig.flow import words
from einig.store.models import Lead, Version
from einig.web.drawn import drawing
from einig.web.missing import made_ready, measure_name, missing
from einig.web.templatetags.einig import hundred, money, number


@dataclass(frozen=True, slots=True)
class Asked:
    """Of which version (None: unsaved), against which one, and over which threshold."""

    number: int | None
    against: Version | None
    threshold: int = 0
    points: int | None = None

    def url(self, name: str, **more: object) -> str:
        """Return the address of a page about this trial; empty where nothing was saved."""
        if self.number is None:
            return ""
        query: dict[str, object] = {"threshold": self.threshold} if self.threshold else {}
        if self.against is not None:
            query["against"] = self.against.number
        if self.points is not None:
            query["points"] = self.points
        return f"{reverse(name, args=[self.number])}?{urlencode(query | more)}"


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what it is, its value, what stands under it, and where its leads are."""

    label: str
    value: str
    told: str
    url: str = ""
    code: str = ""


def panel(tried: Trial, asked: Asked) -> dict[str, Any]:
    """Return what the panel shows of a trial."""
    told = trial_told(tried, names=0)
    draft, rule = tried.draft, tried.draft.backtest.agreement.sales_ready
    given = thresholds(rule)
    return {
        "told": told,
        "refused": why_refused(tried.refusal) if tried.refusal else "",
        "figures": list(_figures(tried, asked)),
        "marked": bool(told["not_point_in_time"]),
        "assumed": [words.attribute(name) for name in told["assumed_known"]],
        "untestable": [_criterion(name) for name in tried.untestable],
        "drawing": drawing(draft.curve) if draft.curve and draft.curve.marks else None,
        "measure": measure_name(draft.curve.measure) if draft.curve else "",
        "thresholds": [
            (n, f"{measure_name(of.measure)} {of.points}", asked.threshold == n)
            for n, of in enumerate(given)
        ],
        "months": _months(tried, asked),
        "segments": [_segment(tried, n, asked) for n in range(len(tried.segments))],
        "added": None if tried.added is None else len(tried.added.leads),
        "dropped": None if tried.dropped is None else len(tried.dropped.leads),
        "added_url": asked.url("version_trial_leads", which="added"),
        "dropped_url": asked.url("version_trial_leads", which="dropped"),
    }


def why_refused(of: Refusal) -> str:
    """Return why a draft is refused."""
    if of.who == "nobody":
        if of.by == "rule":
            return _("Nobody can be handed over: no lead can reach what is asked for.")
        return _("Nobody would have been handed over on this history.")
    if of.by == "rule":
        return _("Everyone would be handed over: every lead fulfils what is asked for.")
    return _("Everyone would have been handed over on this history.")


def _figures(tried: Trial, asked: Asked) -> Any:
    m = tried.draft.backtest.measures
    other = tried.against.backtest.measures if tried.against else None
    precision, recall = (other.precision, other.recall) if other else (None, None)
    yield _share(_("Of 100 handed over, bought"), m.precision, precision, asked, "handed")
    yield _share(_("Of 100 buyers, handed over"), m.recall, recall, asked, "bought")
    if m.weekly is not None:
        yield _weekly(m, other, asked)
    yield from _revenue(tried, m, asked)
    if m.sales_hours is not None:
        was = None if other is None or other.sales_hours is None else number(other.sales_hours)
        url = asked.url("version_trial_leads", which="handed")
        yield Figure(_("Hours of sales"), number(m.sales_hours), _version(asked, was), url)


def _share(
    label: str, of: Proportion, other: Proportion | None, asked: Asked, which: str
) -> Figure:
    told = []
    if of.low is not None:
        told.append(_("%(low)s to %(high)s") % {"low": hundred(of.low), "high": hundred(of.high)})
        told.append(_("%(part)s of %(all)s") % {"part": number(of.part), "all": number(of.whole)})
    was = None if other is None or other.share is None else hundred(other.share)
    told.append(_version(asked, was))
    url = asked.url("version_trial_leads", which=which)
    return Figure(label, hundred(of.share), " · ".join(filter(None, told)), url, "agreed")


def _weekly(m: Measures, other: Measures | None, asked: Asked) -> Figure:
    assert m.weekly is not None
    told = []
    if m.weekly.capacity is not None:
        told.append(_("capacity %(n)s") % {"n": number(m.weekly.capacity)})
        if m.weekly.over_capacity:
            over = {"n": number(m.weekly.over_capacity), "all": number(m.weekly.weeks)}
            told.append(_("more in %(n)s of %(all)s weeks") % over)
    was = number(other.weekly.mean, 1) if other and other.weekly else None
    told.append(_version(asked, was))
    url = asked.url("version_trial_leads", which="handed")
    return Figure(
        _("Handed over a week"),
        number(m.weekly.mean, 1),
        " · ".join(filter(None, told)),
        url,
        "warn" if m.weekly.capacity and m.weekly.mean > m.weekly.capacity else "",
    )


def _revenue(tried: Trial, m: Measures, asked: Asked) -> Any:
    r = tried.revenue
    if r.gained is not None:
        gained = r.gained
        yield Figure(
            _("Revenue won beside the other version"),
            ("+" if gained.sum > 0 else "") + money(gained.sum),
            _between(gained.low, gained.high),
            asked.url("version_trial_leads", which="added" if gained.sum >= 0 else "dropped"),
        )
    yield Figure(
        _("Revenue of those handed over"),
        money(r.won.sum),
        _between(r.won.low, r.won.high),
        asked.url("version_trial_leads", which="won"),
    )
    yield Figure(
        _("Revenue missed"),
        money(r.missed.sum),
        _between(r.missed.low, r.missed.high)
        + " · "
        + _("%(n)s buyers were not handed over") % {"n": number(m.won - m.won_sales_ready)},
        asked.url("version_trial_leads", which="missed"),
    )


def _between(low: float, high: float) -> str:
    return _("%(low)s to %(high)s") % {"low": money(low), "high": money(high)}


def _version(asked: Asked, was: str | None) -> str:
    if asked.against is None or was is None:
        return ""
    return _("version %(n)s: %(value)s") % {"n": asked.against.number, "value": was}


def _months(tried: Trial, asked: Asked) -> list[dict[str, Any]]:
    months = tried.draft.backtest.measures.months or ()
    other = tried.against.backtest.measures.months if tried.against else None
    pairs: list[tuple[Month, Month | None]] = [
        (month, other[n] if other else None) for n, month in enumerate(months)
    ]
    return [
        {
            "of": month,
            "other": was,
            "url": asked.url("version_trial_leads", which="handed", month=month.month),
        }
        for month, was in reversed(pairs)
        if month.leads
    ]


def _segment(tried: Trial, place: int, asked: Asked) -> dict[str, Any]:
    of = tried.segments[place]
    other: dict[str | None, Group] = {group.value: group for group in of.against or ()}
    return {
        "name": words.attribute(of.attribute),
        "assumed": of.assumed_known,
        "rows": [
            {
                "of": group,
                "other": other.get(group.value),
                "url": asked.url(
                    "version_trial_leads",
                    which="handed",
                    attribute=of.attribute,
                    **({} if group.value is None else {"value": group.value}),
                ),
            }
            for group in of.groups
        ],
    }


def _criterion(path: str) -> str:
    part, _dot, name = path.partition(".")
    if part in {"engagement", "intent"}:
        return words.activity(name)
    return words.attribute(name) if part == "fit" else path


# --- the leads behind a figure ----------------------------------------------------------------


def leads_of(tried: Trial, which: str, only: Mapping[str, str]) -> tuple[str, list[int], Replayed]:
    """Return what a figure is about, the numbers of its leads, and whose decision brought them."""
    of, ready = tried.past.outcomes, tried.draft.ready
    if which in {"added", "dropped"} and tried.added is not None and tried.dropped is not None:
        if which == "added" or tried.against is None:
            return _("newly handed over"), tried.added.leads.tolist(), tried.draft
        return _("no longer handed over"), tried.dropped.leads.tolist(), tried.against
    masks = {
        "won": (_("handed over and bought"), ready & of.won),
        "bought": (_("buyers"), of.won & of.counted),
        "missed": (_("buyers that were not handed over"), of.won & of.counted & ~ready),
        "lost": (_("handed over and lost"), ready & of.known & ~of.won),
        "open": (_("handed over and not yet decided"), ready & ~of.known),
    }
    title, chosen = masks.get(which, (_("handed over"), ready))
    chosen = chosen & _within(tried, only)
    numbers = np.flatnonzero(chosen)
    order = np.lexsort((numbers, -of.revenue[numbers], ~of.won[numbers]))
    return title, numbers[order].tolist(), tried.draft


def _within(tried: Trial, only: Mapping[str, str]) -> Any:
    chosen = np.ones(len(tried.past.history.leads), np.bool_)
    if month := only.get("month"):
        names, of = tried.past.months
        chosen &= of == (names.index(month) if month in names else -2)
    if attribute := only.get("attribute"):
        values, codes = tried.past.segment(fold(attribute))
        value = only.get("value")
        code = -1 if value is None else values.index(value) if value in values else -2
        chosen &= codes == code
    return chosen


def changed_sides(tried: Trial, numbers: Sequence[int], which: str) -> list[dict[str, Any]]:
    """Return leads by name with what became of them; those that change sides with both reasons."""
    by = tried.against if which == "dropped" and tried.against else tried.draft
    first = by.backtest.decisions.first_ready_at
    ids = [tried.past.history.leads["lead_id"][n].as_py() for n in numbers]
    named = {lead.lead_id: lead for lead in Lead.objects.filter(lead_id__in=ids)}
    why = {}
    if which in {"added", "dropped"} and tried.against is not None:
        yes, no = tried.draft, tried.against
        if which == "dropped":
            yes, no = no, yes
        found = reasons(
            tried.past, numbers, first, yes=yes.backtest.agreement, no=no.backtest.agreement
        )
        why = {each.lead_id: each for each in found}
    return [
        {
            "lead": named.get(id_),
            "lead_id": id_,
            "at": int(first[n]) if first[n] < FOREVER else None,
            "outcome": outcome_of(tried.past, n),
            "revenue": float(tried.past.outcomes.revenue[n]),
            "yes": made_ready(why[id_].yes.made_ready_by) if id_ in why else "",
            "no": missing(why[id_].no.missing) if id_ in why else "",
        }
        for n, id_ in zip(numbers, ids, strict=True)
    ]
