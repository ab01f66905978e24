"""The store as arrays: every lead with what an agreement looks at, read as quickly as it can be.

`history.read` tells everything to whoever replays. Here a version that comes into force asks for
what it needs of all leads at once: leads come first, so that whoever writes results back can tell
which of them changed while the rest was being read.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pyarrow as pa
from django.db import connection

from einig.engine.history import History, build
from einig.engine.scoring import Plan
from einig.engine.values import fold

_TEXT, _NUMBER = pa.string(), pa.int64()
_LEADS = {
    "id": _NUMBER, "lead_id": _TEXT, "created_at": _NUMBER, "judged_at": _NUMBER,
    "last_known": _NUMBER, "next_change_at": _NUMBER, "version": _NUMBER, "was_ready": _NUMBER,
}  # fmt: skip
_FACTS = {
    "lead_id": _TEXT, "attribute": _TEXT, "value": _TEXT, "known_from": _NUMBER,
    "sequence": _NUMBER,
}  # fmt: skip
_EVENTS = {
    "event_id": _TEXT, "lead_id": _TEXT, "type": _TEXT, "at": _NUMBER, "known_from": _NUMBER,
    "known_until": _NUMBER, "properties": _TEXT,
}  # fmt: skip
_LINKS = {
    "identity": _TEXT, "lead_id": _TEXT, "kind": _TEXT, "linked_at": _NUMBER,
    "unlinked_at": _NUMBER,
}  # fmt: skip
# what is nobody's counts for no lead
_OURS = "(i.lead_id IS NOT NULL OR i.id IN (SELECT identity_id FROM store_link))"


def leads() -> pa.Table:
    """Return every lead that may be judged, as it stands.

    `version` judged it last; `was_ready` is 0 or 1.
    """
    query = """SELECT id, lead_id, created_at, judged_at, last_known, next_change_at, version_id,
                      CASE WHEN sales_ready THEN 1 ELSE 0 END
               FROM store_lead WHERE profiled ORDER BY id"""
    return _read(query, _LEADS)


def read(of: pa.Table, plan: Plan) -> History:
    """Return what a plan looks at, of leads that were read before."""
    attributes = _spelled("store_fact", "attribute", [each.name for each in plan.attributes])
    types = _spelled("store_event", "type", _types(plan))
    facts = f"""SELECT i.key, f.attribute, f.value, f.known_from, f.sequence
                FROM store_fact f JOIN store_identity i ON i.id = f.identity_id
                WHERE f.attribute IN ({_literals(attributes)}) AND {_OURS} ORDER BY f.id"""
    names = {fold(where.of) for criterion in plan.criteria for where in criterion.where}
    properties = "CAST(e.properties AS text)" if names else "NULL"
    events = f"""SELECT e.event_id, i.key, e.type, e.at, e.known_from, e.known_until, {properties}
                 FROM store_event e JOIN store_identity i ON i.id = e.identity_id
                 WHERE e.type IN ({_literals(types)}) AND {_OURS}"""
    links = """SELECT i.key, l.lead_id, k.kind, k.linked_at, k.unlinked_at
               FROM store_link k JOIN store_identity i ON i.id = k.identity_id
               JOIN store_lead l ON l.id = k.lead_id WHERE l.profiled"""
    return build(
        leads=of.select(["lead_id", "created_at"]),
        facts=_read(facts, _FACTS),
        events=_with_properties(_read(events, _EVENTS), names),
        links=_read(links, _LINKS),
        name="store",
    )


def _types(plan: Plan) -> list[str] | None:
    """Return the activities that a plan looks at; None where any may break a silence."""
    if any(not silence.activities for silence in plan.silence):
        return None
    quiet = [name for silence in plan.silence for name in silence.activities]
    named = {fold(name) for name in (*(of.activity for of in plan.criteria), *quiet)}
    return sorted(named | plan.inquiries)


def _spelled(table: str, column: str, names: Sequence[str] | None) -> list[str]:
    """Return the spellings of names in a column; all that occur where no names are given."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT {column} FROM {table}")
        found = [str(name) for (name,) in cursor.fetchall()]
    return found if names is None else [name for name in found if fold(name) in names]


def _with_properties(events: pa.Table, names: set[str]) -> pa.Table:
    """Put each property that is asked for into a column; equal texts are read once."""
    texts = events["properties"].combine_chunks().dictionary_encode()
    told: list[dict[str, str]] = [json.loads(text or "{}") for text in texts.dictionary.to_pylist()]
    spelled = dict.fromkeys(name for each in told for name in each if fold(name) in names)
    events = events.drop_columns(["properties"])
    for name in spelled:
        values = pa.array([each.get(name) for each in told], _TEXT)
        events = events.append_column(f"property:{name}", values.take(texts.indices))
    return events


def _literals(names: Iterable[str]) -> str:
    return ", ".join("'" + name.replace("'", "''") + "'" for name in names) or "NULL"


def _read(query: str, columns: dict[str, pa.DataType]) -> pa.Table:
    schema = pa.schema(list(columns.items()))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return _copied(query, schema)
        cursor.execute(query)
        parts = []
        while rows := cursor.fetchmany(50_000):
            told = zip(zip(*rows, strict=True), schema, strict=True)
            arrays = [pa.array(values, of.type) for values, of in told]
            parts.append(pa.Table.from_arrays(arrays, schema=schema))
        return pa.concat_tables([schema.empty_table(), *parts])


def _copied(query: str, schema: pa.Schema) -> pa.Table:
    """Read by COPY, which is several times as quick as rows are."""
    from pyarrow import csv  # noqa: PLC0415  # only whoever reads everything needs it

    told = pa.BufferOutputStream()
    for part in _copy_out(f"COPY ({query}) TO STDOUT (FORMAT csv)"):
        told.write(part)
    written = told.getvalue()
    if not written.size:
        return schema.empty_table()
    return csv.read_csv(
        pa.BufferReader(written),
        read_options=csv.ReadOptions(column_names=schema.names),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=schema,
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )


def _copy_out(statement: str) -> Iterator[Any]:
    """Yield what COPY says, row by row, straight from libpq: psycopg takes a third of the reading
    to wait for each row by itself.
    """
    from psycopg import errors, pq  # noqa: PLC0415  # only on PostgreSQL

    at = connection.connection.pgconn
    with connection.wrap_database_errors:
        begun = at.exec_(statement.encode())
        if begun.status != pq.ExecStatus.COPY_OUT:
            raise errors.error_from_result(begun)
        while (told := at.get_copy_data(0))[0] > 0:
            yield told[1]
        while (ended := at.get_result()) is not None:
            if ended.status != pq.ExecStatus.COMMAND_OK:
                raise errors.error_from_result(ended)
