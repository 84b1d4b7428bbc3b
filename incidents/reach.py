"""How far apart in space and time two calls may be and still speak of the same thing: by family of types, else by kind."""

from dataclasses import dataclass
from datetime import timedelta

from incidents.models import IncidentType
from incidents.models.reference import Kind


@dataclass(frozen=True, slots=True)
class Reach:
    """A family of types that look alike to callers: `words` are parts of type codes; within these metres and this time they may be one event."""

    family: str
    words: frozenset[str]
    metres: int
    window: timedelta


def _reach(family: str, words: str, metres: int, **window: float) -> Reach:
    return Reach(family, frozenset(words.split()), metres, timedelta(**window))


# The first that shares a word with a type's code counts. Smoke is seen, and a gas leak smelt, from further off than a hole in the road.
FAMILIES = (
    _reach("fire", "fire smoke alarm alarms explosion blaze", 300, minutes=30),
    _reach("gas", "gas odor hazmat spill leak", 500, minutes=60),
    _reach("flood", "flood flooding flooded waterlogging rainstorm", 1000, hours=3),
    _reach("crash", "crash collision traffic", 300, minutes=30),
    _reach("medical", "medical cardiac injury illness stroke", 100, minutes=20),
    _reach("rescue", "trapped rescue elevator escalator", 100, minutes=30),
    _reach("order", "order police noise fight", 150, minutes=30),
    _reach("water", "pipe sewer drain", 200, days=1),
    _reach("power", "power electrical outage", 1000, hours=3),
    _reach("road", "pothole manhole road pavement", 50, days=30),
    _reach("street", "lamp light litter garbage tree", 50, days=7),
)
BY_KIND = {
    Kind.EMERGENCY: _reach("", "", 200, minutes=30),
    Kind.SERVICE: _reach("", "", 100, days=3),
    Kind.MAJOR: _reach("", "", 2000, hours=6),
}
UNKNOWN = _reach("", "", 300, minutes=60)


def reach_of(type_: IncidentType | None) -> Reach:
    """The reach of a type: its family's, else its kind's; that of an emergency of some sort while none is chosen."""
    if type_ is None:
        return UNKNOWN
    words = set(type_.code.split("-"))
    found = next((each for each in FAMILIES if each.words & words), None)
    return found or BY_KIND.get(Kind(type_.kind), UNKNOWN)
