"""The rules of the domain as first values; an administrator changes them, and taking this back leaves them."""

import json
from pathlib import Path

from django.db import migrations

RULES = Path(__file__).resolve().parent.parent / "defaults.json"


def fill(apps, schema_editor):
    model = apps.get_model("alerts", "AlarmRule")
    rules = {}
    for row in json.loads(RULES.read_text(encoding="utf-8")):
        kept_back_by = row.pop("suppressed_by", [])
        rule, is_new = model.objects.get_or_create(code=row.pop("code"), defaults=row)
        rules[rule.code] = (rule, kept_back_by if is_new else [])
    for rule, kept_back_by in rules.values():
        if kept_back_by:
            rule.suppressed_by.set([rules[code][0] for code in kept_back_by])


class Migration(migrations.Migration):
    dependencies = [("alerts", "0001_alarms")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
