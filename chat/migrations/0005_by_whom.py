from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('chat', '0004_files_of_messages'),
    ]

    operations = [
        migrations.AddField(
            model_name='room',
            name='opened_by_key',
            field=models.CharField(blank=True, default='', max_length=80),
        ),
        migrations.AddField(
            model_name='invitation',
            name='invited_by_key',
            field=models.CharField(blank=True, default='', max_length=80),
        ),
    ]
