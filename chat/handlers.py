"""What news from below makes this room do: open and close rooms with what they belong to. Each is one service call, safe to run twice."""

from django.utils import timezone

from access import facts as access
from access.actors import Actor
from chat import services
from files import facts as files
from incidents import facts as incidents
from journal.models import Entry
from journal.reactions import on
from resources import facts as resources


@on(
    incidents.IncidentOpened,
    incidents.IncidentClosed,
    incidents.IncidentReturned,
    incidents.IncidentCancelled,
    incidents.IncidentMerged,
    incidents.IncidentUnmerged,
    incidents.IncidentReopened,
)
def follow_incident(entry: Entry) -> None:
    """The room of an incident is open as long as the incident is."""
    services.follow_incident(Actor.system("chat"), incident_id=entry.data["incident_id"], now=timezone.now())


@on(access.DepartmentAdded)
def open_department_room(entry: Entry) -> None:
    """Every department has a room."""
    services.open_department_room(Actor.system("chat"), department_id=entry.data["department_id"], now=timezone.now())


@on(resources.DutyRostered, resources.StandInNamed, resources.DutiesSwapped, resources.PostTakenOver, resources.DutyCancelled)
def renew_duty_rooms(entry: Entry) -> None:
    """Whoever has a duty at a post belongs to its room, which exists from the first duty on."""
    if "post_id" in entry.data:
        services.open_post_room(Actor.system("chat"), post_id=entry.data["post_id"], now=timezone.now())
    people = [entry.data[name] for name in ("person_id", "with_person_id", "instead_of_id") if entry.data.get(name)]
    services.renew_duty_rooms(Actor.system("chat"), person_ids=people)


@on(files.FileChecked, files.FileRefused, files.FileWaits, files.FileExpired)
def follow_file(entry: Entry) -> None:
    """A file of a message is ready, or will not be."""
    services.follow_file(Actor.system("chat"), file_id=entry.data["file_id"], now=timezone.now())


@on(resources.RosterImported)
def follow_roster(entry: Entry) -> None:
    """A whole roster was taken in."""
    services.follow_roster(Actor.system("chat"), now=timezone.now())
