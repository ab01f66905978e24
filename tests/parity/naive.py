"""The naive evaluator: it rescans the whole history at every instant, and shares no code."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from functools import cache
from itertools import pairwise
from math import inf, isfinite, nan
from typing import Any, NamedTuple, TypeVar
from unicodedata import normalize

from einig.engine.agreement import model as m
from einig.engine.history.contract import EventRow
from tests.parity.rows import Rows

T = TypeVar("T")
BEGINNING, FOREVER = -(2**61), 2**61
Timeline = list[tuple[int, m.Agreement]]  # each with the instant from which it is in force
State = NamedTuple(
    "State", [("at", int), ("fit", int), ("engagement", int), ("intent", bool), ("ready", bool)]
)


def states(rows: Rows, timeline: Timeline, until: int) -> dict[str, list[State]]:
    """Return by lead its state at each instant, up to `until`, at which anything may change."""
    return {lead.lead_id: _replay(lead.lead_id, rows, timeline, until)[0] for lead in rows.leads}


def handoffs(rows: Rows, timeline: Timeline, until: int) -> dict[str, list[int]]:
    """Return by lead each instant, up to `until`, at which it is handed over to sales."""
    return {lead.lead_id: _replay(lead.lead_id, rows, timeline, until)[1] for lead in rows.leads}


def _replay(me: str, rows: Rows, timeline: Timeline, until: int) -> tuple[list[State], list[int]]:
    births = {lead.lead_id: _or(lead.created_at, BEGINNING) for lead in rows.leads}
    born = births[me]
    versions = sorted(((at, FOREVER, v) for at, v in timeline), key=lambda version: version[0])
    links = [(k.linked_at, _or(k.unlinked_at, FOREVER), k) for k in rows.links]
    facts = [(_or(f.known_from, births.get(f.lead_id, born)), FOREVER, f) for f in rows.facts]
    facts.sort(key=lambda fact: (fact[0], fact[2].sequence))
    spans = [(_or(e.known_from, e.at), _or(e.known_until, FOREVER), e) for e in rows.events]
    spans = [(start, end, replace(e, at=min(e.at, start))) for start, end, e in spans]
    spans.sort(key=lambda span: (span[0], span[2].at, span[2].lead_id, span[2].type))
    first = {e.event_id: (max(start, born), end, e) for start, end, e in reversed(spans)}
    events = list(first.values())
    waits = {
        w for _, v in timeline for c in v.engagement for s in c.steps for w in (s.begins, s.ends)
    }
    waits |= {c.within for _, v in timeline for c in v.intent}
    waits |= {s.nothing_for for _, v in timeline for s in v.silence}
    marks = {at for span in (*versions, *links, *facts, *events) for at in span[:2]}
    marks |= {at + wait for at in (born, *(e.at for *_, e in events)) for wait in waits}
    instants = sorted(at for at in {born, until, *births.values()} | marks if born <= at <= until)

    def merged(at: int) -> bool:
        wholes = {one for one, birth in births.items() if birth <= at and me in linked(at, of=one)}
        circle = wholes & linked(at)  # its oldest stays a lead
        return wholes > circle or any((births[one], one) < (born, me) for one in circle)

    def linked(at: int, per: m.Per = "person", of: str = me) -> set[str]:
        found, held = {of}, _held(links, at)
        for k in held * len(held):  # no chain is longer
            if k.lead_id in found and (k.kind == "same" or per == "company"):
                found.add(k.identity)
        return found

    def known(at: int, per: m.Per = "person") -> list[EventRow]:
        identities = linked(at, per)
        return [e for e in _held(events, at) if e.lead_id in identities]

    def matching(c: m.Engagement | m.Intent, at: int) -> list[EventRow]:
        named = [e for e in known(at, c.per) if _fold(e.type) == _fold(c.activity)]
        values = [{_fold(of): _fold(text) for of, text in e.properties.items()} for e in named]
        return [
            e for e, of in zip(named, values, strict=True) if all(_holds(w, of) for w in c.where)
        ]

    def told_of(at: int) -> dict[str, str]:
        mine = linked(at)
        return {_fold(f.attribute): _fold(f.value) for f in _held(facts, at) if f.lead_id in mine}

    def allowed(at: int, who: m.LeadRule, values: dict[str, str]) -> bool:
        reachable = not who.reachable_by or any(values.get(_fold(a)) for a in who.reachable_by)
        never = any(all(_holds(where, values) for where in entry) for entry in who.never)
        return reachable and not never and not merged(at)

    def state(at: int, agreement: m.Agreement) -> State:
        done, who, values = known(at), agreement.lead, told_of(at)
        if not allowed(at, who, values):
            return State(at, 0, 0, False, False)
        inquiries = [e.at for e in done if _fold(e.type) in map(_fold, who.inquiries)]
        first = min(inquiries, default=FOREVER) if who.inquiries else born

        def ages(c: m.Engagement | m.Intent) -> list[int]:
            return [at - e.at for e in matching(c, at) if e.at > first or not c.after_inquiry]

        fit = engagement = 0
        for table in agreement.fit:
            value = values.get(_fold(table.attribute), "")
            points = [row.points for row in table.rows if _holds(row, value)]
            fit += [*points, table.otherwise][0] if value else table.unknown
        for c in agreement.engagement:
            total = sum(s.points for s in c.steps for age in ages(c) if s.begins <= age < s.ends)
            cap = _or(c.at_most, total)
            engagement += min(total, cap) if cap >= 0 else max(total, cap)
        for s in agreement.silence:
            broken = [e.at for e in done if _fold(e.type) in map(_fold, s.activities or (e.type,))]
            engagement += s.points if at >= max([born, *broken]) + s.nothing_for else 0
        intent = {c.name for c in agreement.intent if sum(a < c.within for a in ages(c)) >= c.times}
        seen = {"fit": fit, "engagement": engagement, "score": fit + engagement, "intent": intent}
        ready = _holds(agreement.sales_ready, seen | {"values": values})
        return State(at, fit, engagement, bool(intent), ready)

    def qualified(agreement: m.Agreement, returned: int, at: int) -> bool:
        rising = [c for c in agreement.engagement if any(s.points > 0 for s in c.steps)]
        when = [returned, *(t for t in instants if returned < t <= at)]
        up: list[m.Engagement | m.Intent] = [*agreement.intent, *rising]
        seen = [[(c, e, e.lead_id in linked(t)) for c in up for e in matching(c, t)] for t in when]
        return any(news not in before for before, now in pairwise(seen) for news in now)

    judged = [state(at, version[-1]) for at in instants if (version := _held(versions, at))]
    told = [f for f in rows.feedback if f.lead_id in linked(f.at) and not merged(f.at)]
    returns = [f.at for f in told if f.verdict == "returned"]
    ready = [state.at for state in judged if state.ready]
    week = born + 7 * 24 * 3600 * 10**6
    drawn = [v for v in _held(versions, week)[-1:] if _share("explore", v.name, me) < v.explore]
    if born > BEGINNING and week <= until and drawn and week < min([FOREVER, *ready, *returns]):
        ready += [week] * allowed(week, drawn[0].lead, told_of(week))
    opened: list[int] = []
    for at in sorted(ready):
        returned = max((r for r in returns if r <= at), default=None)
        waiting = not any(returned is None or handoff > returned for handoff in opened)
        if waiting and (returned is None or qualified(_held(versions, at)[-1], returned, at)):
            opened.append(at)
    return judged, opened


def _held(spans: list[tuple[int, int, T]], at: int) -> list[T]:
    return [row for start, end, row in spans if start <= at < end]


def _share(*parts: str) -> float:
    return int(hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16], 16) / 2**64


def _or(given: int | None, otherwise: int) -> int:
    return otherwise if given is None else given


# the folded text of a value, where "" is blank; the number that it reads as, or NaN; and its size,
# by which it is compared: that number, or where the range begins as which it is written
_fold = cache(lambda text: normalize("NFC", normalize("NFC", text or "").strip().casefold()))
_DIGITS = re.compile(r"[+-]?[0-9]{1,300}(\.[0-9]{1,300})?(e[+-]?[0-9]{1,3})?")
_number = cache(lambda t: float(t) if _DIGITS.fullmatch(t) and isfinite(float(t)) else nan)
_N = r"(-?[0-9]{1,15}(?:\.[0-9]{1,9})?)"
_RANGE = re.compile(rf"{_N} ?(?:\+|(?:-|–|to|\.\.) ?{_N})|(>=|from|<|below|under) ?{_N}")


@cache
def _size(text: str) -> float:
    low, high, word, end = of.groups("") if (of := _RANGE.fullmatch(text)) else (text, "", "", "")
    if word:
        return _number(end) if word in (">=", "from") else -inf
    return nan if _number(low) > _number(high) else _number(low)


def _holds(what: Any, of: Any) -> bool:
    return bool(_HOLDS[type(what)](what, of))


_HOLDS: dict[type, Any] = {
    m.TextRow: lambda row, of: _fold(row.text) == of or _number(_fold(row.text)) == _number(of),
    m.OneOf: lambda c, value: any(_holds(m.TextRow(text, 0), value) for text in c.texts),
    m.NoneOf: lambda c, value: value != "" and not _holds(m.OneOf(c.texts), value),
    m.Contains: lambda c, value: _fold(c.text) in value,
    m.StartsWith: lambda c, value: value.startswith(_fold(c.text)),
    m.RangeRow: lambda row, value: row.low <= _size(value) < row.high,
    m.Between: lambda c, value: c.low <= _size(value) < c.high,
    m.Known: lambda c, value: c.known == (value != ""),
    m.AllOf: lambda c, value: all(_holds(each, value) for each in c.conditions),
    m.Where: lambda where, values: _holds(where.condition, values.get(_fold(where.of), "")),
    m.HasAttribute: lambda rule, seen: _holds(rule.where, seen["values"]),
    m.AtLeast: lambda rule, seen: seen[rule.measure] >= rule.points,
    m.HasIntent: lambda rule, seen: any(rule.name in (None, name) for name in seen["intent"]),
    m.All: lambda rule, seen: all(_holds(part, seen) for part in rule.parts),
    m.Any: lambda rule, seen: any(_holds(part, seen) for part in rule.parts),
}
