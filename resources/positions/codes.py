"""The state code of a telemetry record (uint16), as `docs/explanation/positions.md` tells the page.

The low byte is the unit's activity, or 100 for an emergency call; bit 8 (256) says that contact is lost. Only ever appended to.
"""

from resources.models.units import Unit

Activity = Unit.Activity

CODES: tuple[Activity, ...] = (
    Activity.ON_RADIO,
    Activity.AT_STATION,
    Activity.ASSIGNED,
    Activity.EN_ROUTE,
    Activity.STAGED,
    Activity.ON_SCENE,
    Activity.TRANSPORTING,
    Activity.AT_DESTINATION,
    Activity.RETURNING,
    Activity.MEAL,
    Activity.TRAINING,
    Activity.OUT_OF_SERVICE,
    Activity.OFF_DUTY,
)
CODE_OF: dict[str, int] = {activity.value: code for code, activity in enumerate(CODES)}
DISTRESS_CODE = 100
LOST_BIT = 256
UNKNOWN_HEADING = 65535


def state_code(activity: str, *, is_in_distress: bool, is_lost: bool) -> int:
    """A unit's state as one number."""
    return (DISTRESS_CODE if is_in_distress else CODE_OF[activity]) | (LOST_BIT if is_lost else 0)
