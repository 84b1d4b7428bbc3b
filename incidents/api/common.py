"""What the views share."""

from typing import Any

from access.rest.views import Answer, Call
from incidents import selectors, services


def found(call: Call, number: str, *, is_match_required: bool = False) -> int:
    """The id of the incident, which the caller may see and which is at the version named by If-Match, if one is."""
    incident_id = selectors.id_of(call.actor, number)
    version = call.expected_version(is_required=is_match_required)
    if version is not None:
        services.expect_version(call.actor, incident_id=incident_id, version=version)
    return incident_id


def incident(call: Call, number: str) -> Answer:
    """The incident as it is now."""
    row = selectors.incident(call.actor, number)
    return Answer(row, version=row.version)


def rows(page: Any) -> dict[str, Any]:
    """A page as it is answered."""
    return {"items": page.rows, "next": page.next_cursor}
