"""A mapping says which column is what; every issue has its place and remedy."""

import re
from pathlib import Path

import pytest

from einig.engine.document import Refused
from einig.engine.history.mapping import (
    Attribute,
    EventOutcomes,
    EventsTable,
    FileOutcomes,
    LeadsTable,
    Learning,
    Lookup,
    Source,
)
from einig.engine.history.mapping_grammar import load_mapping, mapping_schema
from einig.engine.instants import DAY
from tests.engine.history.files import (
    DEALS,
    EVENTS,
    LEADS,
    MAPPING,
    aside,
    created,
    ended,
    facts,
    happened,
    read,
    refusal,
)

ROOT = Path(__file__).parents[3]


def issues(folder: Path, text: str) -> list[str]:
    path = folder / "m.yaml"
    path.write_text(text, encoding="utf-8")
    try:
        load_mapping(path)
    except Refused as refused:
        return [str(issue).replace(f"{folder}/", "") for issue in refused.issues]
    return []


def test_a_mapping_becomes_frozen_objects(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(
        "name: M\nzone: Europe/Berlin\nlost_after: 180 days\n"
        "leads: {file: l.csv, id: id, attributes: {size: {column: n, blank: [0]}}, blank: k.A.}\n"
        "events: [{file: e.csv, lead: l, type_is: demo, at: t, id: [a, b], properties: {p: q}}]\n"
        "outcomes:\n  events: {won: A, lost: [B], beside: C, revenue: size}\n"
        "  files: [{file: d.csv, lead: l, revenue: {file: r.csv, key: k, value: v}}]\n",
        encoding="utf-8",
    )
    told = load_mapping(path).mapping
    assert told.lost_after == 180 * DAY
    assert told.leads == LeadsTable(
        Source("l.csv"), id="id", attributes=(Attribute("size", "n", ("0",)),), blank=("k.A.",)
    )
    assert told.events == (
        EventsTable(Source("e.csv"), "l", "t", (), "demo", ("a", "b"), None, None, (("p", "q"),)),
    )
    assert told.outcomes == (
        EventOutcomes(("A",), ("B",), ("C",), "size"),
        FileOutcomes(Source("d.csv"), lead="l", revenue=Lookup(Source("r.csv"), "k", "v")),
    )
    assert told.outcome_names == {"A", "B", "C"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "name: M\nleads: {fle: l.csv}\n",
            [
                "m.yaml:2:8: error: leads: file is missing."
                " Add file: the file: CSV (also .gz), XLSX or Parquet.",
                "m.yaml:2:9: error: leads.fle: The key fle is not known here. Did you mean file?",
            ],
        ),
        (
            "name: M\nzone: Berlin\nleads: {file: l.csv}\n",
            [
                "m.yaml:2:7: error: zone: There is no time zone Berlin."
                " Write one like Europe/Berlin."
            ],
        ),
        (
            "name: M\nleads: {file: l.csv}\nevents: {file: e.csv, lead: l, at: t}\n",
            [
                "m.yaml:3:9: error: events.1: Either type or type_is is needed."
                " Name the column, or write type_is: demo."
            ],
        ),
        (
            "name: M\nleads: {file: l.csv, dates: german}\n"
            "outcomes: {files: {file: d.csv, status: s}}\n",
            [
                "m.yaml:2:29: error: leads.dates: “german” is not known here."
                " Use one of: dmy, epoch_milliseconds, epoch_seconds, iso, mdy.",
                "m.yaml:3:19: error: outcomes.files.1: Which values of status are won?"
                " Add for example won: [Closed Won].",
            ],
        ),
    ],
)
def test_a_bad_mapping_is_answered_with_place_and_remedy(
    tmp_path: Path, text: str, expected: list[str]
) -> None:
    assert issues(tmp_path, text) == expected


