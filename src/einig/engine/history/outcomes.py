"""Outcomes: of whom, won or lost, and why some are not known."""

from __future__ import annotations

from collections.abc import Iterable

from einig.engine.history.sql import Connection, literals
from einig.engine.history.texts import folded
from einig.engine.values import fold


def name_owners(connection: Connection, ends_at: int) -> None:
    """Make `owners`: to which lead the outcomes of an identity belong in the end.

    A lead that is part of another then owns nothing, not even its own. Makes `merged` too: from
    when until when which lead was part of another.
    """
    connection.execute("""
        CREATE TEMP TABLE merged AS
        SELECT lead, begins, ends FROM (
            SELECT lead_id, value, "at" AS begins,
                   lead("at", 1, forever()) OVER (PARTITION BY lead_id ORDER BY "at") AS ends
            FROM in_mergers) JOIN numbered USING (lead_id)
        WHERE value IS NOT NULL""")
    connection.execute(f"""
        CREATE TEMP TABLE owners AS
        SELECT r.identity, r.lead FROM reach AS r ANTI JOIN merged AS m
            ON r.lead = m.lead AND m.begins <= {ends_at} AND {ends_at} < m.ends
        WHERE NOT r.member AND r.begins <= {ends_at} AND {ends_at} < r.ends""")


def combine_outcomes(
    connection: Connection, *, ends_at: int, lost_after: int | None, worked: Iterable[str]
) -> tuple[str, tuple[tuple[str, int], ...]]:
    """Make `known_outcomes`; return the query for them, and how many leads have none and why."""
    connection.execute("""
        CREATE TEMP TABLE combined AS
        SELECT lead, bool_or(won) AS won, min(coalesce("at", forever())) AS first_at,
               min("at") FILTER (won) AS won_at,
               -- in a fixed order: sums of fractions depend on it
               coalesce(sum(revenue ORDER BY revenue) FILTER (won), 0.0) AS revenue
        FROM in_outcomes JOIN owners ON lead_id = identity GROUP BY lead""")
    after = "NULL::BIGINT" if lost_after is None else f"{lost_after}::BIGINT"
    connection.execute(f"""
        CREATE TEMP TABLE judged AS
        SELECT lead, coalesce(won, false) AS won, won_at, coalesce(revenue, 0.0) AS revenue,
               coalesce(first_at, created + {after}) AS first_at,
               CASE WHEN won IS NULL AND ({after} IS NULL OR created = beginning()) THEN 'open'
                    WHEN won IS NULL AND created + {after} > {ends_at} THEN 'too young'
                    WHEN won THEN NULL {_never_worked(connection, worked)} END AS unknown
        FROM numbered LEFT JOIN combined USING (lead)
        WHERE lead IN (SELECT lead FROM owners)""")
    counts = connection.execute(
        "SELECT unknown, count(*) FROM judged WHERE unknown IS NOT NULL GROUP BY ALL ORDER BY ALL"
    ).fetchall()
    query = """
        SELECT lead, won, first_at, won_at, revenue FROM judged
        WHERE unknown IS NULL ORDER BY lead"""
    return query, tuple((reason, count) for reason, count in counts)


def _never_worked(connection: Connection, worked: Iterable[str]) -> str:
    wanted = {fold(name) for name in worked}
    if not wanted:
        return ""
    types = folded(connection, "SELECT type FROM in_events")
    names = literals(name for name, text in types.items() if text in wanted)
    leads = f"SELECT lead FROM out_events WHERE type IN {names}"
    return f"WHEN lead NOT IN ({leads}) THEN 'never worked'"


def feedback_query() -> str:
    """Return the query for what sales said of leads, under the lead that each was part of then."""
    return """
        SELECT r.lead, f."at", f.verdict = 'returned' AS returned, f.reason
        FROM in_feedback AS f
        JOIN reach AS r ON f.lead_id = r.identity AND NOT r.member
             AND r.begins <= f."at" AND f."at" < r.ends
        ANTI JOIN merged AS m ON r.lead = m.lead AND m.begins <= f."at" AND f."at" < m.ends
        ORDER BY r.lead, f."at", returned, f.reason"""
