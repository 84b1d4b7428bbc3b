"""Places and drawings in messages."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chat", "0005_by_whom")]

    operations = [
        migrations.AddField("message", "marks", models.JSONField(default=list)),
        migrations.AddField("message", "mark_words", models.TextField(blank=True, default="")),
        migrations.AddField("message", "drawn", models.PositiveSmallIntegerField(default=0, help_text="How many places and drawings it has.")),
        migrations.AddIndex("message", models.Index(fields=["room", "seq"], condition=models.Q(drawn__gt=0), name="message_drawn")),
    ]
