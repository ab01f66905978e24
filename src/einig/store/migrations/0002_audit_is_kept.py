"""The database itself refuses to change or remove a row of the audit trail."""

from typing import Any

from django.db import migrations

_TABLE = "store_auditentry"

_SQLITE = [
    f"""CREATE TRIGGER audit_keeps_{what.lower()} BEFORE {what} ON {_TABLE}
        BEGIN SELECT RAISE(ABORT, 'the audit trail is never changed'); END"""
    for what in ("UPDATE", "DELETE")
]
_POSTGRESQL = [
    """CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the audit trail is never changed'; END $$""",
    f"""CREATE TRIGGER audit_keeps BEFORE UPDATE OR DELETE ON {_TABLE}
        FOR EACH ROW EXECUTE FUNCTION audit_is_kept()""",
]


def keep(_apps: Any, schema_editor: Any) -> None:
    """Make the triggers."""
    for statement in _SQLITE if schema_editor.connection.vendor == "sqlite" else _POSTGRESQL:
        schema_editor.execute(statement)


def let_go(_apps: Any, schema_editor: Any) -> None:
    """Remove the triggers."""
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TRIGGER audit_keeps_update")
        schema_editor.execute("DROP TRIGGER audit_keeps_delete")
    else:
        schema_editor.execute("DROP FUNCTION audit_is_kept CASCADE")


class Migration(migrations.Migration):
    """Triggers on the audit trail."""

    dependencies = [("store", "0001_first")]
    operations = [migrations.RunPython(keep, let_go)]
