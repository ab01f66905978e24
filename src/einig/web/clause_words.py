"""Criteria, rules and conditions of an agreement in the language of whoever reads."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal

from babel.numbers import format_decimal
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
    Rule,
    Silence,
    StartsWith,
    Step,
    Where,
)
from einig.engine.instants import DAY, FOREVER
from einig.engine.values import fold
from einig.flow import words
from einig.web.templatetags.einig import number, quoted

_FINEST = 6  # decimals that a share in percent can have


def behaviour(criterion: Engagement | Silence) -> tuple[str, str]:
    """Return what a lead does, and the points for it, as a line with a name."""
    if isinstance(criterion, Silence):
        told = {"points": in_points(criterion.points), "time": in_days(criterion.nothing_for)}
        return title(criterion.name), _("%(points)s after nothing for %(time)s") % told
    said = steps(criterion)
    if criterion.at_most is not None:
        said += ", " + _("at most %(points)s") % {"points": in_points(criterion.at_most)}
    return title(criterion.name), _conditions(criterion, said)


def steps(of: Engagement) -> str:
    """Return the points of an activity as they fade."""
    first, *later = of.steps
    said = _("%(points)s for good") % {"points": in_points(first.points)}
    if first.ends < FOREVER:
        said = _("%(points)s for %(time)s") % _step(first)
    for step in later:
        said += ", " + _("then %(points)s until %(time)s") % _step(step)
    return said


def _step(of: Step) -> dict[str, str]:
    return {"points": in_points(of.points), "time": in_days(of.ends)}


def signal(intent: Intent) -> str:
    """Return what a buying signal asks for."""
    told = {"n": number(intent.times), "time": in_days(intent.within)}
    text = ngettext("once within %(time)s", "%(n)s times within %(time)s", intent.times) % told
    return _conditions(intent, text if intent.within < FOREVER else _("at any time"))


def _conditions(of: Engagement | Intent, text: str) -> str:
    parts = [text]
    if fold(of.activity) != fold(of.name):
        parts.append(words.activity(of.activity))
    parts += [where(w) for w in of.where]
    if of.per == "company":
        parts.append(_("everybody of the company together"))
    if of.after_inquiry:
        parts.append(_("after the first inquiry"))
    return "; ".join(parts)


def rule(of: Rule) -> str:
    """Return a rule as the end of a sentence that begins with "if"."""
    match of:
        case AtLeast("fit", points):
            return _("it fits the ideal lead with at least %(points)s") % {
                "points": in_points(points)
            }
        case AtLeast("engagement", points):
            return _("it is engaged with at least %(points)s") % {"points": in_points(points)}
        case AtLeast(_measure, points):
            return _("fit and engagement come to at least %(points)s") % {
                "points": in_points(points)
            }
        case HasIntent(None):
            return _("it shows a buying signal")
        case HasIntent(name):
            return _("it shows the buying signal “%(name)s”") % {"name": title(name or "")}
        case HasAttribute(of_attribute):
            return where(of_attribute)
        case All(parts):
            return _(" and ").join(_part(part) for part in parts)
        case Any(parts):
            return _(" or ").join(_part(part) for part in parts)


def _part(of: Rule) -> str:
    return f"({rule(of)})" if isinstance(of, (All, Any)) else rule(of)


def where(of: Where) -> str:
    """Return a condition with the name of its value."""
    return f"{words.attribute(of.of)} {condition(of.condition)}"


def condition(of: Condition) -> str:
    """Return what a condition demands of a value."""
    match of:
        case OneOf(texts):
            return _("is %(values)s") % {"values": either(map(quoted, texts))}
        case NoneOf(texts):
            return _("is not %(values)s") % {"values": either(map(quoted, texts))}
        case Contains(text):
            return _("contains %(text)s") % {"text": quoted(text)}
        case StartsWith(text):
            return _("begins with %(text)s") % {"text": quoted(text)}
        case Between(low, high):
            return _between(low, high)
        case Known(known):
            return _("is known") if known else _("is unknown")
        case AllOf(conditions):
            return _(" and ").join(condition(each) for each in conditions)


def _between(low: float, high: float) -> str:
    # `above` and `at_most` are kept as the neighbouring number: the shorter form was written
    under, over = math.nextafter(low, -math.inf), math.nextafter(high, -math.inf)
    parts = []
    if math.isfinite(low):
        above = len(f"{under!r}") < len(f"{low!r}")
        text = _("is above %(low)s") if above else _("is at least %(low)s")
        parts.append(text % {"low": in_figures(under if above else low)})
    if math.isfinite(high):
        most = len(f"{over!r}") < len(f"{high!r}")
        text = _("is at most %(high)s") if most else _("is below %(high)s")
        parts.append(text % {"high": in_figures(over if most else high)})
    return _(" and ").join(parts) or _("is a number")


def title(name: str) -> str:
    """Return what somebody did, as the beginning of a line."""
    said = words.activity(name)
    return said[:1].upper() + said[1:]


def either(of: Iterable[str]) -> str:
    """Return names of which one is meant."""
    *names, last = of
    return ", ".join(names) + _(" or ") + last if names else last


def in_points(points: int) -> str:
    """Return a number of points."""
    return ngettext("%(n)s point", "%(n)s points", points) % {"n": number(points)}


def in_days(length: int) -> str:
    """Return a length of time in days."""
    n = length // DAY
    return ngettext("%(n)s day", "%(n)s days", n) % {"n": number(n)}


def in_hundred(share: float) -> str:
    """Return a share as so many of 100."""
    return in_figures(round(100 * share, _FINEST))


def in_figures(amount: float) -> str:
    """Return a number with every digit that it has, as people write it here."""
    language = translation.get_language() or "de"
    return format_decimal(Decimal(repr(amount)), locale=language, decimal_quantization=False)
