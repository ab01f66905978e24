"""Activities: each once, from when it counts, for every lead that it counts for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import pyarrow as pa

from einig.engine.history.contract import EVENTS
from einig.engine.history.sql import Connection, literals, quoted, whole
from einig.engine.history.texts import compare, folded
from einig.engine.values import fold


def clean_events(connection: Connection, properties: Sequence[str]) -> None:
    """Make `cleaned` of `in_events`: none known before it happened, each `event_id` once.

    Of rows with one `event_id` the one with the smallest (known_from, at, lead_id, type) counts;
    what they say of the end and of properties only settles which of two equal rows is kept.
    """
    columns = [f"p{i}" for i in range(len(properties))]
    connection.execute(f"""
        CREATE TEMP VIEW every_event AS
        SELECT event_id, lead_id, type, coalesce(known_from, "at") AS known,
               least("at", coalesce(known_from, "at")) AS "at",
               coalesce(known_until, forever()) AS until
               {"".join(f", {column}" for column in columns)}
        FROM in_events""")
    # comparing hashes first leaves next to nothing to sort where ids are unique, as they mostly are
    connection.execute("""
        CREATE TEMP TABLE repeated AS
        SELECT hash(event_id) AS hashed FROM in_events GROUP BY ALL HAVING count(*) > 1""")
    if not whole(connection, "SELECT count(*) FROM repeated"):
        connection.execute("CREATE TEMP VIEW cleaned AS FROM every_event")
        return
    order = ", ".join(["known", '"at"', "lead_id", "type", "until", *columns])
    connection.execute(f"""
        CREATE TEMP VIEW cleaned AS
        FROM every_event ANTI JOIN repeated ON hash(event_id) = hashed
        UNION ALL
        FROM every_event SEMI JOIN repeated ON hash(event_id) = hashed
        QUALIFY row_number() OVER (PARTITION BY event_id ORDER BY {order}) = 1""")


def events_query(
    connection: Connection, properties: Sequence[str], outcome_names: Iterable[str]
) -> tuple[str, pa.Schema]:
    """Return the query for the activities of all leads in their order, and its schema.

    Reads `cleaned` and `reach` (identity, lead, begins, ends, member, created).
    """
    outcomes = {fold(name) for name in outcome_names}
    types = folded(connection, "SELECT type FROM in_events")
    names = [name for name, text in types.items() if text in outcomes]
    left_out = f"AND type NOT IN {literals(names)}" if names else ""
    columns, joins, schema = _properties(connection, properties)
    query = f"""
        SELECT lead, "at", start, ending AS until, type, event_id, member{columns}
        FROM (SELECT e.*, r.lead, r.member, greatest(e.known, r.begins, r.created) AS start,
                     least(e.until, r.ends) AS ending
              FROM cleaned AS e JOIN reach AS r ON e.lead_id = r.identity) AS reached{joins}
        WHERE start < ending {left_out}
        ORDER BY lead, "at", event_id, start, member"""
    return query, schema


def _properties(connection: Connection, names: Sequence[str]) -> tuple[str, str, pa.Schema]:
    """Return what to select, what to join, and the schema of all properties.

    Properties whose names are equal as compared are one; of two values the later column's counts.
    """
    spellings: dict[str, list[int]] = defaultdict(list)
    for i, name in enumerate(names):
        spellings[fold(name)].append(i)
    columns, joins, schema = "", "", EVENTS
    for each in sorted(spellings.values(), key=lambda positions: names[positions[0]]):
        table, name = f"text_{each[0]}", min(names[i] for i in each)
        filled = [f"nullif(trim(p{i}), '')" for i in reversed(each)]
        value = f"coalesce({', '.join(filled)})" if len(each) > 1 else f"p{each[0]}"
        forms = compare(connection, table, f"SELECT {value} AS value FROM cleaned")
        joins += f"\n              LEFT JOIN {table} ON {table}.value = {value}"
        columns += f", {table}.text AS {quoted('text:' + name)}"
        schema = schema.append(pa.field(f"text:{name}", pa.string()))
        for form in forms:
            columns += f", {table}.{form} AS {quoted(f'{form}:{name}')}"
            schema = schema.append(pa.field(f"{form}:{name}", pa.float64()))
    return columns, joins, schema
