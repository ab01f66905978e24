"""The database itself refuses to change or remove what was signed, whatever the code does.

Triggers stand here and not in a migration, since SQLite forgets them when a table is made anew:
before migrations they are taken down there, and afterwards those that are missing are set again.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from einig.store import roles
from einig.store.models import Seal, SignedText

log = logging.getLogger(__name__)
_SAID = "what was signed is never changed"


@dataclass(frozen=True, slots=True)
class Guard:
    """Refuses a kind of change where a condition holds; `differs` stands for `IS NOT`."""

    table: str
    event: str
    refuses: str = ""
    what: str = ""  # it refuses, if that is not every such event

    @property
    def name(self) -> str:
        """Return what the trigger is called."""
        return f"{self.table.removeprefix('store_')}_refuses_{self.what or self.event.lower()}"

    def condition(self, differs: str) -> str:
        """Return the condition in the words of a database."""
        return " ".join(self.refuses.replace("{differs}", differs).split())


def _changes(*columns: str) -> str:
    return " OR ".join(f"NEW.{column} {{differs}} OLD.{column}" for column in columns)


_SIGNED = "EXISTS (SELECT 1 FROM store_signature WHERE version_id = OLD.id AND voided_at IS NULL)"
_IN_FORCE = "EXISTS (SELECT 1 FROM store_version WHERE id = OLD.version_id AND in_force_from > 0)"
# the same content in other words is kept before it takes the place of what was signed
_SAME_CONTENT = """EXISTS (SELECT 1 FROM store_signedtext
                   WHERE content_hash = NEW.content_hash AND text = NEW.text)"""
_VERSION = f"""
    (OLD.in_force_from IS NOT NULL
     AND ({_changes("id", "number", "text", "content_hash", "in_force_from", "withdrawn_at")}))
    OR ({_SIGNED} AND ({_changes("id", "number", "content_hash", "begins_at")}
                       OR ({_changes("text")} AND NOT {_SAME_CONTENT})))"""
_SIGNATURE = f"""
    {_changes("id", "version_id", "side", "by_name", "content_hash", "at")}
    OR ({_changes("by_id")} AND NEW.by_id IS NOT NULL)
    OR ({_changes("voided_at")} AND (OLD.voided_at IS NOT NULL OR {_IN_FORCE}))"""
GUARDS = (
    *(
        Guard(of._meta.db_table, event)
        for of in (SignedText, Seal)
        for event in ("UPDATE", "DELETE")
    ),
    Guard("store_version", "UPDATE", _VERSION),
    Guard("store_version", "DELETE", f"OLD.in_force_from IS NOT NULL OR {_SIGNED}"),
    Guard("store_signature", "UPDATE", _SIGNATURE),
    Guard("store_signature", "DELETE"),
)


def _taken(table: str, *keys: str, but: str = "") -> str:
    equal = " OR ".join(
        " AND ".join(f"{column} = NEW.{column}" for column in key.split()) for key in keys
    )
    return f"EXISTS (SELECT 1 FROM {table} WHERE ({equal}){but})"


# SQLite alone replaces a row whose key is taken (OR REPLACE), and no trigger hears that it goes
REPLACING = (
    Guard("store_signedtext", "INSERT", _taken("store_signedtext", "text_hash")),
    Guard("store_seal", "INSERT", _taken("store_seal", "id", "number", "hash")),
    Guard(
        "store_signature",
        "INSERT",
        f"""{_taken("store_signature", "id")} OR NEW.voided_at IS NULL
            AND {_taken("store_signature", "version_id side", but=" AND voided_at IS NULL")}""",
    ),
    Guard("store_version", "INSERT", _taken("store_version", "id", "number", "in_force_from")),
    Guard(
        "store_version",
        "UPDATE",
        _taken("store_version", "id", "number", "in_force_from", but=" AND id <> OLD.id"),
        "replacing",
    ),
    Guard("store_auditentry", "INSERT", _taken("store_auditentry", "id")),
)
_EMPTYING = ("store_signedtext", "store_seal", "store_signature", "store_auditentry")


def lower(*, plan: Any = (), **_signal: Any) -> None:
    """Take the triggers down on SQLite, where migrations that make tables anew stumble on them."""
    if plan and connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for guard in _guards():
                cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}")


def raise_again(*, plan: Any = (), **_signal: Any) -> None:
    """Set the triggers that are missing or not as they should be."""
    statements = missing()
    if statements and not plan:
        log.warning("the database did not protect what was signed: run `einig verify`")
    with connection.cursor() as cursor:
        for statement in statements.values():
            cursor.execute(statement)


def missing() -> dict[str, str]:
    """Return by name what sets the triggers that are missing or not as they should be."""
    if Seal._meta.db_table not in connection.introspection.table_names():
        return {}  # half-way through the migrations
    found, wanted = _found(), _wanted()
    return {name: make for name, (body, make) in wanted.items() if found.get(name) != body}


def standing() -> dict[str, str]:
    """Return by name the table of each trigger that is there and works."""
    emptying = {f"{table.removeprefix('store_')}_refuses_truncate": table for table in _EMPTYING}
    tables = {guard.name: guard.table for guard in _guards()} | emptying
    return {name: tables[name] for name in _found() if name in tables}


def _guards() -> Sequence[Guard]:
    """Return the triggers of every row; PostgreSQL replaces none without an update."""
    return (*GUARDS, *REPLACING) if connection.vendor == "sqlite" else GUARDS


def _wanted() -> dict[str, tuple[str, str]]:
    """Return by name the body of each trigger, and the statement that makes it."""
    if connection.vendor == "sqlite":
        made = {guard.name: _in_sqlite(guard) for guard in _guards()}
        return {name: (make, make) for name, make in made.items()}
    bodies = {
        guard.name: (guard.table, guard.event, "ROW", _body(guard.condition("IS DISTINCT FROM")))
        for guard in _guards()
    }
    for table in _EMPTYING:
        name = f"{table.removeprefix('store_')}_refuses_truncate"
        bodies[name] = (table, "TRUNCATE", "STATEMENT", _body(""))
    return {name: (of[-1], _in_postgresql(name, *of)) for name, of in bodies.items()}


def _in_sqlite(guard: Guard) -> str:
    condition = guard.condition("IS NOT")
    when = f"WHEN {condition} " if condition else ""
    return (
        f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} {when}"
        f"BEGIN SELECT RAISE(ABORT, '{_SAID}'); END"
    )


def _body(condition: str) -> str:
    refused = f"RAISE EXCEPTION '{_SAID}';"
    if not condition:
        return f"BEGIN {refused} END"
    given = "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW;"
    return f"BEGIN IF {condition} THEN {refused} END IF; {given} END"


def _in_postgresql(name: str, table: str, event: str, each: str, body: str) -> str:
    """Return what makes a trigger; no temporary table can stand before those that it looks into."""
    return (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql "
        f"SET search_path = {roles.schema()}, pg_temp AS $${body}$$; "
        f"CREATE OR REPLACE TRIGGER {name} BEFORE {event} ON {table} "
        f"FOR EACH {each} EXECUTE FUNCTION {name}()"
    )


def _found() -> dict[str, str]:
    """Return by name the body of each trigger that is there and works."""
    query = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        query = """SELECT t.tgname, p.prosrc FROM pg_trigger AS t
                   JOIN pg_proc AS p ON p.oid = t.tgfoid JOIN pg_class AS c ON c.oid = t.tgrelid
                   WHERE t.tgenabled IN ('O', 'A') AND p.proname = t.tgname
                   AND c.relnamespace = current_schema()::regnamespace"""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return dict(cursor.fetchall())
