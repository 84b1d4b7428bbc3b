"""What was broken before waits for a review too."""

from typing import Any

from django.db import migrations


def fill(apps: Any, _editor: Any) -> None:
    made = apps.get_model("access", "BrokenGlass")
    shares = apps.get_model("access", "Share").objects.filter(person__isnull=False, glass=None).values_list("pk", "shared_at")
    made.objects.bulk_create([made(share_id=pk, broken_at=at) for pk, at in shares], batch_size=500)
    taken = apps.get_model("access", "Membership").objects.filter(kind="BREAK_GLASS", glass=None).values_list("pk", "starts_at")
    made.objects.bulk_create([made(membership_id=pk, broken_at=at) for pk, at in taken], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("access", "0006_broken_glass")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
