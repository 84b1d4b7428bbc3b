"""What the news of this room makes this room do: tell the reporters, and doubt places. Each is one service call, safe to run twice."""

from django.utils import timezone

from access.actors import Actor
from incidents import facts, services
from incidents.models import Report
from incidents.models.feedback import Occasion
from journal.models import Entry
from journal.reactions import on
from resources.facts import DistressEnded

OCCASIONS: dict[str, str] = {
    "incidents.unit_dispatched": Occasion.SENT,
    "incidents.incident_resolved": Occasion.RESOLVED,
    "incidents.incident_closed": Occasion.RESOLVED,
    "incidents.incident_returned": Occasion.RETURNED,
    "incidents.incident_cancelled": Occasion.CANCELLED,
    "incidents.incident_reopened": Occasion.REOPENED,
}


@on(facts.IncidentOpened)
def look_at_pin(entry: Entry) -> None:
    """Whether the place is sure enough to drive to."""
    services.check_pin(Actor.system("pins"), incident_id=entry.data["incident_id"], now=timezone.now())


@on(facts.IncidentEdited)
def look_at_pin_again(entry: Entry) -> None:
    """A point that was put or moved may have become sure."""
    if "point" in entry.data["after"]:
        services.check_pin(Actor.system("pins"), incident_id=entry.data["incident_id"], now=timezone.now())


@on(facts.ReportTaken)
def tell_of_report(entry: Entry) -> None:
    """A report that opened an incident is taken; one more about it is joined with it."""
    report_id = entry.data["report_id"]
    is_first = not Report.objects.filter(first_incident=entry.data["incident_id"], pk__lt=report_id).exists()
    _tell(entry, Occasion.TAKEN if is_first else Occasion.JOINED, [report_id])


@on(facts.CallFinished)
def tell_of_call(entry: Entry) -> None:
    """The number was often heard only after the incident was on the board."""
    _tell(entry, Occasion.TAKEN, None)


@on(facts.IncidentMerged)
def tell_of_merging(entry: Entry) -> None:
    """Reports that count for another incident now."""
    _tell(entry, Occasion.JOINED, entry.data["report_ids"], incident_id=entry.data["target_id"])


@on(facts.IncidentUnmerged)
def tell_of_separation(entry: Entry) -> None:
    """Reports that came back to their own incident."""
    _tell(entry, Occasion.SEPARATED, entry.data["report_ids"])


@on(facts.ReportSplit)
def tell_of_split(entry: Entry) -> None:
    """A report that has become an incident of its own."""
    _tell(entry, Occasion.SEPARATED, [entry.data["report_id"]], incident_id=entry.data["target_id"])


@on(facts.UnitDispatched, facts.IncidentResolved, facts.IncidentClosed, facts.IncidentReturned, facts.IncidentCancelled, facts.IncidentReopened)
def tell_of_progress(entry: Entry) -> None:
    """What every reporter of the incident waits to hear."""
    _tell(entry, OCCASIONS[entry.name], None)


@on(DistressEnded)
def end_calls_of_unit(entry: Entry) -> None:
    """With a unit's emergency call, that of its crew's people is dealt with."""
    services.end_help_calls_of_unit(Actor.system("help"), unit_id=entry.data["unit_id"], until=entry.at, now=timezone.now())


def _tell(entry: Entry, occasion: str, report_ids: list[int] | None, *, incident_id: int | None = None) -> None:
    services.tell_reporters(
        Actor.system("feedback"),
        incident_id=incident_id or entry.data["incident_id"],
        occasion=occasion,
        entry_id=entry.pk,
        report_ids=report_ids,
        now=timezone.now(),
    )
