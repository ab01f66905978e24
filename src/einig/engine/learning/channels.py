"""Channels: what each source of leads brings, and what a lead, an ideal one and a won one cost.

What was spent was spent on every lead of a source, whatever became of it: all leads count, those
without an end and those that nobody called too. Only who had time enough to get anywhere tells what
a lead that did costs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from einig.engine.agreement.model import Agreement, LeadRule
from einig.engine.history.contract import History
from einig.engine.instants import DAY, FOREVER, iso
from einig.engine.learning.columns import attributes
from einig.engine.learning.examples import Bools, Column, Floats
from einig.engine.learning.moments import at_handoff, is_dated
from einig.engine.learning.standing import NEVER, Standings
from einig.engine.learning.targets import WON, Reached, Target, reach
from einig.engine.learning.told_words import days_of, say

SOURCES = ("source", "lead source", "lead_source", "origin", "quelle", "lead-quelle", "kanal")
_SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}
_MOST = 0.9  # of those who get there: after so long a lead had time enough


@dataclass(frozen=True, slots=True)
class Channel:
    """What a source brings.

    leads   all of its leads so far, each once
    ideal   those that ever reached the threshold, or that a buying signal brought
    won     those that ever reached the target
    old     those that had time enough to reach it
    old_won those of them that did
    """

    leads: int
    ideal: int
    won: int
    old: int
    old_won: int
    revenue_per_lead: float  # of the old ones
    value: str = ""
    spend: float | None = None

    @property
    def share(self) -> float:
        """Return the share of its leads that are ideal."""
        return self.ideal / self.leads if self.leads else 0.0

    @property
    def cost_of_lead(self) -> float | None:
        """Return what one of its leads costs, where spend is known."""
        return None if self.spend is None or not self.leads else self.spend / self.leads

    @property
    def cost(self) -> float | None:
        """Return what an ideal lead costs."""
        return None if self.spend is None or not self.ideal else self.spend / self.ideal

    @property
    def cost_of_won(self) -> float | None:
        """Return what a lead that reaches the target costs, as the old ones tell."""
        one = self.cost_of_lead
        return None if one is None or not self.old_won else one * self.old / self.old_won


@dataclass(frozen=True, slots=True)
class Channels:
    """The channels, the greatest share of ideal leads first.

    Leads created up to `until` had time enough: `days` before the end of the history, in which nine
    of ten that reached the target had done so (None without dates, then all count as old).
    """

    column: str
    rows: tuple[Channel, ...]
    until: int | None
    days: int | None


def channels(
    history: History,
    draft: Agreement,
    *,
    source: str,
    at_least: int,
    target: Target = WON,
    spend: Mapping[str, float] | None = None,
) -> Channels:
    """Return what each value of the column `source` brings, as of the end of the history.

    Whatever days the target names, here it is whether a lead ever reached it. `at_least` is the
    threshold of the draft, `spend` is by value as compared. A lead counts once, with the highest
    standing that it ever had by the draft; what was merged into another is none.
    """
    of = reach(history, target)
    column = _source(history, source)
    ideal = Standings.made(draft, history).of_leads() >= at_least
    there = _there(history, draft)
    until, days = _old_until(history, of)
    created = history.leads["created_at"].to_numpy()
    old = np.ones(len(created), np.bool_) if until is None else created <= until
    rows = []
    for code, value in enumerate(column.levels):
        mine = there & (column.codes == code)
        row = _channel(mine, of, old=old, ideal=ideal)
        rows.append(replace(row, value=value, spend=(spend or {}).get(value)))
    ranked = sorted((r for r in rows if r.leads), key=lambda r: (-r.share, -r.leads, r.value))
    return Channels(column.name, tuple(ranked), until, days)


def source_of(names: Sequence[str], wanted: str | None) -> str | None:
    """Return the column that says where leads came from: the wanted one, or one called so."""
    known = {name.casefold(): name for name in names}
    asked = [wanted.casefold()] if wanted is not None else SOURCES
    return next((known[name] for name in asked if name in known), None)


def brief(
    of: Channels,
    language: str = "en",
    *,
    target: Target = WON,
    currency: str | None = None,
    fewest: int = 20,
) -> str:
    """Return in a few sentences where campaigns find ideal leads; empty if nobody can say."""
    told = [row for row in of.rows if row.leads >= fewest]
    if len(told) < 2 or not told[0].ideal:
        return ""
    best, poor = told[0], told[-1]
    said = [say("brief", language, _shares(best))]
    said += _costs(best, language, target, currency)
    said.append(say("poor", language, _shares(poor)))
    return " ".join(said)


def counted(of: Channels, language: str = "en", *, target: Target = WON) -> str:
    """Return which leads the costs are told by; empty where nothing is known of spend."""
    if all(row.spend is None for row in of.rows):
        return ""
    said = [say("counted", language)]
    if of.until is not None and of.days is not None:
        since = {"day": _day(of.until, language), "days": days_of(of.days, language)}
        said.append(say("counted until", language, since, target=ever(target)))
    return " ".join(said)


def amount(of: float, language: str, currency: str | None) -> str:
    """Return an amount of money in a sentence."""
    sign = _SIGNS.get(currency or "", currency or "")
    return say("amount", language, {"n": of}) + (f"\N{NO-BREAK SPACE}{sign}" if sign else "")


def _costs(best: Channel, language: str, target: Target, currency: str | None) -> list[str]:
    if best.cost_of_lead is None or best.cost is None:
        return []
    figures: dict[str, float | str] = {
        "lead": amount(best.cost_of_lead, language, currency),
        "ideal": amount(best.cost, language, currency),
    }
    if best.cost_of_won is None:
        return [say("cost", language, figures)]
    figures["one"] = amount(best.cost_of_won, language, currency)
    return [say("cost too", language, figures, target=ever(target))]


def _shares(of: Channel) -> dict[str, float | str]:
    return {"value": of.value, "share": of.share, "leads": of.leads}


def ever(target: Target) -> Target:
    """Return the target without days."""
    return replace(target, within=None)


def _source(history: History, name: str) -> Column:
    """Return where each lead came from, as is known at the end."""
    end = min(history.about.ends_at, FOREVER - 1)  # FOREVER is never
    moments = at_handoff(history, np.full(len(history.leads), end, np.int64))
    found = next(column for column in attributes(history, moments) if column.name == name)
    codes = np.empty_like(found.codes)
    codes[moments.lead] = found.codes
    return Column(name, codes, found.levels, found.numbers)


def _there(history: History, draft: Agreement) -> Bools:
    """Return who is not part of another lead now; what the draft does not call a lead cost, too."""
    everyone = replace(draft, lead=LeadRule())
    there: Bools = Standings.made(everyone, history).fit_of_leads() > NEVER
    return there


def _channel(mine: Bools, of: Reached, *, old: Bools, ideal: Bools) -> Channel:
    revenue: Floats = of.revenue[mine & old]
    return Channel(
        leads=int(mine.sum()),
        ideal=int((mine & ideal).sum()),
        won=int((mine & of.reached).sum()),
        old=int((mine & old).sum()),
        old_won=int((mine & old & of.reached).sum()),
        revenue_per_lead=float(revenue.mean()) if len(revenue) else 0.0,
    )


def _old_until(history: History, of: Reached) -> tuple[int | None, int | None]:
    """Return up to when a lead was created that had time enough, and how many days that is."""
    if not is_dated(history) or history.about.ends_at == FOREVER:
        return None, None
    took = (of.reached_at - history.leads["created_at"].to_numpy())[of.reached_at < FOREVER]
    if not len(took):
        return None, None
    days = max(1, int(np.ceil(np.quantile(took, _MOST) / DAY)))
    return history.about.ends_at - days * DAY, days


def _day(at: int, language: str) -> str:
    day = str(iso(at))[:10]
    return ".".join(reversed(day.split("-"))) if language.startswith("de") else day
