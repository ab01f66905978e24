"""The rules by which rows become a history, each on an example worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest

from einig.engine.document import Refused
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
from einig.engine.instants import BEGINNING, DAY, FOREVER
from tests.world import when

CREATED = when("03-02")
ADA, BEN = LeadRow(lead_id="ada", created_at=CREATED), LeadRow(lead_id="ben", created_at=CREATED)


def event(event_id: str = "1", lead_id: str = "ada", type: str = "visit", **of: Any) -> EventRow:  # noqa: A002  # its name in the contract
    return EventRow(event_id=event_id, lead_id=lead_id, type=type, **of)


def fact(value: str | None, known_from: int | None, **of: Any) -> FactRow:
    told = {"lead_id": "ada", "attribute": "size"} | of
    return FactRow(value=value, known_from=known_from, **told)


def link(identity: str, lead_id: str, at: int, **of: Any) -> LinkRow:
    return LinkRow(identity=identity, lead_id=lead_id, linked_at=at, **({"kind": "same"} | of))


def spans(history: History) -> list[tuple[str, str, int, int]]:
    """Return lead, event id, start and end of every activity."""
    ids = history.leads["lead_id"].to_pylist()
    rows = history.events.to_table().to_pylist()
    return [(ids[row["lead"]], row["event_id"], row["start"], row["until"]) for row in rows]


def changes(history: History, lead: str = "ada") -> list[tuple[str, int, str | None]]:
    """Return every change of a lead's attributes."""
    ids = history.leads["lead_id"].to_pylist()
    rows = history.facts.to_pylist()
    return [(r["attribute"], r["at"], r["value"]) for r in rows if ids[r["lead"]] == lead]


def outcomes(history: History) -> dict[str, tuple[bool, int, int | None, float]]:
    ids = history.leads["lead_id"].to_pylist()
    return {
        ids[row["lead"]]: (row["won"], row["first_at"], row["won_at"], row["revenue"])
        for row in history.outcomes.to_pylist()
    }


# --- leads ------------------------------------------------------------------------------------


def test_a_history_of_nothing_is_empty() -> None:
    history = build(leads=[])
    assert (len(history.leads), history.events.count_rows(), history.about.ends_at) == (
        0,
        0,
        FOREVER,
    )


def test_of_leads_with_one_id_the_first_row_counts() -> None:
    history = build(leads=[ADA, LeadRow(lead_id="ada", created_at=CREATED + DAY)])
    assert history.leads["created_at"].to_pylist() == [CREATED]
    assert history.about.set_aside == 1


def test_a_lead_without_a_date_exists_from_the_beginning() -> None:
    history = build(leads=[LeadRow(lead_id="ada", created_at=None)])
    assert history.leads["created_at"].to_pylist() == [BEGINNING]
    assert not history.about.dated


def test_rows_of_leads_that_nobody_knows_are_left_out_and_counted() -> None:
    history = build(
        leads=[ADA],
        facts=[fact("50", CREATED, lead_id="zoe")],
        events=[event(lead_id="zoe", at=CREATED)],
        outcomes=[OutcomeRow(lead_id="zoe", won=True, at=CREATED)],
        feedback=[FeedbackRow(lead_id="zoe", at=CREATED, verdict="accepted")],
    )
    assert (spans(history), changes(history), outcomes(history)) == ([], [], {})
    assert history.about.set_aside == 4


# --- activities -------------------------------------------------------------------------------


def test_an_activity_counts_from_when_it_is_known() -> None:
    at, known = when("03-03"), when("03-05")
    history = build(leads=[ADA], events=[event(at=at, known_from=known, known_until=known + DAY)])
    assert spans(history) == [("ada", "1", known, known + DAY)]
    assert history.events.to_table()["at"].to_pylist() == [at]


def test_an_activity_never_counts_before_its_lead_exists() -> None:
    history = build(leads=[ADA], events=[event(at=when("03-01"))])
    assert spans(history) == [("ada", "1", CREATED, FOREVER)]
    assert history.events.to_table()["at"].to_pylist() == [when("03-01")]


def test_what_happened_in_the_future_happened_when_it_became_known() -> None:
    history = build(leads=[ADA], events=[event(at=when("03-09"), known_from=when("03-05"))])
    assert history.events.to_table()["at"].to_pylist() == [when("03-05")]
    assert spans(history) == [("ada", "1", when("03-05"), FOREVER)]


