"""A mail that was promised and not sent when this came is due."""

from typing import Any

from django.db import migrations
from django.db.models import F


def fill(apps: Any, _editor: Any) -> None:
    waiting = apps.get_model("incidents", "Handout").objects.filter(mailed_at=None, fault="", ended_at=None).exclude(email="")
    waiting.update(mail_next_at=F("made_at"))


class Migration(migrations.Migration):
    dependencies = [("incidents", "0016_handout_mail")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
