"""The compared forms of texts, made once for each distinct value."""

from __future__ import annotations

import pyarrow as pa

from einig.engine.history.sql import Connection, whole
from einig.engine.values import fold, value

_FORMS = ("number", "low")
_SCHEMA = pa.schema(
    [("value", pa.string()), ("text", pa.string()), *((form, pa.float64()) for form in _FORMS)]
)
_AT_ONCE = 1_000_000


def compare(connection: Connection, name: str, values: str) -> list[str]:
    """Make the table `name` (value, text, number, low) of the values that a query yields.

    `values` is a query with the one column `value`. Blank values are left out. Returns which of
    the forms `number` and `low` any value has.
    """
    query = f"SELECT DISTINCT value FROM ({values}) WHERE value IS NOT NULL"
    distinct = connection.sql(query).to_arrow_table()
    compared = [_compared(batch.column(0).to_pylist()) for batch in distinct.to_batches(_AT_ONCE)]
    connection.register("compared", pa.concat_tables([_SCHEMA.empty_table(), *compared]))
    connection.execute(f"CREATE TEMP TABLE {name} AS SELECT * FROM compared")
    connection.unregister("compared")
    return [form for form in _FORMS if whole(connection, f"SELECT count({form}) FROM {name}")]


def _compared(written: list[str]) -> pa.Table:
    pairs = [(text, value(text)) for text in written]
    known = [(text, of.text, of.number, of.low) for text, of in pairs if of is not None]
    columns = list(zip(*known, strict=True)) or [()] * len(_SCHEMA)
    arrays = [pa.array(column, of.type) for column, of in zip(columns, _SCHEMA, strict=True)]
    return pa.table(arrays, schema=_SCHEMA)


def folded(connection: Connection, query: str) -> dict[str, str]:
    """Return each distinct name that a query yields, with its folded form; sorted by name."""
    names = [row[0] for row in connection.execute(f"SELECT DISTINCT * FROM ({query})").fetchall()]
    return {name: fold(name) for name in sorted(name for name in names if name is not None)}