def test_an_activity_withdrawn_before_it_was_known_never_counts() -> None:
    known = when("03-05")
    events = [event(at=when("03-03"), known_from=known, known_until=known)]
    assert spans(build(leads=[ADA], events=events)) == []


def test_of_activities_with_one_id_the_first_known_counts() -> None:
    events = [
        event(at=when("03-03"), known_from=when("03-06")),
        event(at=when("03-04"), known_from=when("03-05"), lead_id="ben"),
        event(at=when("03-04"), known_from=when("03-05"), lead_id="ada", type="z"),
        event(at=when("03-04"), known_from=when("03-05"), lead_id="ada", type="b"),
    ]
    history = build(leads=[ADA, BEN], events=events)
    assert spans(history) == [("ada", "1", when("03-05"), FOREVER)]
    assert history.about.activities == ("b",)
    assert history.about.events == 4


def test_activities_that_are_the_outcome_are_left_out_but_counted() -> None:
    events = [event("1", type=" Won", at=CREATED), event("2", type="visit", at=CREATED)]
    history = build(leads=[ADA], events=events, outcome_names=["WON"])
    assert [id_ for _, id_, _, _ in spans(history)] == ["2"]
    assert (history.about.events, history.about.activities) == (2, ("visit",))


def test_activities_are_in_the_order_of_lead_time_and_id() -> None:
    events = [
        event("3", lead_id="ben", at=CREATED),
        event("2", at=CREATED + 5),
        event("1", at=CREATED + 5),
        event("9", at=CREATED),
    ]
    assert [id_ for _, id_, _, _ in spans(build(leads=[BEN, ADA], events=events))] == [
        "9",
        "1",
        "2",
        "3",
    ]


def test_properties_are_compared_as_text_and_as_numbers() -> None:
    events = [
        event("1", at=CREATED, properties={"Path": " /Pricing ", "n": "1e2"}),
        event("2", at=CREATED, properties={"path": "STRASSE", "n": " "}),
    ]
    rows = build(leads=[ADA], events=events).events.to_table().to_pylist()
    assert [row["text:Path"] for row in rows] == ["/pricing", "strasse"]
    assert [(row["text:n"], row["number:n"]) for row in rows] == [("1e2", 100.0), (None, None)]
    assert {"number:Path", "low:Path", "low:n"}.isdisjoint(rows[0])


def test_what_is_written_as_a_range_has_its_lower_end() -> None:
    sizes = [event(str(n), at=CREATED, properties={"n": n}) for n in ("50-249", "<10", "7")]
    made = build(leads=[ADA], facts=[fact("50-249", CREATED)], events=sizes)
    facts, rows = made.facts.to_pylist(), made.events.to_table().to_pylist()
    assert [(row["number"], row["low"]) for row in facts] == [(None, 50.0)]
    assert {row["text:n"]: (row["number:n"], row["low:n"]) for row in rows} == {
        "50-249": (None, 50.0),
        "<10": (None, -math.inf),
        "7": (7.0, None),
    }


# --- facts ------------------------------------------------------------------------------------


def test_the_newest_known_fact_counts() -> None:
    history = build(leads=[ADA], facts=[fact("250", when("03-09")), fact("50", when("03-05"))])
    assert changes(history) == [("size", when("03-05"), "50"), ("size", when("03-09"), "250")]
    assert history.about.assumed_known == frozenset()


def test_facts_of_one_time_go_by_sequence_and_then_by_row() -> None:
    at = when("03-05")
    by_sequence = [fact("50", at, sequence=2), fact("250", at, sequence=1)]
    assert changes(build(leads=[ADA], facts=by_sequence)) == [("size", at, "50")]
    by_row = [fact("50", at), fact("250", at)]
    assert changes(build(leads=[ADA], facts=by_row)) == [("size", at, "250")]


def test_a_fact_without_a_time_counts_from_the_creation_and_is_assumed_known() -> None:
    history = build(leads=[ADA], facts=[fact("50", None)])
    assert changes(history) == [("size", CREATED, "50")]
    assert history.about.assumed_known == {"size"}


def test_facts_from_before_the_creation_count_from_it_in_their_own_order() -> None:
    early = [fact("250", when("03-01")), fact("50", when("02-20"))]
    assert changes(build(leads=[ADA], facts=early)) == [("size", CREATED, "250")]


