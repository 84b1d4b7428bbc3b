"""The alarms of calls for help from the field; an administrator changes them, and taking this back leaves them."""

import json
from pathlib import Path

from django.db import migrations

RULES = Path(__file__).resolve().parent.parent / "defaults_help.json"


def fill(apps, schema_editor):
    model = apps.get_model("alerts", "AlarmRule")
    for row in json.loads(RULES.read_text(encoding="utf-8")):
        model.objects.get_or_create(code=row.pop("code"), defaults=row)


class Migration(migrations.Migration):
    dependencies = [("alerts", "0006_help_calls")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
