"""Files that go outside unchanged with a situation report."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0019_files_of_handouts")]

    operations = [
        migrations.CreateModel(
            name="Enclosure",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("takings", models.PositiveIntegerField(default=0)),
                ("taken_at", models.DateTimeField(blank=True, null=True)),
                ("attachment", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="incidents.attachment")),
                ("handout", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="enclosures", to="incidents.handout")),
            ],
            options={
                "verbose_name": "file that goes outside unchanged",
                "verbose_name_plural": "files that go outside unchanged",
                "ordering": ["id"],
                "constraints": [models.UniqueConstraint(fields=("handout", "attachment"), name="enclosed_once")],
            },
        ),
    ]
