"""The clocks of the domain as first values; an administrator changes them, and taking this back leaves them."""

from django.db import migrations

CLOCKS = (
    ("process", "", 60, "NFPA 1225: call to first unit sent"),
    ("turnout", "", 80, "NFPA 1710: fire and special operations"),
    ("turnout", "Medical", 60, "NFPA 1710: emergency medical"),
    ("turnout", "Potentially Life-Threatening", 60, "NFPA 1710: emergency medical"),
    ("turnout", "Non Life-threatening", 60, "NFPA 1710: emergency medical"),
    ("travel", "", 240, "NFPA 1710: first engine on scene"),
)


def fill(apps, schema_editor):
    clock = apps.get_model("insight", "Clock")
    for span, group, seconds, source in CLOCKS:
        clock.objects.get_or_create(span=span, group=group, defaults={"seconds": seconds, "source": source})


class Migration(migrations.Migration):
    dependencies = [("insight", "0001_clocks")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
