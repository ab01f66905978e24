"""From incoming tables to a history: every rule of who, what and when, in the order they build on.

Incoming are the tables or views `in_leads`, `in_facts`, `in_events`, `in_outcomes`, `in_links` and
`in_feedback` of a connection, with the columns of the row classes; `in_leads` and `in_facts` have
a `row` beside (their order), and the properties of events are called `p0`, `p1`, ….
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pyarrow as pa

from einig.engine.history.activities import clean_events, events_query
from einig.engine.history.contract import FACTS, FEEDBACK, LEADS, MERGED, OUTCOMES, About
from einig.engine.history.facts import facts_query
from einig.engine.history.identities import follow
from einig.engine.history.outcomes import combine_outcomes, feedback_query, name_owners
from einig.engine.history.sql import Connection, whole
from einig.engine.instants import FOREVER

Keep = Callable[[str, str, pa.Schema], None]


@dataclass(frozen=True, slots=True)
class Told:
    """What the one who brings the tables says about them."""

    about: About
    properties: tuple[str, ...] = ()
    lost_after: int | None = None  # microseconds after which a lead without an outcome is lost
    worked: frozenset[str] = field(default=frozenset())  # activities that show work on a lead


def resolve(connection: Connection, told: Told, keep: Keep) -> About:
    """Hand each table of the history to `keep`, and return what is known of it as a whole.

    `keep(name, query, schema)` stores what a query yields where it is then found as `name`:
    `out_leads`, `out_events`, `out_facts`, `out_outcomes`, `out_feedback`.
    """
    left_out = _number_leads(connection)
    keep("out_leads", "SELECT lead_id, created AS created_at FROM numbered ORDER BY lead", LEADS)
    left_out += _link(connection)
    clean_events(connection, told.properties)
    keep("out_events", *events_query(connection, told.properties, told.about.outcome_names))
    keep("out_facts", facts_query(connection), FACTS)
    ends_at = _ends_at(connection)
    name_owners(connection, FOREVER - 1 if ends_at is None else ends_at)
    query, unknown = combine_outcomes(
        connection,
        ends_at=FOREVER if ends_at is None else ends_at,
        lost_after=told.lost_after,
        worked=told.worked,
    )
    keep("out_outcomes", query, OUTCOMES)
    keep("out_feedback", feedback_query(), FEEDBACK)
    left_out += _strangers(connection)
    return replace(
        told.about,
        events=whole(connection, "SELECT count(*) FROM in_events"),
        ends_at=FOREVER if ends_at is None else ends_at,
        dated=not whole(connection, _UNDATED),
        assumed_known=frozenset(_names(connection, _ASSUMED)),
        activities=tuple(_names(connection, "SELECT DISTINCT type FROM out_events")),
        attributes=tuple(_names(connection, "SELECT DISTINCT attribute FROM attributes")),
        unknown=unknown,
        set_aside=told.about.set_aside + left_out,
    )


_UNDATED = """
    SELECT (SELECT count(*) FROM in_leads WHERE created_at IS NULL)
         + (SELECT count(*) FROM in_outcomes WHERE "at" IS NULL)"""

_ASSUMED = """
    SELECT DISTINCT a.attribute
    FROM in_facts AS f JOIN attributes AS a ON f.attribute = a.written WHERE known_from IS NULL"""


def _number_leads(connection: Connection) -> int:
    """Make `numbered` (lead, lead_id, created); return how many leads stood there again."""
    connection.execute("""
        CREATE TEMP TABLE numbered AS
        SELECT (row_number() OVER (ORDER BY lead_id) - 1)::INTEGER AS lead, lead_id, created
        FROM (SELECT lead_id, coalesce(created_at, beginning()) AS created FROM in_leads
              QUALIFY row_number() OVER (PARTITION BY lead_id ORDER BY row) = 1)""")
    counted = "SELECT (SELECT count(*) FROM in_leads) - (SELECT count(*) FROM numbered)"
    return whole(connection, counted)


def _link(connection: Connection) -> int:
    """Make `reach` and `in_mergers`; return how many links lead nowhere."""
    connection.execute(_PLAIN_LINKS)
    links = connection.sql(_OTHER_LINKS).to_arrow_table()
    births: dict[str, int] = {}
    if len(links):
        involved = connection.sql(_INVOLVED).to_arrow_table()
        births = dict(zip(*(column.to_pylist() for column in involved.columns), strict=True))
    found = follow(links, births)
    connection.register("linked_identities", found.reach)
    connection.register("mergers", found.mergers)
    connection.execute("CREATE TEMP TABLE in_mergers AS FROM mergers")
    connection.execute("""
        CREATE TEMP TABLE reach AS
        SELECT lead_id AS identity, lead, beginning() AS begins, forever() AS ends,
               false AS member, created, true AS own
        FROM numbered
        UNION ALL
        SELECT identity, lead, begins, ends, member, created, false
        FROM linked_identities JOIN numbered USING (lead_id)
        UNION ALL
        SELECT identity, lead, begins, ends, member, created, false
        FROM plain_links WHERE begins < ends""")
    return found.left_out


# an identity that is no lead and linked once, to a lead that is not part of anything: nothing is
# to be followed, and most links of a live store are of this kind
_PLAIN_LINKS = """
    CREATE TEMP TABLE plain_links AS
    SELECT k.identity, n.lead, k.linked_at AS begins, coalesce(k.unlinked_at, forever()) AS ends,
           coalesce(k.kind = 'member', false) AS member, n.created
    FROM in_links AS k JOIN numbered AS n USING (lead_id)
         SEMI JOIN (SELECT identity FROM in_links GROUP BY ALL HAVING count(*) = 1) AS once
                   ON k.identity = once.identity
         ANTI JOIN numbered AS other ON k.identity = other.lead_id
         ANTI JOIN in_links AS before ON k.identity = before.lead_id
         ANTI JOIN in_links AS after ON n.lead_id = after.identity"""
_OTHER_LINKS = "SELECT * FROM in_links ANTI JOIN plain_links USING (identity)"
_INVOLVED = f"""
    WITH others AS ({_OTHER_LINKS})
    SELECT lead_id, created FROM numbered
    WHERE lead_id IN (SELECT identity FROM others) OR lead_id IN (SELECT lead_id FROM others)"""


def _ends_at(connection: Connection) -> int | None:
    """Return the last instant of which anything is known."""
    known = connection.execute("""
        SELECT max(t) FROM (
            SELECT max(created_at) AS t FROM in_leads
            UNION ALL SELECT max(greatest(known, nullif(until, forever()))) FROM cleaned
            UNION ALL SELECT max(known_from) FROM in_facts
            UNION ALL SELECT max("at") FROM in_outcomes
            UNION ALL SELECT max(greatest(linked_at, unlinked_at)) FROM in_links
            UNION ALL SELECT max("at") FROM in_feedback)""").fetchall()[0][0]
    return None if known is None else int(known)


def _strangers(connection: Connection) -> int:
    """Return how many rows are of leads that the history does not know."""
    tables = ("in_facts", "in_events", "in_outcomes", "in_feedback")
    counts = [
        f"SELECT count(*) FROM {name} ANTI JOIN reach ON lead_id = identity" for name in tables
    ]
    return sum(whole(connection, count) for count in counts)


def _names(connection: Connection, query: str) -> list[str]:
    return sorted(name for (name,) in connection.execute(query).fetchall() if name != MERGED)
