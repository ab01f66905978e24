"""What the history suggests to whoever writes a draft: what occurs, how often, how it converted."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from einig.engine.agreement.model import Agreement
from einig.engine.backtest.occurring import Seen, activities, rows, values
from einig.engine.backtest.past import Past

_MOST = 60  # values of an attribute that are offered
_FEW = 10  # decided leads below which nothing is said of how they converted


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Names and values to choose from, and what is known of the rows of a draft."""

    attributes: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...]  # types of activities, with a note
    values: dict[str, tuple[tuple[str, str], ...]]  # by attribute: value and note
    notes: dict[str, dict[str, str]]  # by attribute and row


NOTHING = Suggestions((), (), {}, {})


def suggestions(
    past: Past, agreement: Agreement | None, *, without: tuple[str, ...]
) -> Suggestions:
    """Return what a history suggests; `agreement` is the draft, if it can be read.

    `without` names attributes of which no values are offered, since they say who somebody is.
    """
    names = tuple(name for name in past.history.about.attributes if name not in without)
    tables = agreement.fit if agreement is not None else ()
    shown = [table.attribute for table in tables if table.attribute not in without]
    return Suggestions(
        attributes=names,
        kinds=tuple((seen.name, note(seen)) for seen in activities(past)),
        values={
            name: tuple((seen.name, note(seen)) for seen in values(past, name)[:_MOST])
            for name in shown
        },
        notes={
            table.attribute: {label: note(seen) for label, seen in rows(past, table).items()}
            for table in tables
        },
    )


def note(seen: Seen) -> str:
    """Return how many leads that is, and how many of 100 that were decided bought."""
    counted = number_format(seen.leads, force_grouping=True)
    leads = ngettext("%(n)s lead", "%(n)s leads", seen.leads) % {"n": counted}
    if seen.won.whole < _FEW or seen.won.share is None:
        return leads
    bought = _("%(n)s of 100 bought") % {"n": round(100 * seen.won.share)}
    return f"{leads}, {bought}"
