"""Who ended an invitation, and may take that back for a minute."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0006_marks")]

    operations = [
        migrations.AddField(
            "invitation",
            "ended_by_key",
            models.CharField(blank=True, default="", help_text="Who ended it, and may take that back for a minute.", max_length=80),
        ),
    ]
