"""Tables of the database as columns, read as quickly as it gives them."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from functools import partial
from typing import Any

import pyarrow as pa
from django.db import connection

from einig.engine.values import fold

TEXT, NUMBER = pa.string(), pa.int64()
FACTS = {
    "lead_id": TEXT, "attribute": TEXT, "value": TEXT, "known_from": NUMBER, "sequence": NUMBER,
}  # fmt: skip
EVENTS = {
    "event_id": TEXT, "lead_id": TEXT, "type": TEXT, "at": NUMBER, "known_from": NUMBER,
    "known_until": NUMBER, "properties": TEXT,
}  # fmt: skip
LINKS = {
    "identity": TEXT, "lead_id": TEXT, "kind": TEXT, "linked_at": NUMBER, "unlinked_at": NUMBER,
}  # fmt: skip
_BLOCK = 16 * 1024 * 1024  # bytes that are parsed at once: no row is larger


def read(query: str, columns: Mapping[str, pa.DataType]) -> pa.Table:
    """Return what a query without parameters says, as columns of these names."""
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
        read_options=csv.ReadOptions(column_names=schema.names, block_size=_BLOCK),
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
        begun = _begin(statement, at)
        if begun.status != pq.ExecStatus.COPY_OUT:
            raise errors.error_from_result(begun)
        while (told := at.get_copy_data(0))[0] > 0:
            yield told[1]
        while (ended := at.get_result()) is not None:
            if ended.status != pq.ExecStatus.COMMAND_OK:
                raise errors.error_from_result(ended)


def _begin(statement: str, at: Any) -> Any:
    """Send a statement; whoever listens to what Django asks hears of this too."""

    def run(sql: str, *_: Any) -> Any:
        return at.exec_(sql.encode())

    for wrapper in reversed(connection.execute_wrappers):
        run = partial(wrapper, run)
    return run(statement, None, False, {"connection": connection})


def with_properties(events: pa.Table, names: Collection[str] | None = None) -> pa.Table:
    """Put each property, or those of some names, into a column; equal texts are read once."""
    texts = events["properties"].combine_chunks().dictionary_encode()
    told: list[dict[str, str]] = [json.loads(text or "{}") for text in texts.dictionary.to_pylist()]
    every = dict.fromkeys(name for each in told for name in each)
    spelled = [name for name in every if names is None or fold(name) in names]
    events = events.drop_columns(["properties"])
    for name in spelled:
        values = pa.array([each.get(name) for each in told], TEXT)
        events = events.append_column(f"property:{name}", values.take(texts.indices))
    return events
