"""Examples tell what was known at a moment, and what came of it; who is none is counted apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from einig.engine.history import (
    EventRow,
    FactRow,
    FeedbackRow,
    History,
    LeadRow,
    LinkRow,
    OutcomeRow,
    build,
)
from einig.engine.instants import DAY, iso
from einig.engine.learning.examples import BLANK, Column, Examples
from einig.engine.learning.gather import Gathered, examples_of, gather
from einig.engine.learning.targets import Target
from tests.world import when

CREATED = when("03-02")  # a Monday, in Berlin; the moments are Mondays at midnight UTC
ADA, BEN, CEM = (LeadRow(lead_id=name, created_at=CREATED) for name in ("ada", "ben", "cem"))


def fact(lead_id: str, value: str | None, known_from: int | None, sequence: int = 0) -> FactRow:
    return FactRow(
        lead_id=lead_id, attribute="size", value=value, known_from=known_from, sequence=sequence
    )


def visit(number: int, lead_id: str, at: int, **of: str) -> EventRow:
    return EventRow(
        event_id=str(number), lead_id=lead_id, type=of.pop("type", "visit"), at=at, properties=of
    )


def outcome(lead_id: str, at: int | None, *, won: bool = True) -> OutcomeRow:
    return OutcomeRow(lead_id=lead_id, won=won, at=at, revenue=100.0 if won else None)


def ids(history: History, examples: Examples) -> list[str]:
    names = history.leads["lead_id"].to_pylist()
    return [names[lead] for lead in examples.lead.tolist()]


def values(column: Column) -> list[str | None]:
    return [None if code == BLANK else column.levels[code] for code in column.codes.tolist()]


def column(examples: Examples, name: str) -> Column:
    (found,) = (each for each in examples.columns if each.name == name)
    return found


# --- as of creation ---------------------------------------------------------------------------


def test_without_activities_each_lead_is_an_example_as_of_its_creation() -> None:
    later = LeadRow(lead_id="ada", created_at=CREATED + DAY)
    history = build(
        leads=[later, BEN],
        facts=[fact("ada", "50", CREATED), fact("ada", "90", CREATED + 2 * DAY),
               fact("ben", "7", CREATED + DAY)],
        outcomes=[outcome("ada", CREATED + 9 * DAY), outcome("ben", CREATED + 9 * DAY, won=False)],
    )  # fmt: skip
    examples = examples_of(history)
    assert (ids(history, examples), examples.dated) == (["ben", "ada"], True)
    assert examples.at.tolist() == [CREATED, CREATED + DAY]
    assert values(column(examples, "size")) == [None, "50"]
    assert column(examples, "size").numbers.tolist()[1:] == [50.0]
    assert (examples.won.tolist(), examples.revenue.tolist()) == ([False, True], [0.0, 100.0])
    assert not column(examples, "size").assumed_known


def test_facts_without_a_date_count_from_creation_and_say_so() -> None:
    history = build(leads=[ADA], facts=[fact("ada", "50", None)], outcomes=[outcome("ada", None)])
    size = column(examples_of(history), "size")
    assert (values(size), size.assumed_known) == (["50"], True)


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (["9", "10", "100"], ["9", "10", "100"]),
        (["L-9", "L-10", "L-100"], ["L-9", "L-10", "L-100"]),
        (["A9", "B10", "B2"], ["A9", "B10", "B2"]),
        (["eve", "ada", "7"], ["7", "ada", "eve"]),
    ],
)
def test_leads_without_dates_come_in_the_order_of_their_numbers(
    names: Sequence[str], order: Sequence[str]
) -> None:
    history = build(
        leads=[LeadRow(lead_id=name, created_at=None) for name in reversed(names)],
        outcomes=[outcome(name, None) for name in names],
    )
    examples = examples_of(history)
    assert ids(history, examples) == order
    assert (examples.at.tolist(), examples.dated) == ([0, 1, 2], False)


def test_a_lead_without_an_outcome_is_unknown_and_not_lost() -> None:
    young = LeadRow(lead_id="cem", created_at=CREATED + 25 * DAY)
    history = build(
        leads=[ADA, BEN, young],
        outcomes=[outcome("ada", CREATED + 30 * DAY)],
        lost_after=20 * DAY,
    )
    found = gather(history)
    assert ids(history, found.examples) == ["ada", "ben"]
    assert found.examples.won.tolist() == [True, False]
    assert found.unknown == (("too young", 1),)


def test_a_lead_that_was_decided_before_it_existed_is_no_example() -> None:
    history = build(leads=[ADA, BEN], outcomes=[outcome("ada", CREATED), outcome("ben", None)])
    found = gather(history)
    assert ids(history, found.examples) == ["ben"]
    assert found.unknown == (("decided before the first moment", 1),)


def test_a_lead_that_became_part_of_another_is_no_example() -> None:
    link = LinkRow(identity="ben", lead_id="ada", kind="same", linked_at=CREATED + DAY)
    history = build(leads=[ADA, BEN], links=[link], outcomes=[outcome("ada", CREATED + 9 * DAY)])
    found = gather(history)
    assert ids(history, found.examples) == ["ada"]
    assert found.unknown == (("nothing to decide", 1),)


def test_a_history_of_nothing_gives_nothing() -> None:
    found = gather(build(leads=[]))
    assert (len(found.examples), found.unknown, found.kind) == (0, (), "creation")


# --- weekly snapshots -------------------------------------------------------------------------


def followed(events: Sequence[EventRow] = (), feedback: Sequence[FeedbackRow] = ()) -> History:
    """Return three leads: Ada is won in her fourth week, Ben lost in his first, Cem open."""
    return build(
        leads=[ADA, BEN, CEM],
        events=[*events, visit(99, "cem", CREATED + 60 * DAY, type="later")],
        outcomes=[outcome("ada", when("03-26 12:00")), outcome("ben", when("03-05"), won=False)],
        feedback=feedback,
        outcome_names=["won"],
    )


def weekly(history: History, target: Target = Target(within=7)) -> Gathered:  # noqa: B008  # frozen
    return gather(history, target=target, windows=(14,), least=1)


def of_ada(found: Gathered) -> Examples:
    return found.examples.take(found.examples.lead == 0)


def test_an_open_lead_is_an_example_each_monday_until_it_is_decided() -> None:
    found = weekly(followed())
    ada = of_ada(found)
    assert [iso(at) for at in ada.at.tolist()] == [
        "2026-03-02T00:00:00Z",
        "2026-03-09T00:00:00Z",
        "2026-03-16T00:00:00Z",
        "2026-03-23T00:00:00Z",
    ]
    assert ada.won.tolist() == [False, False, False, True]
    assert ada.revenue.tolist() == [0.0, 0.0, 0.0, 100.0]
    assert int((found.examples.lead == 1).sum()) == 1
    assert sorted(found.examples.at.tolist()) == found.examples.at.tolist()
    assert (found.kind, found.unknown) == ("weekly", ())


def test_an_open_lead_is_not_won_only_as_far_as_that_is_known() -> None:
    found = weekly(followed())
    cem = found.examples.take(found.examples.lead == 2)
    ends_at = CREATED + 60 * DAY
    assert (len(cem), bool(cem.won.any())) == (8, False)
    assert cem.at.max() + 7 * DAY <= ends_at < cem.at.max() + 14 * DAY


def test_the_window_is_the_usual_one_next_to_the_median_time_to_a_win() -> None:
    assert gather(followed()).target == Target(within=30)  # Ada took 24 days


def test_activities_count_for_their_window_from_when_they_are_known() -> None:
    late = EventRow(
        event_id="2", lead_id="ada", type="visit", at=when("03-03"), known_from=when("03-10")
    )
    withdrawn = EventRow(
        event_id="3", lead_id="ada", type="visit", at=when("03-03"), known_until=when("03-12")
    )
    history = followed([visit(1, "ada", when("03-03")), late, withdrawn])
    visits = column(of_ada(weekly(history)), "visit, 14 days")
    assert visits.numbers.tolist() == [0.0, 2.0, 2.0, 0.0]


def test_activities_of_one_property_are_counted_apart() -> None:
    history = followed(
        [visit(1, "ada", when("03-03"), page="price"), visit(2, "ada", when("03-03"), page="jobs"),
         visit(3, "ada", when("03-10"), page="price")]
    )  # fmt: skip
    ada = of_ada(weekly(history))
    assert column(ada, "visit, 14 days").numbers.tolist() == [0.0, 2.0, 3.0, 1.0]
    assert column(ada, "visit, page: jobs, 14 days").numbers.tolist() == [0.0, 1.0, 1.0, 0.0]
    assert column(ada, "visit, page: price, 14 days").numbers.tolist() == [0.0, 1.0, 2.0, 1.0]


def test_facts_are_the_newest_at_each_moment() -> None:
    history = build(
        leads=[ADA],
        facts=[fact("ada", "50", CREATED), fact("ada", None, when("03-10")),
               fact("ada", "90", when("03-17"))],
        events=[visit(1, "ada", when("03-03"))],
        outcomes=[outcome("ada", when("03-26"))],
    )  # fmt: skip
    size = column(weekly(history, Target(within=2)).examples, "size")
    assert values(size) == ["50", "50", None, "90"]


def test_what_is_the_outcome_or_the_target_is_no_column() -> None:
    history = followed([visit(1, "ada", when("03-12"), type="Opportunity"),
                        visit(2, "ada", when("03-12"), type="won"),
                        visit(3, "ada", when("03-03"))])  # fmt: skip
    target = Target(kind="activity", activities=("opportunity",), within=7)
    found = weekly(history, target)
    assert [each.name for each in found.examples.columns] == ["visit, 14 days"]
    assert of_ada(found).won.tolist() == [False, True]


def test_leads_never_handed_over_are_unknown_where_sales_decides() -> None:
    history = followed(
        feedback=[
            FeedbackRow(lead_id="ada", at=when("03-12"), verdict="accepted"),
            FeedbackRow(lead_id="ben", at=when("03-04"), verdict="returned"),
        ]
    )
    found = weekly(history, Target(kind="accepted", within=7))
    assert ids(history, found.examples) == ["ada", "ben", "ada"]
    assert found.examples.won.tolist() == [False, False, True]
    assert found.unknown == (("nothing to decide", 1),)


def test_of_very_many_snapshots_those_of_some_leads_are_looked_at() -> None:
    leads = [LeadRow(lead_id=f"{n:03d}", created_at=CREATED) for n in range(300)]
    history = build(
        leads=leads,
        events=[visit(1, "000", CREATED + 60 * DAY)],
        outcomes=[outcome("001", CREATED + 20 * DAY)],
    )
    every, some = (gather(history, target=Target(within=7), most=most) for most in (10_000, 500))
    assert (every.share, len(every.examples)) == (1.0, 300 * 8 - 5)
    assert len(np.unique(some.examples.lead)) == 63
    assert some.share == 500 / len(every.examples)
    kept = np.isin(every.examples.lead, some.examples.lead)
    assert every.examples.take(kept).at.tolist() == some.examples.at.tolist()


# --- against a naive evaluator ----------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_snapshots_are_what_a_look_through_all_rows_tells(seed: int) -> None:
    rng = np.random.default_rng(seed)

    def at(low: int, high: int) -> int:
        return CREATED + int(rng.integers(low * DAY, high * DAY))

    names = [f"{n:02d}" for n in range(12)]
    leads = [LeadRow(lead_id=name, created_at=at(0, 20)) for name in names]
    facts = [fact(str(rng.choice(names)), str(rng.integers(3)), at(-5, 80), n) for n in range(60)]
    events = [
        EventRow(
            event_id=str(n),
            lead_id=str(rng.choice(names)),
            type=str(rng.choice(["visit", "call"])),
            at=(happened := at(-5, 70)),
            known_from=happened + int(rng.integers(0, 9 * DAY)),
            known_until=at(60, 90) if rng.random() < 0.3 else None,
        )
        for n in range(200)
    ]
    outcomes = [outcome(name, at(21, 80), won=bool(rng.random() < 0.6)) for name in names[:9]]
    history = build(leads=leads, facts=facts, events=events, outcomes=outcomes)
    examples = gather(history, target=Target(within=14), windows=(7, 30), least=1).examples
    assert len(examples) > 50
    size = values(column(examples, "size"))
    for row, (name, moment) in enumerate(zip(ids(history, examples), examples.at, strict=True)):
        (created,) = (lead.created_at for lead in leads if lead.lead_id == name)
        assert created is not None
        known = [
            (max(f.known_from or 0, created) <= moment, f.known_from, f.sequence, f.value)
            for f in facts
            if f.lead_id == name
        ]
        newest = max((each[1:] for each in known if each[0]), default=(0, 0, None))
        assert size[row] == newest[2]
        for each in examples.columns:
            if each.behaviour is not None:
                days = each.behaviour.days * DAY
                assert each.numbers[row] == sum(
                    max(e.at, e.known_from or 0, created)
                    <= moment
                    < min(e.at + days, e.known_until or moment + 1)
                    for e in events
                    if e.lead_id == name and e.type == each.behaviour.type
                )
        wins = [o.at for o in outcomes if o.lead_id == name and o.won and o.at is not None]
        assert examples.won[row] == any(moment < won <= moment + 14 * DAY for won in wins)