def test_an_empty_value_says_that_nothing_is_known_any_more() -> None:
    told = [fact("50", when("03-05")), fact(" ", when("03-06")), fact(None, when("03-07"))]
    assert changes(build(leads=[ADA], facts=told)) == [
        ("size", when("03-05"), "50"),
        ("size", when("03-06"), None),
    ]


def test_attributes_with_names_that_are_equal_as_compared_are_one() -> None:
    told = [fact("50", when("03-05")), fact("250", when("03-06"), attribute=" SIZE")]
    history = build(leads=[ADA], facts=told)
    assert [(at, value) for _, at, value in changes(history)] == [
        (when("03-05"), "50"),
        (when("03-06"), "250"),
    ]
    assert len(history.about.attributes) == 1


def test_the_name_that_says_merged_is_refused_for_an_attribute() -> None:
    with pytest.raises(Refused) as refused:
        build(leads=[ADA], facts=[fact("x", CREATED, attribute="Merged")])
    assert [issue.remedy for issue in refused.value.issues] == [
        "Give it another name, like merged_into."
    ]


# --- outcomes ---------------------------------------------------------------------------------


def test_any_win_wins_and_revenues_of_wins_add() -> None:
    told = [
        OutcomeRow(lead_id="ada", won=False, at=when("03-05"), revenue=7.0),
        OutcomeRow(lead_id="ada", won=True, at=when("03-09"), revenue=100.0),
        OutcomeRow(lead_id="ada", won=True, at=when("03-07"), revenue=20.5),
        OutcomeRow(lead_id="ben", won=False, at=when("03-06")),
    ]
    assert outcomes(build(leads=[ADA, BEN], outcomes=told)) == {
        "ada": (True, when("03-05"), when("03-07"), 120.5),
        "ben": (False, when("03-06"), None, 0.0),
    }


def test_an_outcome_without_a_date_is_later_than_everything() -> None:
    history = build(leads=[ADA], outcomes=[OutcomeRow(lead_id="ada", won=True, at=None)])
    assert outcomes(history) == {"ada": (True, FOREVER, None, 0.0)}
    assert not history.about.dated


def test_a_lead_without_an_outcome_is_open() -> None:
    history = build(leads=[ADA, BEN], outcomes=[OutcomeRow(lead_id="ada", won=True, at=CREATED)])
    assert list(outcomes(history)) == ["ada"]
    assert history.about.unknown == (("open", 1),)


def test_after_a_time_a_lead_without_an_outcome_is_lost_and_before_too_young() -> None:
    young = LeadRow(lead_id="young", created_at=CREATED + 11)
    last = event(lead_id="ben", at=CREATED + 30 * DAY + 10)
    history = build(leads=[ADA, BEN, young], events=[last], lost_after=30 * DAY)
    lost = (False, CREATED + 30 * DAY, None, 0.0)
    assert outcomes(history) == {"ada": lost, "ben": lost}
    assert history.about.unknown == (("too young", 1),)


def test_a_lead_that_was_lost_without_any_work_is_unknown() -> None:
    lost = [OutcomeRow(lead_id=id_, won=False, at=when("03-09")) for id_ in ("ada", "ben")]
    history = build(
        leads=[ADA, BEN], events=[event(type="Call", at=CREATED)], outcomes=lost, worked=["call"]
    )
    assert list(outcomes(history)) == ["ada"]
    assert history.about.unknown == (("never worked", 1),)


# --- links ------------------------------------------------------------------------------------


def test_a_linked_activity_counts_while_the_link_holds() -> None:
    linked, undone = when("03-05"), when("03-09")
    history = build(
        leads=[ADA],
        events=[
            event("1", lead_id="x", at=when("03-03")),
            event("2", lead_id="x", at=when("03-07")),
            event("3", lead_id="x", at=when("03-10")),
        ],
        links=[link("x", "ada", linked, unlinked_at=undone)],
    )
    assert spans(history) == [("ada", "1", linked, undone), ("ada", "2", when("03-07"), undone)]


def test_links_chain_and_circles_come_to_an_end() -> None:
    at = when("03-05")
    links = [link("y", "x", at), link("x", "ada", at + DAY), link("ada", "y", at)]
    history = build(leads=[ADA], events=[event(lead_id="y", at=at)], links=links)
    assert spans(history) == [("ada", "1", at + DAY, FOREVER)]


def test_a_member_carries_activities_but_no_facts() -> None:
    at = when("03-05")
    history = build(
        leads=[ADA],
        events=[event(lead_id="x", at=at)],
        facts=[fact("50", at, lead_id="x")],
        links=[link("x", "ada", at, kind="member")],
    )
    assert history.events.to_table()["member"].to_pylist() == [True]
    assert changes(history) == []


