"""The alarm that is raised when nobody on duty answers a page; an administrator changes it, and taking this back leaves it."""

import json
from pathlib import Path

from django.db import migrations

RULES = Path(__file__).resolve().parent.parent / "defaults_paging.json"


def fill(apps, schema_editor):
    model = apps.get_model("alerts", "AlarmRule")
    for row in json.loads(RULES.read_text(encoding="utf-8")):
        model.objects.get_or_create(code=row.pop("code"), defaults=row)


class Migration(migrations.Migration):
    dependencies = [("alerts", "0003_paging")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
