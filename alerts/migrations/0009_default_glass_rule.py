"""The alarm of broken glass; an administrator changes them, and taking this back leaves them."""

import json
from pathlib import Path

from django.db import migrations

RULES = Path(__file__).resolve().parent.parent / "defaults_glass.json"


def fill(apps, schema_editor):
    model = apps.get_model("alerts", "AlarmRule")
    for row in json.loads(RULES.read_text(encoding="utf-8")):
        model.objects.get_or_create(code=row.pop("code"), defaults=row)


class Migration(migrations.Migration):
    dependencies = [("alerts", "0008_broken_glass")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
