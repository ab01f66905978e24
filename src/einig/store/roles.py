"""On PostgreSQL: the role that owns the tables, and the role of the application, which may less.

Of what was signed and of the audit trail the application can only read and add rows.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import connection, transaction

ADDED_TO_ONLY = ("store_signedtext", "store_seal", "store_auditentry")
READ_ONLY = ("django_migrations",)


@contextmanager
def as_owner() -> Iterator[str]:
    """Work as the owner of the tables, if one is configured; yields the application's role."""
    if settings.DATABASE_OWNER is None:
        yield ""
        return
    ours = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(settings.DATABASE_OWNER)
    try:
        yield str(ours["USER"])
    finally:
        connection.close()
        connection.settings_dict.update(ours)


def grant(to: str) -> None:
    """As the owner, give the application's role the rights that it needs, and no others."""
    role = connection.ops.quote_name(to)
    every = f"ON ALL TABLES IN SCHEMA {schema()}"
    statements = [
        f"REVOKE CREATE ON SCHEMA {schema()} FROM PUBLIC, {role}",
        f"GRANT USAGE ON SCHEMA {schema()} TO {role}",
        f"REVOKE ALL {every} FROM PUBLIC, {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE {every} TO {role}",
        f"REVOKE UPDATE, DELETE ON {', '.join(ADDED_TO_ONLY)} FROM {role}",
        f"REVOKE INSERT, UPDATE, DELETE ON {', '.join(READ_ONLY)} FROM {role}",
        f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {schema()} TO {role}",
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def can_change() -> list[str]:
    """Return which tables, of those it should only add to, this role could change or empty."""
    if connection.vendor != "postgresql":
        return []
    query = """SELECT c.relname FROM pg_class AS c
               WHERE c.relname = ANY(%s) AND c.relnamespace = current_schema()::regnamespace
               AND (has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE, TRIGGER')
                    OR pg_has_role(c.relowner, 'MEMBER'))
               ORDER BY c.relname"""
    with connection.cursor() as cursor:
        cursor.execute(query, [list(ADDED_TO_ONLY)])
        return [str(name) for (name,) in cursor.fetchall()]


def schema() -> str:
    """Return the schema of the tables, quoted."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_schema())")
        return str(cursor.fetchone()[0])
