"""What news of the rooms below make this room do: the exchange's times belong to the report of its call."""

from django.utils import timezone

from access.actors import Actor
from exchange import services
from exchange.models import PhoneCall
from incidents.facts import ReportTaken
from journal.models import Entry
from journal.reactions import on


@on(ReportTaken)
def time_call(entry: Entry) -> None:
    """A call of the exchange is on the board now."""
    report_id = entry.data["report_id"]
    if PhoneCall.objects.filter(desk_call__report_id=report_id).exists():
        services.time_report(Actor.system("telephony"), report_id=report_id, now=timezone.now())
