from django.db import migrations
from django.utils import timezone


def open_rooms(apps, schema_editor):
    """Departments and posts that were there before this room existed; rooms of incidents open when somebody enters."""
    Room = apps.get_model("chat", "Room")
    now = timezone.now()
    departments = apps.get_model("access", "Department").objects.filter(is_active=True).values_list("pk", flat=True)
    posts = apps.get_model("resources", "Post").objects.filter(is_active=True).values_list("pk", flat=True)
    rows = [Room(kind="DEPARTMENT", department_id=pk, opened_at=now, opened_by="chat") for pk in departments]
    rows += [Room(kind="POST", post_id=pk, opened_at=now, opened_by="chat") for pk in posts]
    Room.objects.bulk_create(rows)


class Migration(migrations.Migration):
    dependencies = [("chat", "0001_rooms_and_messages"), ("access", "__first__"), ("resources", "0003_duty")]
    operations = [migrations.RunPython(open_rooms, migrations.RunPython.noop)]