def test_the_same_person_beats_a_member() -> None:
    at = when("03-05")
    links = [link("x", "ada", at, kind="member"), link("x", "ada", at + DAY)]
    history = build(leads=[ADA], events=[event(lead_id="x", at=at)], links=links)
    rows = history.events.to_table().to_pylist()
    assert [(row["start"], row["until"], row["member"]) for row in rows] == [
        (at, at + DAY, True),
        (at + DAY, FOREVER, False),
    ]


def test_a_lead_that_is_part_of_another_says_so_from_then_on() -> None:
    linked, undone = when("03-05"), when("03-09")
    history = build(leads=[ADA, BEN], links=[link("ben", "ada", linked, unlinked_at=undone)])
    assert changes(history, "ben") == [("merged", linked, "ada"), ("merged", undone, None)]
    assert history.about.attributes == ()


def test_a_lead_is_part_of_the_oldest_one_that_its_links_lead_to() -> None:
    first, second, third = when("03-05"), when("03-06"), when("03-07")
    cem = LeadRow(lead_id="cem", created_at=CREATED - DAY)
    links = [
        link("ben", "x", first),
        link("x", "ada", second),
        link("ben", "cem", third),
        link("zoe", "ben", first),  # of a lead that does not exist yet
    ]
    history = build(leads=[ADA, BEN, cem, LeadRow(lead_id="zoe", created_at=third)], links=links)
    assert changes(history, "ben") == [("merged", second, "ada"), ("merged", third, "cem")]
    assert changes(history, "zoe") == [("merged", third, "cem")]
    assert changes(history, "ada") == changes(history, "cem") == []


def test_of_a_circle_of_leads_one_stays_and_has_all_outcomes() -> None:
    linked, undone = when("03-05"), when("03-09")
    links = [link("ada", "ben", linked), link("ben", "ada", linked, unlinked_at=undone)]
    rows = [
        OutcomeRow(lead_id=of, won=True, at=when("03-08"), revenue=5.0) for of in ("ada", "ben")
    ]
    history = build(leads=[ADA, BEN], outcomes=rows, links=links)
    assert changes(history, "ben") == [("merged", linked, "ada"), ("merged", undone, None)]
    assert changes(history, "ada") == [("merged", undone, "ben")]
    assert {lead: of[3] for lead, of in outcomes(history).items()} == {"ben": 10.0}


def test_facts_of_linked_identities_count_by_their_own_time_while_linked() -> None:
    history = build(
        leads=[ADA],
        facts=[
            fact("50", when("03-04")),
            fact("250", when("03-03"), lead_id="x"),
            fact("1000", when("03-06"), lead_id="x"),
        ],
        links=[link("x", "ada", when("03-05"), unlinked_at=when("03-09"))],
    )
    assert changes(history) == [
        ("size", when("03-04"), "50"),
        ("size", when("03-06"), "1000"),
        ("size", when("03-09"), "50"),
    ]


def test_the_outcome_of_a_merged_lead_belongs_to_the_one_it_is_part_of() -> None:
    history = build(
        leads=[ADA, BEN],
        outcomes=[OutcomeRow(lead_id="ben", won=True, at=when("03-20"), revenue=5.0)],
        feedback=[FeedbackRow(lead_id="ben", at=when("03-19"), verdict="returned", reason="no")],
        links=[link("ben", "ada", when("03-05"))],
    )
    assert outcomes(history) == {"ada": (True, when("03-20"), when("03-20"), 5.0)}
    assert history.about.unknown == ()
    assert history.feedback.to_pylist() == [
        {"lead": 0, "at": when("03-19"), "returned": True, "reason": "no"}
    ]


def test_links_that_lead_nowhere_are_left_out_and_counted() -> None:
    links = [link("x", "zoe", CREATED), link("ada", "ada", CREATED), link("y", "ben", CREATED)]
    assert build(leads=[ADA, BEN], links=links).about.set_aside == 2


# --- the whole --------------------------------------------------------------------------------


def test_a_history_ends_with_the_last_thing_that_is_known() -> None:
    history = build(
        leads=[ADA],
        events=[event(at=when("03-03"))],
        outcomes=[OutcomeRow(lead_id="ada", won=True, at=when("03-20"))],
    )
    assert history.about.ends_at == when("03-20")
