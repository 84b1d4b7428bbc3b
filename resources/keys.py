"""The eight keys with which crews report, and what each means.

Source: German FMS (TR BOS, Funkmeldesystem) status 1-8 and 0, as in the domain's words.
"""

from dataclasses import dataclass

from resources.models import Unit

Availability, Activity = Unit.Availability, Unit.Activity


@dataclass(frozen=True, slots=True)
class CrewKey:
    """What pressing a key says: a state of the unit and, when it has an assignment, the step of the assignment."""

    key: str
    availability: str | None
    activity: str | None
    assignment_step: str | None


CREW_KEYS = {
    crew_key.key: crew_key
    for crew_key in (
        CrewKey("1", Availability.AVAILABLE, Activity.ON_RADIO, "CLEARED"),
        CrewKey("2", Availability.AVAILABLE, Activity.AT_STATION, "CLEARED"),
        CrewKey("3", Availability.NOT_AVAILABLE, Activity.EN_ROUTE, "EN_ROUTE"),
        CrewKey("4", Availability.NOT_AVAILABLE, Activity.ON_SCENE, "ON_SCENE"),
        CrewKey("5", None, None, None),
        CrewKey("6", Availability.NOT_AVAILABLE, Activity.OUT_OF_SERVICE, None),
        CrewKey("7", Availability.NOT_AVAILABLE, Activity.TRANSPORTING, "TRANSPORTING"),
        CrewKey("8", Availability.NOT_AVAILABLE, Activity.AT_DESTINATION, "AT_DESTINATION"),
        CrewKey("0", None, None, None),
    )
}
