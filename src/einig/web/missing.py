"""What a lead lacked, and what made it sales-ready, in the words of the language."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from einig.engine.scoring.ledger import Missing, NoIntent, NoLead, Several, Short, Unlike
from einig.flow import words


def missing(of: Missing | None) -> str:
    """Return what was missing (`10 points of fit (30 of 40), and a buying signal`)."""
    match of:
        case None:
            return ""
        case Short(measure, have, need):
            told = {"n": need - have, "measure": measure_name(measure), "have": have, "need": need}
            return (
                ngettext(
                    "%(n)s point of %(measure)s (%(have)s of %(need)s)",
                    "%(n)s points of %(measure)s (%(have)s of %(need)s)",
                    need - have,
                )
                % told
            )
        case NoIntent(None):
            return _("a buying signal")
        case NoIntent(name):
            return _("the buying signal “%(name)s”") % {"name": words.activity(name or "")}
        case Unlike(where, value):
            told = {"attribute": words.attribute(where.of), "value": value or _("unknown")}
            return _("%(attribute)s (it is: %(value)s)") % told
        case Several(either, parts):
            joint = _(", or ") if either else _(", and ")
            return joint.join(
                f"({missing(p)})" if isinstance(p, Several) else missing(p) for p in parts
            )
        case NoLead("merged", _checks):
            return _("it is part of another lead")
        case NoLead("not reachable", checks):
            names = ", ".join(words.attribute(check.of) for check in checks)
            return _("a way to be reached (%(names)s)") % {"names": names}
        case NoLead(_reason, checks):
            names = ", ".join(words.attribute(check.of) for check in checks)
            return _("it is excluded by %(names)s") % {"names": names}
    raise AssertionError(of)


def made_ready(criteria: Sequence[str]) -> str:
    """Return what moved when a lead became sales-ready."""
    return ", ".join(_criterion(name) for name in criteria)


def measure_name(measure: str) -> str:
    """Return how people call fit, engagement or score."""
    return {"fit": _("fit"), "engagement": _("engagement"), "score": _("score")}[measure]


def _criterion(path: str) -> str:
    part, _dot, name = path.partition(".")
    if part in {"engagement", "intent"}:
        return words.activity(name)
    return words.attribute(name) if name else _("it came")
