"""When the link of somebody who was to judge was taken back, which is not the same as its end."""

from typing import Any

from django.db import migrations

from einig.store.fields import InstantField


def tell_apart(apps: Any, _editor: Any) -> None:
    """Links that were taken back had ended until now; the audit trail knows which."""
    told = apps.get_model("store", "AuditEntry").objects.filter(action="juror_revoked")
    for at, detail in told.values_list("at", "detail"):
        apps.get_model("store", "Juror").objects.filter(id=detail["juror"]).update(revoked_at=at)


class Migration(migrations.Migration):
    """One column."""

    dependencies = [("store", "0011_kept_promises")]
    operations = [
        migrations.AddField("Juror", "revoked_at", InstantField(null=True)),
        migrations.RunPython(tell_apart, migrations.RunPython.noop),
    ]