def test_an_attribute_that_is_the_outcome_is_refused(tmp_path: Path) -> None:
    mapping = """\
name: Small
leads: {file: leads.csv, id: id, attributes: [industry, status]}
outcomes: {files: {file: leads.csv, lead: id, status: status, won: won}}
"""
    leads = "id,industry,status\nA,Software,won\n"
    assert refusal(tmp_path, {"history.yaml": mapping, "leads.csv": leads}) == [
        "history.yaml:2:34: error: leads.attributes.status: status is the outcome, so it is no"
        " attribute. Remove it here."
    ]


def test_blank_words_mean_that_nothing_is_known(tmp_path: Path) -> None:
    attributes = "{industry: {column: industry, blank: [select, k.A.]}}"
    mapping = MAPPING.replace("[industry]", attributes)
    history = read(
        tmp_path, {"history.yaml": mapping, "leads.csv": LEADS.replace("Trade", "SELECT ")}
    )
    assert [(lead, value) for lead, _, value, _ in facts(history)] == [("A", "Software")]


def test_numbers_with_a_declared_decimal_mark_become_numbers(tmp_path: Path) -> None:
    mapping = MAPPING.replace("[industry]", '{size: {column: industry, decimal: ","}}')
    leads = LEADS.replace("Software", '"1.234,5"').replace("Trade", "many")
    history = read(tmp_path, {"history.yaml": mapping, "leads.csv": leads})
    assert [value for _, _, value, _ in facts(history)] == ["1234.5", "many"]


def test_attributes_count_from_when_they_are_known(tmp_path: Path) -> None:
    mapping = MAPPING.replace("attributes:", "known_from: known, attributes:")
    leads = "id,created,industry,known\nA,2026-03-02T09:00,Software,2026-03-05T09:00\n"
    history = read(tmp_path, {"history.yaml": mapping, "leads.csv": leads, "deals.csv": DEALS[:29]})
    assert facts(history) == [("A", "industry", "Software", "2026-03-05T08:00:00Z")]
    assert history.about.assumed_known == set()


def test_leads_from_before_a_date_are_left_out_with_all_that_is_theirs(tmp_path: Path) -> None:
    mapping = MAPPING.replace("id: id,", "id: id, since: 2026-03-02,")
    leads = "id,created,industry\nA,2026-03-02,x\nB,2026-03-01,x\n"
    history = read(tmp_path, {"history.yaml": mapping, "leads.csv": leads})
    assert list(created(history)) == ["A"]
    assert list(ended(history)) == ["A"]
    assert aside(history) == []


def test_without_an_id_the_line_names_the_lead(tmp_path: Path) -> None:
    mapping = """\
name: Small
leads: {file: leads.csv, attributes: [industry]}
outcomes: {files: {file: leads.csv, status: status, won: [yes], lost: [no]}}
"""
    leads = "industry,status\nSoftware,yes\nTrade,no\n"
    history = read(tmp_path, {"history.yaml": mapping, "leads.csv": leads})
    assert ended(history) == {"2": (True, 0.0, None), "3": (False, 0.0, None)}
    assert not history.about.dated


def test_facts_links_and_feedback_are_read(tmp_path: Path) -> None:
    mapping = MAPPING + (
        "facts: {file: facts.csv, lead: lead, attribute: what, value: is, known_from: since}\n"
        "links: {file: links.csv, identity: from, lead: to, linked: since}\n"
        "feedback: {file: said.csv, lead: lead, at: at, verdict: verdict, returned: [back],"
        " reason: why}\n"
    )
    files = {
        "facts.csv": "lead,what,is,since\nA,size,50,2026-03-04T09:00\n,size,1,2026-03-04T09:00\n",
        "links.csv": "from,to,since\nx,A,2026-03-04T09:00\nx,,2026-03-04T09:00\n",
        "said.csv": "lead,at,verdict,why\nA,2026-03-06T09:00,back,no need\nB,2026-03-06T09:00,?,\n",
        "events.csv": EVENTS + "x,demo,2026-03-05T09:00,\n",
    }
    history = read(tmp_path, {"history.yaml": mapping} | files)
    assert ("A", "size", "50", "2026-03-04T08:00:00Z") in facts(history)
    assert happened(history) == [
        ("A", "visit", "2026-03-03T08:00:00Z"),
        ("A", "demo", "2026-03-05T08:00:00Z"),
    ]
    assert history.feedback.to_pylist()[0]["reason"] == "no need"
    assert aside(history) == [
        ("facts.csv", 3, "no lead id"),
        ("links.csv", 3, "identity, lead and time of the link are needed"),
        ("said.csv", 3, "verdict: neither accepted nor returned"),
    ]


