"""One lead's history as plain objects: what live scoring and the ledger work on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from einig.engine.history.contract import History
from einig.engine.instants import FOREVER
from einig.engine.values import Value, fold


@dataclass(frozen=True, slots=True)
class Fact:
    """From `at` on, the attribute is `value` (None is blank); `shown` is how it was written."""

    attribute: str
    at: int
    value: Value | None
    shown: str | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """Something the lead did at `at`, known from `start` (included) to `until` (not included).

    Properties carry folded names. `member` marks what another person of the company did.
    """

    event_id: str
    type: str
    at: int
    start: int
    until: int = FOREVER
    properties: Mapping[str, Value] = field(default_factory=dict)
    member: bool = False


@dataclass(frozen=True, slots=True)
class LeadHistory:
    """A lead with its facts (in order of time) and its activities (in any order)."""

    lead_id: str
    created_at: int
    facts: tuple[Fact, ...]
    activities: tuple[Activity, ...]


class NoSuchLead(KeyError):
    """The history holds no lead with this id."""


def lead_of(history: History, lead_id: str) -> LeadHistory:
    """Return one lead of a history. Raises NoSuchLead."""
    number = pc.index(history.leads["lead_id"], lead_id).as_py()
    if number < 0:
        raise NoSuchLead(lead_id)
    facts = history.facts.filter(pc.equal(history.facts["lead"], number))
    events = history.events.to_table(filter=pc.field("lead") == number)
    return LeadHistory(
        lead_id,
        history.leads["created_at"][number].as_py(),
        tuple(_fact(row) for row in facts.sort_by("at").to_pylist()),
        tuple(_activity(row) for row in events.to_pylist()),
    )


def leads_of(history: History, numbers: Sequence[int]) -> list[LeadHistory]:
    """Return some leads of a history by their numbers, in that order."""
    wanted = pa.array(numbers, pa.int32())
    facts: dict[int, list[Fact]] = defaultdict(list)
    found = history.facts.filter(pc.is_in(history.facts["lead"], value_set=wanted))
    for row in found.sort_by([("lead", "ascending"), ("at", "ascending")]).to_pylist():
        facts[row["lead"]].append(_fact(row))
    activities: dict[int, list[Activity]] = defaultdict(list)
    for row in history.events.to_table(filter=pc.field("lead").isin(wanted)).to_pylist():
        activities[row["lead"]].append(_activity(row))
    return [
        LeadHistory(
            history.leads["lead_id"][n].as_py(),
            history.leads["created_at"][n].as_py(),
            tuple(facts[n]),
            tuple(activities[n]),
        )
        for n in numbers
    ]


def _fact(row: Mapping[str, Any]) -> Fact:
    value = None if row["text"] is None else Value(row["text"], row["number"], row["low"])
    return Fact(fold(row["attribute"]), row["at"], value, row["value"])


def _activity(row: Mapping[str, Any]) -> Activity:
    texts = {key.removeprefix("text:"): of for key, of in row.items() if key.startswith("text:")}
    properties = {
        fold(name): Value(text, row.get(f"number:{name}"), row.get(f"low:{name}"))
        for name, text in texts.items()
        if text is not None
    }
    plain = {key: row[key] for key in ("event_id", "type", "at", "start", "until", "member")}
    return Activity(**plain, properties=properties)
