"""The store as arrays: every lead with what an agreement looks at, read as quickly as it can be.

`history.read` tells everything to whoever replays. Here a version that comes into force asks for
what it needs of all leads at once: leads come first, so that whoever writes results back can tell
which of them changed while the rest was being read.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyarrow as pa
from django.db import connection

from einig.engine.history import History, build
from einig.engine.scoring import Plan
from einig.engine.values import fold
from einig.store import columns
from einig.store.columns import NUMBER, TEXT

_LEADS = {
    "id": NUMBER, "lead_id": TEXT, "created_at": NUMBER, "judged_at": NUMBER,
    "last_known": NUMBER, "next_change_at": NUMBER, "version": NUMBER, "was_ready": NUMBER,
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
    return columns.read(query, _LEADS)


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
        facts=columns.read(facts, columns.FACTS),
        events=columns.with_properties(columns.read(events, columns.EVENTS), names),
        links=columns.read(links, columns.LINKS),
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


def _literals(names: Iterable[str]) -> str:
    return ", ".join("'" + name.replace("'", "''") + "'" for name in names) or "NULL"
