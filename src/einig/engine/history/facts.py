"""Facts as changes: from when on an attribute of a lead is what."""

from __future__ import annotations

from einig.engine.document import refuse
from einig.engine.history.contract import MERGED
from einig.engine.history.sql import Connection, literal
from einig.engine.history.texts import compare, folded


def facts_query(connection: Connection) -> str:
    """Return the query for the changes of all facts, those of mergers included.

    Reads `in_facts` (with `row`), `reach`, `numbered` (lead, lead_id, created) and `in_mergers`.
    Raises Refused if an attribute has the name that a history uses for mergers.
    """
    _name_attributes(connection)
    values = "SELECT value FROM in_facts UNION ALL SELECT value FROM in_mergers"
    compare(connection, "fact_texts", values)
    _tell_leads(connection)
    return f"""
        WITH changed AS (
            SELECT * FROM ({_alone()}) UNION ALL SELECT * FROM ({_linked()})
            UNION ALL
            SELECT n.lead, {literal(MERGED)}, greatest(m."at", n.created), m.value
            FROM in_mergers AS m JOIN numbered AS n USING (lead_id)
            QUALIFY row_number() OVER (PARTITION BY n.lead, greatest(m."at", n.created)
                                       ORDER BY m."at" DESC) = 1),
        differing AS (
            SELECT * FROM changed
            QUALIFY value IS DISTINCT FROM
                    lag(value) OVER (PARTITION BY lead, attribute ORDER BY "at"))
        SELECT lead, attribute, "at", value, text, number, low
        FROM differing LEFT JOIN fact_texts USING (value)
        ORDER BY lead, attribute, "at" """


def _name_attributes(connection: Connection) -> None:
    """Make `attributes`: names that are equal as compared are one attribute."""
    names = folded(connection, "SELECT attribute FROM in_facts")
    if MERGED in names.values():
        remedy = "Give it another name, like merged_into."
        raise refuse(f"An attribute is called {MERGED}, as a history calls its mergers.", remedy)
    shown = {text: name for name, text in reversed(names.items())}
    connection.execute("CREATE TEMP TABLE attributes (written VARCHAR, attribute VARCHAR)")
    if names:
        rows = [(name, shown[text]) for name, text in names.items()]
        connection.executemany("INSERT INTO attributes VALUES (?, ?)", rows)


def _tell_leads(connection: Connection) -> None:
    """Make `told`: each fact for each lead that it counts for, and the span in which it does."""
    connection.execute("""
        CREATE TEMP TABLE told AS
        SELECT r.lead, a.attribute, t.value, f.sequence, f.row, r.begins, r.ends, r.created,
               coalesce(f.known_from, own.created, r.created) AS known,
               r.lead IN (SELECT lead FROM reach WHERE NOT own AND NOT member) AS linked
        FROM in_facts AS f
        JOIN attributes AS a ON f.attribute = a.written
        JOIN reach AS r ON f.lead_id = r.identity AND NOT r.member
        LEFT JOIN numbered AS own ON f.lead_id = own.lead_id
        LEFT JOIN fact_texts AS t ON f.value = t.value""")


def _alone() -> str:
    """Return the query for leads to which nobody is linked: the newest at each instant."""
    return """
        SELECT lead, attribute, greatest(known, created) AS "at", value FROM told WHERE NOT linked
        QUALIFY row_number() OVER (PARTITION BY lead, attribute, greatest(known, created)
                                   ORDER BY known DESC, sequence DESC, row DESC) = 1"""


def _linked() -> str:
    """Return the query for leads with linked identities: at each start or end, the newest held."""
    return """
        WITH held AS (
            SELECT *, greatest(known, begins, created) AS counts_from FROM told
            WHERE linked AND greatest(known, begins, created) < ends),
        instants AS (
            SELECT DISTINCT lead, attribute, counts_from AS "at" FROM held
            UNION SELECT DISTINCT lead, attribute, ends FROM held WHERE ends < forever())
        SELECT i.lead, i.attribute, i."at", h.value
        FROM instants AS i LEFT JOIN held AS h ON i.lead = h.lead AND i.attribute = h.attribute
             AND h.counts_from <= i."at" AND i."at" < h.ends
        QUALIFY row_number() OVER (PARTITION BY i.lead, i.attribute, i."at"
                                   ORDER BY h.known DESC, h.sequence DESC, h.row DESC) = 1"""
