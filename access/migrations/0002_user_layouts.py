from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="layouts",
            field=models.JSONField(blank=True, default=dict, help_text="Sizes of the parts of the screen, for each kind of desk."),
        ),
    ]
