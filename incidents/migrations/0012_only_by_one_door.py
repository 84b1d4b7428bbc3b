"""Attachments know their file only; what they said of it themselves goes, and the old names of its bytes, so that what expires is gone.

Backwards, the columns are filled in from the file again, and its bytes get their old name back: those of a file without a row are swept away.
"""

import os
from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def let_go(apps, schema_editor):
    for path in apps.get_model("incidents", "Attachment").objects.values_list("path", flat=True).distinct():
        if path.startswith("incidents/"):
            (Path(settings.MEDIA_ROOT) / path).unlink(missing_ok=True)


def remember(apps, schema_editor):
    for row in apps.get_model("incidents", "Attachment").objects.select_related("file").order_by("id").iterator(chunk_size=500):
        row.name, row.media_type, row.size, row.sha256 = row.file.name, row.file.media_type[:80], row.file.kept_size, row.file.kept_sha256
        row.path = f"incidents/{row.sha256[:2]}/{row.sha256}"
        kept, old = Path(settings.MEDIA_ROOT) / "files" / row.file.key.hex[:2] / str(row.file.key), Path(settings.MEDIA_ROOT) / row.path
        if kept.is_file() and not old.exists():
            old.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.link(kept, old)
        row.save(update_fields=["name", "media_type", "size", "sha256", "path"])
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("incidents", "0011_files_by_one_door")]

    operations = [
        migrations.AlterField(
            model_name="attachment",
            name="file",
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.file"),
        ),
        migrations.AlterField("attachment", "name", models.CharField(max_length=120, default="")),
        migrations.AlterField("attachment", "media_type", models.CharField(max_length=80, default="")),
        migrations.AlterField("attachment", "size", models.PositiveIntegerField(default=0)),
        migrations.AlterField("attachment", "sha256", models.CharField(max_length=64, default="")),
        migrations.AlterField("attachment", "path", models.CharField(max_length=200, default="")),
        migrations.RunPython(let_go, remember),
        migrations.RemoveField("attachment", "name"),
        migrations.RemoveField("attachment", "media_type"),
        migrations.RemoveField("attachment", "size"),
        migrations.RemoveField("attachment", "sha256"),
        migrations.RemoveField("attachment", "path"),
    ]