def test_activities_are_once_by_their_columns_and_may_be_withdrawn(tmp_path: Path) -> None:
    mapping = MAPPING.replace(
        "properties: [path]", "properties: [path], id: [lead, n], known_until: until"
    )
    events = (
        "lead,type,at,path,n,until\n"
        "A,visit,2026-03-03T09:00,/,1,9999-12-31\nA,visit,2026-03-03T09:00,/,1,9999-12-31\n"
        "A,demo,2026-03-03T09:00,/,2,2026-03-05T09:00\n"
    )
    history = read(tmp_path, {"history.yaml": mapping, "events.csv": events})
    rows = history.events.to_table().to_pylist()
    assert [row["event_id"] for row in rows] == ["A/1", "A/2"]
    assert [row["until"] == 2**61 for row in rows] == [True, False]


def test_a_type_may_stand_in_several_columns(tmp_path: Path) -> None:
    mapping = MAPPING.replace("type: type", "type: [type, step]").replace(
        "outcomes:\n", "worked: [call+complete]\noutcomes:\n"
    )
    events = (
        "lead,type,step,at,path\nB,Call,COMPLETE,2026-03-03T09:00,/\nA,Call,,2026-03-03T09:00,/\n"
    )
    history = read(tmp_path, {"history.yaml": mapping, "events.csv": events})
    assert [kind for _, kind, _ in happened(history)] == ["Call", "Call+COMPLETE"]
    assert history.about.unknown == ()  # B was lost, and worked


def test_activities_without_an_id_are_named_by_file_and_line(tmp_path: Path) -> None:
    rows = read(tmp_path, {"events.csv": EVENTS}).events.to_table()
    assert rows["event_id"].to_pylist() == ["events.csv:2"]


def test_facts_can_stand_beside_each_other_in_a_file_of_their_own(tmp_path: Path) -> None:
    mapping = MAPPING + (
        "facts: {file: more.csv, lead: lead, known_from: since, blank: none,\n"
        "        attributes: {size: Size, turnover: {column: Umsatz, decimal: ','}}}\n"
    )
    told = 'lead,Size,Umsatz,since\nA,50,"1.234,5",2026-03-04T09:00\nB,none,,\nX,1,1,\n'
    history = read(tmp_path, {"history.yaml": mapping, "more.csv": told})
    assert [each for each in facts(history) if each[1] != "industry"] == [
        ("A", "size", "50", "2026-03-04T08:00:00Z"),
        ("A", "turnover", "1234.5", "2026-03-04T08:00:00Z"),
    ]
    assert aside(history) == [("more.csv", 4, "the lead X is not among the leads")]


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ("attribute: what", "attribute and value need each other."),
        ("value: is, attributes: [is]", "Either attribute and value or attributes are needed."),
        ("known_from: since", "Either attribute and value or attributes are needed."),
    ],
)
def test_facts_are_named_by_a_column_or_stand_in_columns(
    tmp_path: Path, told: str, message: str
) -> None:
    mapping = MAPPING + f"facts: {{file: facts.csv, lead: lead, {told}}}\n"
    (found,) = refusal(tmp_path, {"history.yaml": mapping})
    assert message in found


