"""What the clock asks of the application itself."""

from celery import shared_task
from django.utils import timezone

from command_center.demo import breathing


@shared_task(name="command_center.tasks.breathe")
def breathe() -> tuple[int, int]:
    """Keep the demo city's crews alive; says how many positions and checks it told. Without a demo city it is one look."""
    breath = breathing.breathe(now=timezone.now())
    return breath.positions, breath.checks
