"""A proposal as plain values: what `einig propose --format json` prints, and what a page keeps."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from einig.engine.agreement import content_hash, loads
from einig.engine.history.contract import History
from einig.engine.instants import iso
from einig.engine.learning import leak_words, told_quality, told_table
from einig.engine.learning.awkward import awkward
from einig.engine.learning.channels import Channel, Channels, brief, channels, counted, source_of
from einig.engine.learning.conversions import lead_count
from einig.engine.learning.drafting import Drafted, written_values
from einig.engine.learning.findings import Examination, Finding
from einig.engine.learning.label_words import written
from einig.engine.learning.portrait import portrait
from einig.engine.learning.proposal import Proposal
from einig.engine.learning.standing import AT_ANY
from einig.engine.learning.targets import Target
from einig.engine.learning.thresholds import Choice, OutOfReach
from einig.engine.learning.told_words import LANGUAGES, say

_UNTRIED = frozenset({"never handed over", "never worked"})  # whose end nobody knows for that


def told(
    proposal: Proposal,
    history: History,
    *,
    source: str | None = None,
    spend: Mapping[str, float] | None = None,
    names: Mapping[str, Mapping[str, str]] | None = None,
) -> dict[str, Any]:
    """Return everything that a proposal says, as values that JSON can hold.

    `source` is the column that says where leads came from (by default one that is called so), and
    `spend` what each of its values cost, as compared. `names` says by language how people call
    columns.
    """
    examples, target = proposal.gathered.examples, proposal.gathered.target
    values = written_values(history, (column.name for column in examples.columns))
    numeric = [c.name for c in examples.columns if c.behaviour is None and c.is_number]
    verdict, card, measured = proposal.verdict, proposal.card, proposal.measured
    drafted = proposal.drafted
    weekly = proposal.gathered.kind == "weekly"
    rows = _channels(proposal, history, source, spend or {}, values)
    return {
        "learnable": verdict.learnable,
        "verdict": verdict.said(target=target, weekly=weekly),
        "missing": verdict.missing,
        "shuffled": told_table.shuffled(verdict.shuffled),
        **told_quality.figures(measured),
        "before_restricted": _restricted(proposal),
        "attributes": 0 if card is None else len(card.parts),
        "rows": 0 if card is None else card.rows,
        "set_aside": _reasons(proposal.examination, "set aside", target),
        "blank_aside": _reasons(proposal.examination, "blank only", target),
        "flagged": _reasons(proposal.examination, "flagged", target),
        "awkward": _awkward(proposal),
        "train_until": iso(proposal.train_until),
        "target": _target(target),
        "examples": _examples(proposal),
        "currency": history.about.currency,
        "numeric": numeric,
        "quality": None if measured is None else told_quality.quality(measured.card),
        "drift": None if measured is None else told_quality.drift(measured, values),
        "card": None if card is None else told_table.card(card, values),
        "ideal": None if proposal.ideal is None else told_table.ideal(proposal.ideal, values),
        "explored": [told_table.correction(of, values) for of in proposal.corrected[:20]],
        "portrait": _portrait(proposal, values, names or {}, numeric),
        "channels": [] if rows is None else [_channel(row) for row in rows.rows],
        "brief": _brief(rows, target, history.about.currency),
        "counted": _counted(rows, target),
        "draft": None if drafted is None else _drafted(drafted),
        "beyond": None if drafted is None else _out(drafted.beyond, target, history),
        "refused": _out(proposal.refused, target, history),
    }


def _reasons(of: Examination, strength: str, target: Target) -> list[dict[str, Any]]:
    names = {
        "set aside": of.set_aside,
        "blank only": of.blank_aside,
        "flagged": of.flagged,
    }[strength]
    return [_reason(of.of(name)[0], target) for name in names]


def _reason(of: Finding, target: Target) -> dict[str, Any]:
    return {
        "column": of.column,
        "reason": leak_words.sentence(of.kind, dict(of.figures), target=target),
        "kind": of.kind,
        "figures": dict(of.figures),
    }


def _awkward(of: Proposal) -> list[dict[str, Any]]:
    """Return the columns that are used, and of which little can be learned as they are."""
    columns = of.examination.usable(of.gathered.examples).columns if of.older + of.newer else ()
    return [
        {
            "column": found.column,
            "kind": found.kind,
            "share": found.share,
            "reason": say(found.kind, figures={"share": found.share}),
        }
        for found in awkward(columns)
    ]


def _target(target: Target) -> dict[str, Any]:
    return {
        "kind": target.kind,
        "activities": list(target.activities),
        "within_days": target.within,
    }


def _examples(of: Proposal) -> dict[str, Any]:
    """Return how many examples there were, of how many leads, and of whom there is none.

    `share` is that of the leads that were looked at, where there were very many snapshots.
    """
    examples = of.gathered.examples
    return {
        "kind": of.gathered.kind,
        "all": len(examples),
        "leads": lead_count(examples),
        "share": of.gathered.share,
        "won": int(examples.won.sum()),
        "older": of.older,
        "newer": of.newer,
        "unknown": [{"reason": why, "leads": n} for why, n in of.gathered.unknown],
    }


def _restricted(of: Proposal) -> bool:
    """Return whether only leads that somebody picked have a known end.

    An agreement that picked them tells them apart worse than it would tell all leads apart.
    """
    compared = of.measured is not None and of.measured.before is not None
    return compared and any(why in _UNTRIED for why, _leads in of.gathered.unknown)


def _out(of: OutOfReach | None, target: Target, history: History) -> dict[str, str] | None:
    if of is None:
        return None
    currency = history.about.currency or ""
    return {lang: of.said(lang, target=target, currency=currency) for lang in LANGUAGES}


def _portrait(
    of: Proposal,
    values: Mapping[str, Mapping[str, str]],
    names: Mapping[str, Mapping[str, str]],
    numeric: Collection[str],
) -> dict[str, str] | None:
    if of.ideal is None:
        return None
    return {
        language: portrait(
            of.ideal,
            language,
            target=of.gathered.target,
            weekly=of.gathered.kind == "weekly",
            of_values=values,
            names=names.get(language),
            numeric=numeric,
        )
        for language in LANGUAGES
    }


def _channels(
    of: Proposal,
    history: History,
    source: str | None,
    spend: Mapping[str, float],
    values: Mapping[str, Mapping[str, str]],
) -> Channels | None:
    column = source_of([c.name for c in of.everyone.columns if c.levels], source)
    if of.drafted is None or column is None:
        return None
    found = channels(
        history,
        loads(of.drafted.text).agreement,
        source=column,
        at_least=of.drafted.chosen.at_least,
        target=of.gathered.target,
        spend=spend,
    )
    rows = (replace(row, value=written(values, column, row.value)) for row in found.rows)
    return replace(found, rows=tuple(rows))


def _channel(of: Channel) -> dict[str, Any]:
    return {
        "value": of.value,
        "leads": of.leads,
        "ideal": of.ideal,
        "share": of.share,
        "won": of.won,
        "old": of.old,
        "old_won": of.old_won,
        "revenue_per_lead": of.revenue_per_lead,
        "spend": of.spend,
        "cost_of_lead": of.cost_of_lead,
        "cost": of.cost,
        "cost_of_won": of.cost_of_won,
    }


def _brief(of: Channels | None, target: Target, currency: str | None) -> dict[str, str]:
    if of is None:
        return dict.fromkeys(LANGUAGES, "")
    return {lang: brief(of, lang, target=target, currency=currency) for lang in LANGUAGES}


def _counted(of: Channels | None, target: Target) -> dict[str, str]:
    if of is None:
        return dict.fromkeys(LANGUAGES, "")
    return {language: counted(of, language, target=target) for language in LANGUAGES}


def _drafted(of: Drafted) -> dict[str, Any]:
    agreement = loads(of.text).agreement
    return {
        "agreement": of.text,
        "content_hash": content_hash(agreement),
        "goal": {"kind": of.goal.kind, "amount": of.goal.amount},
        "chosen": _choice(of.chosen),
        "curve": [_choice(choice) for choice in of.curve],
        "newer": _choice(of.newer),
        "signals": None if of.signals is None else _choice(of.signals),
        "fits": {str(before): now for before, now in of.fits.items()},
    }


def _choice(of: Choice) -> dict[str, Any]:
    return {
        "score": None if of.at_least == AT_ANY else of.at_least,
        "leads": of.leads,
        "won": of.precision.part,
        "weekly": of.weekly,
        "precision": of.precision.share,
        "precision_low": of.precision.low,
        "precision_high": of.precision.high,
        "recall": of.recall.share,
        "recall_low": of.recall.low,
        "recall_high": of.recall.high,
        "revenue": of.revenue,
    }