def test_facts_have_words_for_blanks_and_an_order(tmp_path: Path) -> None:
    mapping = MAPPING.replace(", attributes: [industry]", "") + (
        "facts: {file: facts.csv, lead: lead, attribute: what, value: is, known_from: since,"
        " sequence: n, blank: [none]}\n"
    )
    told = (
        "lead,what,is,since,n\nA,size,50,2026-03-04T09:00,-1\nA,size,250,2026-03-04T09:00,-2\n"
        "A,size,NONE,2026-03-05T09:00,\nA,size,1,2026-03-06T09:00,1.5\n"
        "A,Merged,B,2026-03-06T09:00,\n"
    )
    history = read(tmp_path, {"history.yaml": mapping, "facts.csv": told})
    assert facts(history) == [
        ("A", "size", "50", "2026-03-04T08:00:00Z"),
        ("A", "size", None, "2026-03-05T08:00:00Z"),
    ]
    assert aside(history) == [
        ("facts.csv", 5, "n: “1.5” is no whole number"),
        ("facts.csv", 6, "no attribute can be called merged"),
    ]


def test_an_attribute_called_as_mergers_are_is_refused(tmp_path: Path) -> None:
    mapping = MAPPING.replace("[industry]", "{Merged: industry}")
    assert refusal(tmp_path, {"history.yaml": mapping}) == [
        "history.yaml:3:65: error: leads.attributes.Merged: No attribute can be called merged: a"
        " history calls its mergers so. Give it another name, like merged_into."
    ]


def test_a_since_that_is_no_date_is_refused(tmp_path: Path) -> None:
    mapping = MAPPING.replace("id: id,", "id: id, since: spring,")
    assert refusal(tmp_path, {"history.yaml": mapping}) == [
        "history.yaml:3:34: error: leads.since: “spring” is no date. Write one like 2026-01-31."
    ]


def test_the_revenue_of_activities_is_a_property_of_those_that_win(tmp_path: Path) -> None:
    mapping = MAPPING.split("outcomes:")[0].replace("[path]", "{worth: path}") + (
        "outcomes: {events: {won: bought, lost: [left], beside: invoiced, revenue: worth}}\n"
    )
    events = EVENTS + "A,Bought,2026-03-05T09:00,100\nB,left,2026-03-06T09:00,-\n"
    history = read(tmp_path, {"history.yaml": mapping, "events.csv": events})
    assert ended(history) == {
        "A": (True, 100.0, "2026-03-05T08:00:00Z"),
        "B": (False, 0.0, "2026-03-06T08:00:00Z"),
    }
    assert [kind for _, kind, _ in happened(history)] == ["visit"]
    assert (history.about.events, history.about.set_aside) == (3, 0)
    assert history.about.outcome_names == {"bought", "left", "invoiced"}


def test_the_revenue_may_stand_in_another_file(tmp_path: Path) -> None:
    revenue = "revenue: {file: sold.csv, key: amount, value: euros}"
    mapping = MAPPING.replace("revenue: amount", revenue)
    sold = "amount;euros\n1000;1.234,50\n1000;7,5\n;3\n"
    history = read(tmp_path, {"history.yaml": mapping, "sold.csv": sold})
    assert ended(history)["A"] == (True, 1234.5, "2026-03-20T11:00:00Z")
    assert aside(history) == [("sold.csv", 3, "amount: 1000 stands in line 2 already")]


def test_every_key_of_a_mapping_is_documented() -> None:
    page = (ROOT / "docs/reference/history.md").read_text(encoding="utf-8")
    keys = set(_keys(mapping_schema()))
    assert {key for key in keys if not re.search(rf"`{key}`", page)} == set()


def _keys(schema: object) -> list[str]:
    if isinstance(schema, list):
        return [key for each in schema for key in _keys(each)]
    if not isinstance(schema, dict):
        return []
    named = schema.get("properties", {})
    below = [*named.values(), *(of for name, of in schema.items() if name != "properties")]
    return [*named, *(key for each in below for key in _keys(each))]


def test_a_mapping_declares_what_may_be_learned(tmp_path: Path) -> None:
    path = tmp_path / "history.yaml"
    head = "name: Small\nleads: {file: leads.csv, attributes: {a: A, b: B}}\n"
    path.write_text(head + "learning: {keep: a, drop: [b]}\n", encoding="utf-8")
    assert load_mapping(path).mapping.learning == Learning(keep=("a",), drop=("b",))
    path.write_text(head, encoding="utf-8")
    assert load_mapping(path).mapping.learning == Learning()
