"""What a lead misses to be sales-ready, in words."""

from __future__ import annotations

from einig.engine.agreement import words
from einig.engine.scoring.ledger import Missing, NoIntent, NoLead, Several, Short, Unlike


def missing_words(of: Missing) -> str:
    """Return what is missing (`10 points of fit (30 of 40), and a buying signal`)."""
    match of:
        case Short(measure, have, need):
            return f"{words.points(need - have)} of {measure} ({have} of {need})"
        case NoIntent(None):
            return "a buying signal"
        case NoIntent(name):
            return f"the buying signal {name}"
        case Unlike(where, value):
            found = "it is blank" if value is None else f"it is {value}"
            return f"that {words.where(where)} ({found})"
        case Several(either, parts):
            joint = ", or " if either else ", and "
            return joint.join(map(_inner, parts))
        case NoLead("merged", _):
            return "being a lead of its own: it is part of another lead now"
        case NoLead("not reachable", checks):
            names = words.listed(tuple(check.of for check in checks), "or")
            return f"a way to be reached ({names})"
        case NoLead(_, checks):
            return f"being a lead by the agreement: {words.wheres(checks)}"
    raise AssertionError(of)


def _inner(of: Missing) -> str:
    return f"({missing_words(of)})" if isinstance(of, Several) else missing_words(of)
