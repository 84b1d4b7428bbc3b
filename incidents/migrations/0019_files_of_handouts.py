"""Files that go with a situation report to people outside."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("incidents", "0018_pairs_of_letters")]

    operations = [
        migrations.AddField(
            "handout",
            "attachments",
            models.ManyToManyField(blank=True, help_text="Files that go with it, each marked.", related_name="+", to="incidents.attachment"),
        ),
    ]
