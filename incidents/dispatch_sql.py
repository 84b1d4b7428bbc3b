"""The statements of sending a unit: one locks and reads, one writes everything.

A verb of ten statements keeps two rows locked for ten round trips; a busy unit or incident is what people wait for. What is written is
still worded by each room for its own tables (`kit.sql.Write`), and only the journal inserts entries.
"""

from datetime import datetime

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

from access.actors import Actor
from incidents.models import Assignment, Incident
from incidents.models.assignments import Step
from kit.sql import Write, planned_cursor
from resources.models import Unit


def _in_order(model: type[Model], names: set[str]) -> tuple[str, ...]:
    """Columns in the order in which the model expects them."""
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname in names)


INCIDENT = _in_order(
    Incident, {"id", "number", "status", "status_before", "version", "department_id", "department_ids", "region_id", "first_assigned_at"}
)
UNIT = _in_order(
    Unit,
    {"id", "code", "is_active", "availability", "activity", "status_label_id", "status_at", "version"}
    | {"department_id", "department_ids", "region_id"},
)

# The incident's row is locked before the unit's: its part is a condition of the unit's, so it is carried out first.
LOCK = f"""
WITH incident AS MATERIALIZED (SELECT {", ".join(INCIDENT)} FROM incidents_incident WHERE id = %s FOR NO KEY UPDATE),
unit AS MATERIALIZED (SELECT {", ".join(UNIT)} FROM resources_unit WHERE id = %s AND EXISTS (SELECT FROM incident) FOR NO KEY UPDATE)
SELECT incident.*, nextval('incidents_assignment_id_seq'), unit.* FROM incident LEFT JOIN unit ON true
"""  # noqa: S608  (column names of ours)

ASSIGN = """
INSERT INTO incidents_assignment (id, incident_id, unit_id, is_primary, step, reason, dispatched_at, version) VALUES (%s, %s, %s, %s, %s, '', %s, 1)
"""
TIME = """
INSERT INTO incidents_assignmenttime (assignment_id, step, at, server_at, device_at, source, actor) VALUES (%s, %s, %s, %s, %s, %s, %s)
"""


def lock_both(incident_id: int, unit_id: int) -> tuple[Incident | None, Unit | None, int]:
    """The incident and the unit, locked in this order, with the columns that dispatch needs, and the id of the assignment to be."""
    with planned_cursor() as cursor:
        cursor.execute(LOCK, [incident_id, unit_id])
        row = cursor.fetchone()
    if row is None:
        return None, None, 0
    incident = Incident.from_db(DEFAULT_DB_ALIAS, INCIDENT, row[: len(INCIDENT)])
    assignment_id, *of_unit = row[len(INCIDENT) :]
    unit = Unit.from_db(DEFAULT_DB_ALIAS, UNIT, of_unit) if of_unit[UNIT.index("id")] is not None else None
    return incident, unit, assignment_id


def assign(assignment: Assignment) -> Write:
    """A new assignment, whose id is known."""
    row = assignment.pk, assignment.incident_id, assignment.unit_id, assignment.is_primary, assignment.step, assignment.dispatched_at
    return Write("assigned", ASSIGN, row)


def note_time(actor: Actor, assignment: Assignment, *, at: datetime, server_at: datetime, device_at: datetime | None, source: str) -> Write:
    """Where the time of dispatch came from."""
    return Write("timed", TIME, (assignment.pk, Step.DISPATCHED.value, at, server_at, device_at, str(source), actor.key))


def read(incident: Incident) -> dict[str, object]:
    """What of the incident this may change, as it is now."""
    return {name: getattr(incident, name) for name in INCIDENT}


def change(incident: Incident, before: dict[str, object]) -> Write | None:
    """What of a locked incident differs from what was read; None when nothing does, and then its row is left alone."""
    changed = {name: value for name, value in read(incident).items() if value != before[name]}
    if not changed:
        return None
    columns = ", ".join(f"{name} = %s" for name in changed)
    values = (*map(_plain, changed.values()), incident.pk)
    return Write("changed", f"UPDATE incidents_incident SET {columns} WHERE id = %s", values)  # noqa: S608  (column names of ours)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, str) else value
