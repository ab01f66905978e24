"""What of an agreement a history can test, and what of it the history forbids."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from einig.engine.agreement.document import Document
from einig.engine.agreement.model import (
    Agreement,
    All,
    Any,
    HasAttribute,
    Rule,
    Silence,
    Where,
)
from einig.engine.document import Issue, Place
from einig.engine.document.shapes import did_you_mean
from einig.engine.history.contract import History
from einig.engine.values import fold


@dataclass(frozen=True, slots=True)
class Use:
    """A name that an agreement uses of a history: an activity, an attribute or a property."""

    criterion: str
    kind: str
    name: str


def check_against(document: Document, history: History) -> list[Issue]:
    """Return what stands between an agreement and a history.

    A name that is the outcome is an error; one that never occurs is a warning, since the history
    cannot test its criterion.
    """
    issues = []
    if not len(history.leads):
        remedy = "Check the files and filters of the mapping."
        issues.append(_warning(document, "", f"{history.about.name} holds no leads.", remedy))
    outcome = set(map(fold, history.about.outcome_names))
    for use in uses(document.agreement):
        if fold(use.name) in outcome:
            message = f"The {use.kind} {use.name} is the outcome, or comes with it."
            remedy = "Use what happened before: nobody knows the outcome when they decide."
            issues.append(
                Issue("error", _place(document, use.criterion), use.criterion, message, remedy)
            )
        elif len(history.leads) and _absent(use, history):
            message = (
                f"The {use.kind} {use.name} never occurs in {history.about.name}: "
                "not testable there."
            )
            remedy = did_you_mean(use.name, _occurring(history)[use.kind])
            remedy = remedy if remedy.startswith("Did") else "Check its name."
            issues.append(_warning(document, use.criterion, message, remedy))
    return issues


def untestable(agreement: Agreement, history: History) -> tuple[str, ...]:
    """Return the criteria that look at something the history does not hold."""
    return tuple(dict.fromkeys(use.criterion for use in uses(agreement) if _absent(use, history)))


def uses(agreement: Agreement) -> Iterator[Use]:
    """Yield every name that an agreement uses of a history, with the criterion that uses it."""
    for attribute in agreement.lead.reachable_by:
        yield Use("lead.reachable_by", "attribute", attribute)
    for where in chain.from_iterable(agreement.lead.never):
        yield Use("lead.never", "attribute", where.of)
    for name in agreement.lead.inquiries:
        yield Use("lead.inquiries", "activity", name)
    for table in agreement.fit:
        yield Use(f"fit.{table.attribute}", "attribute", table.attribute)
    for section, criteria in (("engagement", agreement.engagement), ("intent", agreement.intent)):
        for criterion in criteria:
            path = f"{section}.{criterion.name}"
            yield Use(path, "activity", criterion.activity)
            yield from (Use(path, "property", where.of) for where in criterion.where)
    for silence in agreement.silence:
        yield from _of_silence(silence)
    for where in _wheres(agreement.sales_ready):
        yield Use("sales_ready", "attribute", where.of)


def _of_silence(silence: Silence) -> Iterator[Use]:
    for name in silence.activities:
        yield Use(f"engagement.{silence.name}", "activity", name)


def _wheres(rule: Rule) -> Iterator[Where]:
    match rule:
        case HasAttribute(where):
            yield where
        case All(parts) | Any(parts):
            for part in parts:
                yield from _wheres(part)


def _absent(use: Use, history: History) -> bool:
    return fold(use.name) not in set(map(fold, _occurring(history)[use.kind]))


def _occurring(history: History) -> dict[str, Iterable[str]]:
    about = history.about
    return {
        "activity": about.activities,
        "attribute": about.attributes,
        "property": history.properties,
    }


def _warning(document: Document, path: str, message: str, remedy: str) -> Issue:
    return Issue("warning", _place(document, path), path, message, remedy)


def _place(document: Document, path: str) -> Place:
    while path and path not in document.places:
        path = path.rpartition(".")[0]
    return document.places.get(path, Place(document.file))
