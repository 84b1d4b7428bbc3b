"""The alarm of orders whose time has passed; an administrator changes it, and taking this back leaves it."""

import json
from pathlib import Path

from django.db import migrations

RULES = Path(__file__).resolve().parent.parent / "defaults_orders.json"


def fill(apps, schema_editor):
    model = apps.get_model("alerts", "AlarmRule")
    for row in json.loads(RULES.read_text(encoding="utf-8")):
        model.objects.get_or_create(code=row.pop("code"), defaults=row)


class Migration(migrations.Migration):
    dependencies = [("alerts", "0010_orders")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
