"""Give each attachment a file of the room `files`, with its bytes where that room keeps them; the old copy stays until 0012.

Reversible: 0011 backwards forgets the rows of files, and the bytes under their digests are still there.
"""

import os
import shutil
from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

PURPOSE = "incidents.attachment"
PICTURES, VIDEOS = "image/", "video/"


def _kind(media_type):
    if media_type.startswith(PICTURES):
        return "PICTURE"
    return "VIDEO" if media_type.startswith(VIDEOS) else "DOCUMENT"


def _keep(path, key):
    """Where `files.storage.kept` looks for it; the same content of two attachments becomes two names of one. Whether it is there."""
    source = Path(settings.MEDIA_ROOT) / path
    target = Path(settings.MEDIA_ROOT) / "files" / key.hex[:2] / str(key)
    if not source.is_file():
        return False
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:  # a disk that knows no second names
        shutil.copyfile(source, target)
        os.chmod(target, 0o600)
    return True


def move(apps, schema_editor):
    Attachment, File = apps.get_model("incidents", "Attachment"), apps.get_model("files", "File")
    for row in Attachment.objects.filter(file=None).order_by("id").iterator(chunk_size=500):
        file = File(
            name=row.name,
            owner_key="system:files",
            owner_label=row.author,
            size=row.size,
            received=row.size,
            kind=_kind(row.media_type),
            media_type=row.media_type,
            sha256=row.sha256,
            kept_size=row.size,
            kept_sha256=row.sha256,
            purpose=PURPOSE,
            subject=f"incident:{row.incident_id}",
            begun_at=row.attached_at,
            received_at=row.attached_at,
            checked_at=row.attached_at,
            adopted_at=row.attached_at,
        )
        is_there = _keep(row.path, file.key)
        file.state = "READY" if is_there else "EXPIRED"
        file.ended_at = None if is_there else row.attached_at
        file.save()
        row.file = file
        row.save(update_fields=["file"])
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a table with checks still to come cannot be altered


def forget(apps, schema_editor):
    Attachment, File = apps.get_model("incidents", "Attachment"), apps.get_model("files", "File")
    Attachment.objects.update(file=None)
    File.objects.filter(purpose=PURPOSE, owner_key="system:files").delete()
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("files", "0001_initial"), ("incidents", "0010_help_calls_and_captures")]

    operations = [
        migrations.AddField(
            model_name="attachment",
            name="file",
            field=models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="files.file"),
        ),
        migrations.RunPython(move, forget),
    ]
