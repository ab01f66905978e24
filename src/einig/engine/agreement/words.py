"""An agreement in words: conditions, windows, criteria and rules as a person would say them."""

from __future__ import annotations

import math

from einig.engine.agreement.model import (
    All,
    AllOf,
    Any,
    AtLeast,
    Between,
    Condition,
    Contains,
    Engagement,
    HasAttribute,
    HasIntent,
    Intent,
    Known,
    NoneOf,
    OneOf,
    RangeRow,
    Rule,
    Silence,
    StartsWith,
    Step,
    TextRow,
    Where,
    WorkingTime,
)
from einig.engine.instants import DAY, FOREVER

NO_LIMIT = "no limit"


def points(number: int) -> str:
    """Return a number of points (`1 point`, `-15 points`)."""
    return f"{number} point{'' if abs(number) == 1 else 's'}"


def window(elapsed: int) -> str:
    """Return an elapsed time (`14 days`, `ever`)."""
    if elapsed >= FOREVER:
        return "ever"
    days = elapsed // DAY
    return f"{days} day{'' if days == 1 else 's'}"


def working_time(of: WorkingTime | None) -> str:
    """Return a span of working time (`1 working hour`)."""
    if of is None:
        return NO_LIMIT
    unit = of.unit.removesuffix("s") if of.amount == 1 else of.unit
    return f"{of.amount} working {unit}"


def share(of: float) -> str:
    """Return a share in percent (`2%`)."""
    return f"{100 * of:g}%"


def listed(words: tuple[str, ...], last: str = "and") -> str:
    """Return words as a list (`a, b and c`); `nothing` for none."""
    if not words:
        return "nothing"
    head = ", ".join(words[:-1])
    return f"{head} {last} {words[-1]}" if head else words[-1]


def number(of: float) -> str:
    """Return a number without an idle `.0`."""
    return str(int(of)) if math.isfinite(of) and of == int(of) else repr(of)


def condition(of: Condition) -> str:
    """Return what a condition demands of a value (`is at least 5`)."""
    match of:
        case OneOf((text,)):
            return f"is {text}"
        case OneOf(texts):
            return f"is {listed(texts, 'or')}"
        case NoneOf((text,)):
            return f"is known and not {text}"
        case NoneOf(texts):
            return f"is known and none of {listed(texts, 'or')}"
        case Contains(text):
            return f"contains {text}"
        case StartsWith(text):
            return f"starts with {text}"
        case Between():
            return _between(of)
        case Known(known):
            return "is known" if known else "is blank"
        case AllOf(conditions):
            return " and ".join(map(condition, conditions))


def _between(of: Between) -> str:
    # `above` and `at_most` are kept as the neighbouring number: the shorter form was written
    under, over = math.nextafter(of.low, -math.inf), math.nextafter(of.high, -math.inf)
    parts = []
    if math.isfinite(of.low):
        above = len(number(under)) < len(number(of.low))
        parts.append(f"is above {number(under)}" if above else f"is at least {number(of.low)}")
    if math.isfinite(of.high):
        most = len(number(over)) < len(number(of.high))
        parts.append(f"is at most {number(over)}" if most else f"is below {number(of.high)}")
    return " and ".join(parts) or "is a number"


def where(of: Where) -> str:
    """Return a condition with the name of its value (`path is /pricing`)."""
    return f"{of.of} {condition(of.condition)}"


def wheres(of: tuple[Where, ...]) -> str:
    """Return conditions that must all hold; `nothing` for none."""
    return listed(tuple(map(where, of)))


def row(of: TextRow | RangeRow) -> str:
    """Return a row of a fit table (`50 to 249`, `Software`)."""
    if isinstance(of, TextRow):
        return of.text
    low, dash, high = of.label.partition("-")
    spoken = dash and low.strip() and high.strip()
    return f"{low.strip()} to {high.strip()}" if spoken else of.label


def steps(of: tuple[Step, ...]) -> str:
    """Return points as they fade (`8 points for 14 days, then 4 points until 60 days`)."""
    first, *later = of
    fades = [f"then {points(step.points)} until {window(step.ends)}" for step in later]
    return ", ".join([f"{points(first.points)} for {window(first.ends)}", *fades])


def criterion(of: Engagement | Silence | Intent) -> str:
    """Return all that a criterion says, without its name."""
    match of:
        case Silence():
            return f"{points(of.points)} while {silence(of)}"
        case Intent(times=1):
            head = f"within {window(of.within)}"
        case Intent():
            head = f"{of.times} times within {window(of.within)}"
        case Engagement():
            head = steps(of.steps)
    cap = of.at_most if isinstance(of, Engagement) else None
    limit = "" if cap is None else f", at most {points(cap)}"
    activity = "" if of.activity == of.name else f" of {of.activity}"
    only = f" where {wheres(of.where)}" if of.where else ""
    company = ", by anyone of the company" if of.per == "company" else ""
    after = ", after the first inquiry" if of.after_inquiry else ""
    return f"{head}{activity}{only}{limit}{company}{after}"


def silence(of: Silence) -> str:
    """Return what must not happen for a silence (`nothing happens for 30 days`)."""
    what = f"no {listed(of.activities, 'or')}" if of.activities else "nothing"
    return f"{what} happens for {window(of.nothing_for)}"


def rule(of: Rule) -> str:
    """Return when a lead is sales-ready (`fit at least 40 and (any buying signal or …)`)."""
    match of:
        case AtLeast(measure, need):
            return f"{measure} at least {need}"
        case HasIntent(None):
            return "any buying signal"
        case HasIntent(name):
            return f"the buying signal {name}"
        case HasAttribute(on):
            return where(on)
        case All(parts):
            return " and ".join(map(_inner, parts))
        case Any(parts):
            return " or ".join(map(_inner, parts))


def _inner(of: Rule) -> str:
    return f"({rule(of)})" if isinstance(of, All | Any) and len(of.parts) > 1 else rule(of)
