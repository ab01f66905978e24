from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from publicsuffixlist import PublicSuffixList

from einig.store.models.leads import company_key


def compared(apps: Apps, _schema: BaseDatabaseSchemaEditor) -> None:
    """Write down how the names of companies are compared, and the domain that each registered."""
    companies = apps.get_model("store", "Company")
    registered, some = PublicSuffixList(), []
    for of in companies.objects.order_by("id").iterator(1000):
        of.key = company_key(of.name)
        of.domain = registered.privatesuffix(of.domain) or of.domain if of.domain else ""
        some.append(of)
        if len(some) == 1000:
            companies.objects.bulk_update(some, ["key", "domain"])
            some = []
    companies.objects.bulk_update(some, ["key", "domain"])


class Migration(migrations.Migration):
    dependencies = [
        ("store", "0021_duplicates"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="company",
            name="company_by_name",
        ),
        migrations.AddField(
            model_name="company",
            name="key",
            field=models.CharField(db_default="", default="", max_length=200),
        ),
        migrations.RunPython(compared, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="company",
            name="key",
            field=models.CharField(db_default="", db_index=True, default="", max_length=200),
        ),
    ]
