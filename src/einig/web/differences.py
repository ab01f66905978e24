"""How two agreements differ, in sentences of the language of whoever reads."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from einig.engine.agreement.diff import Change, diff
from einig.engine.agreement.model import (
    Agreement,
    Attempts,
    Engagement,
    FitTable,
    Intent,
    OutsideFit,
    RangeRow,
    Silence,
    TextRow,
)
from einig.engine.instants import FOREVER
from einig.flow import words
from einig.web.clause_words import (
    behaviour,
    in_days,
    in_hundred,
    in_points,
    rule,
    signal,
    steps,
    where,
)
from einig.web.templatetags.einig import capital, number, quoted

Criterion = Engagement | Silence | Intent


def sentences(before: Agreement, after: Agreement) -> list[str]:
    """Return what changed, a sentence each; none exactly if both say the same."""
    return [sentence(change) for change in diff(before, after)]


def sentence(of: Change) -> str:
    """Return a difference as a sentence."""
    told = {"what": capital(_subject(of))}
    if of.kind == "added":
        said = _value(of, of.after)
        text = _("%(what)s is new: %(after)s.") if said else _("%(what)s is new.")
        return text % (told | {"after": said})
    if of.kind == "removed":
        said = _value(of, of.before)
        text = _("%(what)s counts no more: %(before)s.") if said else _("%(what)s counts no more.")
        return text % (told | {"before": said})
    both = {"before": _value(of, of.before), "after": _value(of, of.after)}
    return _("%(what)s: now %(after)s, before %(before)s.") % (told | both)


def _subject(of: Change) -> str:
    """Return what changed, as the beginning of a sentence."""
    part, _dot, name = of.criterion.partition(".")
    if part == "fit":
        attribute = words.attribute(name)
        row = _row(of)
        return f"{attribute} {quoted(row)}" if row else _("fit by %(name)s") % {"name": attribute}
    if part in {"engagement", "intent"}:
        return f"{words.activity(name)}{_aspect(of)}"
    title = words.criterion(of.criterion)
    if of.what == "item":
        return f"{title}, {quoted(_item(of.after if of.kind == 'added' else of.before))}"
    return title


def _row(of: Change) -> str:
    if of.what in {"otherwise", "unknown"}:
        return _("anything else") if of.what == "otherwise" else _("unknown")
    one = of.after if of.before is None else of.before
    if isinstance(one, TextRow):
        return one.text
    return one.label if isinstance(one, RangeRow) else ""


def _item(of: Any) -> str:
    if isinstance(of, tuple):
        return " · ".join(map(where, of))
    return words.attribute(of)


def _aspect(of: Change) -> str:
    names = {
        "activity": _("activity"),
        "where": _("conditions"),
        "per": _("whose activities count"),
        "after": _("since when it counts"),
        "within": _("period"),
        "for": _("period"),
        "times": _("how often"),
        "at_most": _("limit"),
        "steps": _("points"),
        "points": _("points"),
    }
    return f", {names[of.what]}" if of.what in names else ""


def _value(of: Change, value: Any) -> str:
    """Return what it was, or what it is now."""
    return _("not agreed") if value is None else _SAY[of.what](value)


def _whole(of: Criterion) -> str:
    return signal(of) if isinstance(of, Intent) else behaviour(of)[1]


def _points(of: Engagement | Silence) -> str:
    return in_points(of.points if isinstance(of, Silence) else of.steps[0].points)


def _times(of: Intent) -> str:
    return ngettext("%(n)s time", "%(n)s times", of.times) % {"n": number(of.times)}


def _limit(of: Engagement) -> str:
    return _("no limit") if of.at_most is None else in_points(of.at_most)


def _where(of: Engagement | Intent) -> str:
    return ", ".join(map(where, of.where)) or _("whatever its properties")


def _per(of: Engagement | Intent) -> str:
    return _("everybody of the company together") if of.per == "company" else _("only its own")


def _after(of: Engagement | Intent) -> str:
    return _("after the first inquiry") if of.after_inquiry else _("at any time")


def _window(of: int) -> str:
    return in_days(of) if of < FOREVER else _("for good")


def _silence(of: Silence) -> str:
    did = ", ".join(words.activity(name) for name in of.activities) or _("anything")
    return _("%(time)s without %(did)s") % {"time": in_days(of.nothing_for), "did": did}


def _table(of: FitTable) -> str:
    rows = [(row.text if isinstance(row, TextRow) else row.label, row.points) for row in of.rows]
    rows += [(_("anything else"), of.otherwise)] if of.otherwise else []
    rows += [(_("unknown"), of.unknown)] if of.unknown else []
    return "; ".join(f"{name}: {in_points(points)}" for name, points in rows) or _("no points yet")


def _attempts(of: Attempts) -> str:
    said = [_("at least %(n)s") % {"n": of.at_least}]
    if of.within is not None:
        said.append(_("within %(time)s") % {"time": words.working_time(of.within)})
    if of.channels > 1:
        said.append(_("by %(n)s ways") % {"n": of.channels})
    if of.minutes is not None:
        minutes = ngettext("%(n)s minute each", "%(n)s minutes each", of.minutes)
        said.append(minutes % {"n": of.minutes})
    return ", ".join(said)


def _outside(of: OutsideFit) -> str:
    side = _("marketing") if of.answered_by == "marketing" else _("sales")
    told = {"side": side, "time": words.working_time(of.within)}
    return _("%(side)s within %(time)s") % told


def _share(of: float) -> str:
    return _("%(n)s of 100") % {"n": in_hundred(of)}


_SAY: dict[str, Callable[[Any], str]] = {
    "name": quoted,
    "item": lambda _item: "",  # the subject says it
    "row": lambda row: in_points(row.points),
    "otherwise": in_points,
    "unknown": in_points,
    "table": _table,
    "criterion": _whole,
    "points": _points,
    "steps": steps,
    "for": lambda of: _window(of.steps[0].ends),
    "within": lambda of: _window(of.within),
    "times": _times,
    "at_most": _limit,
    "activity": lambda of: words.activity(of.activity),
    "where": _where,
    "per": _per,
    "after": _after,
    "silence": _silence,
    "rule": lambda of: quoted(rule(of)),
    "respond_within": words.working_time,
    "attempts": _attempts,
    "sales_ready_a_month": number,
    "answer_feedback_within": words.working_time,
    "outside_fit": _outside,
    "verify": _share,
    "explore": _share,
}
