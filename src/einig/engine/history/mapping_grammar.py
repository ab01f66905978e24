"""The mapping as people write it: the grammar of the YAML document."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from einig.engine.document import read_file
from einig.engine.document.shapes import (
    ByKind,
    Choice,
    Field,
    ListOf,
    Made,
    Record,
    Schema,
    Table,
    Text,
    Unfit,
    Window,
    read_document,
)
from einig.engine.history.mapping import (
    Attribute,
    EventOutcomes,
    EventsTable,
    FactsTable,
    FeedbackTable,
    FileOutcomes,
    LeadsTable,
    Learning,
    LinksTable,
    Lookup,
    Mapped,
    Mapping,
    Source,
)


def load_mapping(path: str | Path) -> Mapped:
    """Read a mapping file. Raises Refused with all issues at once."""
    text, name = read_file(path)
    mapping, reading = read_document(text, name, MAPPING)
    return Mapped(mapping, name, text, reading.places)


def mapping_schema() -> Schema:
    """Return the JSON Schema of a mapping file."""
    return MAPPING.schema()


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Unfit(f"There is no time zone {text}.", "Write one like Europe/Berlin.") from None
    return text


def _delimiter(text: str) -> str:
    mark = {"tab": "\t", "comma": ",", "semicolon": ";"}.get(text, text)
    if len(mark) != 1:
        raise Unfit(f"“{text}” is no delimiter.", "Write one character, or tab.")
    return mark


_MARK = Choice((".", ","))
_COLUMN = Text("column")
_TEXTS = ListOf(Text("value"), single=True)
_SOURCE = {
    "file": Field(Text("file"), "the file: CSV (also .gz), XLSX or Parquet", required=True),
    "sheet": Field(Text("sheet"), "the sheet of an XLSX file; the first one if left out"),
    "delimiter": Field(Made(Text("delimiter"), _delimiter), "the delimiter of a CSV file"),
    "encoding": Field(Text("encoding"), "the encoding of a CSV file"),
    "decimal": Field(_MARK, "the decimal mark of amounts"),
    "dates": Field(
        Choice(("iso", "dmy", "mdy", "epoch_seconds", "epoch_milliseconds")),
        "the form of dates: 2026-12-31, 31.12.2026, 12/31/2026, or a number",
    ),
}


def _source(read: dict[str, Any]) -> dict[str, Any]:
    """Move what describes the file into a source."""
    told = {key: read.pop(key) for key in tuple(_SOURCE) if key in read}
    return read | {"source": Source(**told)}


def _named_columns(of: Any) -> tuple[tuple[str, str], ...]:
    return tuple((one, one) if isinstance(one, str) else one for one in of)


_PROPERTIES = Made(ByKind(items=ListOf(_COLUMN), entries=Table(_COLUMN)), _named_columns)
_ATTRIBUTE = ByKind(
    scalar=Made(_COLUMN, lambda column: {"column": column}),
    entries=Record(
        {
            "column": Field(_COLUMN, "the column", required=True),
            "blank": Field(_TEXTS, "words that mean that nothing is known"),
            "decimal": Field(_MARK, "the decimal mark, where it is a number written with one"),
            "known_from": Field(_COLUMN, "the column that says since when it is known"),
        },
        dict,
    ),
)
_ATTRIBUTES = ByKind(
    items=Made(
        ListOf(_COLUMN), lambda names: tuple(Attribute(name, column=name) for name in names)
    ),
    entries=Table(_ATTRIBUTE, lambda name, of: Attribute(name, **of)),
)
_LEADS = Record(
    _SOURCE
    | {
        "id": Field(_COLUMN, "the column of the lead's id; the number of the row if left out"),
        "created": Field(_COLUMN, "the column of when the lead was created"),
        "attributes": Field(_ATTRIBUTES, "columns that are attributes; those not named are unused"),
        "blank": Field(_TEXTS, "words that mean in every attribute that nothing is known"),
        "known_from": Field(_COLUMN, "the column that says since when the attributes are known"),
        "since": Field(Text("date"), "leave out leads that were created before this date"),
    },
    lambda **read: LeadsTable(**_source(read)),
    "A file with a row a lead.",
)


def _facts(**read: Any) -> FactsTable:
    if ("attributes" in read) == ("attribute" in read or "value" in read):
        remedy = "Name the columns of both, or list attributes, each with a column of its own."
        raise Unfit("Either attribute and value or attributes are needed.", remedy)
    if ("attribute" in read) != ("value" in read):
        raise Unfit("attribute and value need each other.", "Name the columns of both.")
    return FactsTable(**_source(read))


_FACTS = Record(
    _SOURCE
    | {
        "lead": Field(_COLUMN, "the column of the lead's id", required=True),
        "attribute": Field(_COLUMN, "the column that names the attribute"),
        "value": Field(_COLUMN, "the column of its value"),
        "attributes": Field(_ATTRIBUTES, "columns that are attributes, as in the file of leads"),
        "known_from": Field(_COLUMN, "the column that says since when it is known"),
        "sequence": Field(_COLUMN, "the column that orders facts of one time"),
        "blank": Field(_TEXTS, "words that mean that nothing is known any more"),
    },
    _facts,
    "A file with a row a fact, or a row a lead.",
)


def _events(**read: Any) -> EventsTable:
    if ("type" in read) == ("type_is" in read):
        raise Unfit("Either type or type_is is needed.", "Name the column, or write type_is: demo.")
    return EventsTable(**_source(read))


_EVENTS = Record(
    _SOURCE
    | {
        "lead": Field(_COLUMN, "the column of the lead's id", required=True),
        "type": Field(
            ListOf(_COLUMN, single=True),
            "the column of the activity type; of several, the texts are joined by +",
        ),
        "type_is": Field(Text("activity type"), "the type of all activities of this file"),
        "at": Field(_COLUMN, "the column of when it happened", required=True),
        "id": Field(ListOf(_COLUMN, single=True), "the columns that together name the activity"),
        "known_from": Field(_COLUMN, "the column of when it arrived"),
        "known_until": Field(_COLUMN, "the column of when it was withdrawn"),
        "properties": Field(_PROPERTIES, "columns that are properties of the activity"),
    },
    _events,
    "A file with a row an activity.",
)
_LOOKUP = Record(
    _SOURCE
    | {
        "key": Field(_COLUMN, "the column that both files have", required=True),
        "value": Field(_COLUMN, "the column of the amount", required=True),
    },
    lambda **read: Lookup(**_source(read)),
    "An amount from another file.",
)


def _event_outcomes(**read: Any) -> EventOutcomes:
    return EventOutcomes(**read)


def _file_outcomes(**read: Any) -> FileOutcomes:
    if "status" in read and not ("won" in read or "lost" in read):
        raise Unfit("Which values of status are won?", "Add for example won: [Closed Won].")
    if "status" not in read and ("won" in read or "lost" in read):
        raise Unfit("won and lost need status.", "Name the column with status.")
    return FileOutcomes(**_source(read))


_BESIDE = Field(_TEXTS, "what comes with the outcome, so that an agreement may not use it")
_EVENT_OUTCOMES = Record(
    {
        "won": Field(_TEXTS, "activity types that are a win", required=True),
        "lost": Field(_TEXTS, "activity types that are a loss"),
        "beside": _BESIDE,
        "revenue": Field(Text("name"), "the attribute or property that is the revenue"),
    },
    _event_outcomes,
    "Activities that are the outcome.",
)
_FILE_OUTCOMES = Record(
    _SOURCE
    | {
        "lead": Field(_COLUMN, "the column of the lead's id; the number of the row if left out"),
        "status": Field(_COLUMN, "the column that says won or lost; every row is won without it"),
        "won": Field(_TEXTS, "values of status that are a win"),
        "lost": Field(_TEXTS, "values of status that are a loss; others are open"),
        "at": Field(_COLUMN, "the column of when it was won or lost"),
        "revenue": Field(ByKind(scalar=_COLUMN, entries=_LOOKUP), "the column of the revenue"),
        "currency": Field(_COLUMN, "the column of its currency"),
        "beside": _BESIDE,
    },
    _file_outcomes,
    "A file with a row an outcome.",
)


def _outcomes(read: dict[str, Any]) -> tuple[EventOutcomes | FileOutcomes, ...]:
    return tuple(of for key in ("events", "files") for of in read.get(key, ()))


_OUTCOMES = Made(
    Record(
        {
            "events": Field(_EVENT_OUTCOMES, "activities that are the outcome"),
            "files": Field(ListOf(_FILE_OUTCOMES, single=True), "files with outcomes"),
        },
        lambda **read: {key: of if key == "files" else (of,) for key, of in read.items()},
    ),
    _outcomes,
)
_LINKS = Record(
    _SOURCE
    | {
        "identity": Field(_COLUMN, "the column of the identity that is linked", required=True),
        "lead": Field(_COLUMN, "the column of the lead that it belongs to", required=True),
        "linked": Field(_COLUMN, "the column of when they were linked", required=True),
        "unlinked": Field(_COLUMN, "the column of when that was undone"),
        "kind": Field(_COLUMN, "the column that says same or member; same if left out"),
    },
    lambda **read: LinksTable(**_source(read)),
    "A file with a row a link between identities.",
)
_FEEDBACK = Record(
    _SOURCE
    | {
        "lead": Field(_COLUMN, "the column of the lead's id", required=True),
        "at": Field(_COLUMN, "the column of when sales said so", required=True),
        "verdict": Field(_COLUMN, "the column of the verdict", required=True),
        "accepted": Field(_TEXTS, "values of the verdict that accept; accepted if left out"),
        "returned": Field(_TEXTS, "values of the verdict that return; returned if left out"),
        "reason": Field(_COLUMN, "the column of the reason"),
    },
    lambda **read: FeedbackTable(**_source(read)),
    "A file with a row a verdict of sales.",
)
_LEARNING = Record(
    {
        "keep": Field(_TEXTS, "attributes to be used, whatever is found of them"),
        "drop": Field(_TEXTS, "attributes not to be used"),
    },
    Learning,
    "What is known of attributes beyond their evidence.",
)
MAPPING = Record(
    {
        "name": Field(Text("name"), "the name of the history", required=True),
        "zone": Field(Made(Text("time zone"), _zone), "the time zone of times that name none"),
        "currency": Field(Text("currency"), "the currency of all amounts, like EUR"),
        "leads": Field(_LEADS, "the file of leads", required=True),
        "facts": Field(ListOf(_FACTS, single=True), "files of facts"),
        "events": Field(ListOf(_EVENTS, single=True), "files of activities"),
        "outcomes": Field(_OUTCOMES, "what is the outcome"),
        "links": Field(ListOf(_LINKS, single=True), "files of links between identities"),
        "feedback": Field(ListOf(_FEEDBACK, single=True), "files of feedback from sales"),
        "lost_after": Field(Window(), "after how long a lead without an outcome counts as lost"),
        "worked": Field(_TEXTS, "activity types that show that a lead was worked"),
        "learning": Field(_LEARNING, "what `einig propose` may and may not learn from"),
    },
    Mapping,
    "Which column of which file is what.",
)
