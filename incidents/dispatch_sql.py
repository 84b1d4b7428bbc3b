"""The statements of sending a unit: one reads, one writes everything, provided that what was read still holds.

A verb of ten statements keeps two rows locked for ten round trips; a busy unit or incident is what people wait for. Here rows are locked
only while the second statement runs, and it is the whole transaction. What is written is still worded by each room for its own tables
(`kit.sql.Write`), and only the journal inserts entries.
"""

import orjson
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model

from incidents.models import Assignment, Incident
from kit.sql import Held, Write, planned_cursor
from resources.models import Unit


def _in_order(model: type[Model], names: set[str]) -> tuple[str, ...]:
    """Columns in the order in which the model expects them."""
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname in names)


INCIDENT = _in_order(
    Incident, {"id", "number", "status", "status_before", "version", "department_id", "department_ids", "region_id", "first_assigned_at", "is_shared"}
)
UNIT = _in_order(
    Unit,
    {"id", "code", "is_active", "availability", "activity", "status_label_id", "status_at", "version"}
    | {"department_id", "department_ids", "region_id"},
)

_COLUMNS = ", ".join(f"incident.{name}" for name in INCIDENT), ", ".join(f"unit.{name}" for name in UNIT)
READ = f"""
SELECT {_COLUMNS[0]}, nextval('incidents_assignment_id_seq'), {_COLUMNS[1]}
FROM incidents_incident AS incident LEFT JOIN resources_unit AS unit ON unit.id = %s WHERE incident.id = %s
"""  # noqa: S608  (column names of ours)
# One row, locked incident first, or none where somebody has changed meanwhile what was read.
HELD = """
SELECT FROM incidents_incident AS incident, resources_unit AS unit
WHERE incident.id = %s AND incident.version = %s AND incident.department_ids = %s::bigint[] AND incident.first_assigned_at IS NOT DISTINCT FROM %s
  AND unit.id = %s AND unit.version = %s AND unit.is_active
FOR NO KEY UPDATE
"""
ASSIGN = """
INSERT INTO incidents_assignment (id, incident_id, unit_id, is_primary, step, reason, dispatched_at, sources, version)
SELECT %s, %s, %s, %s, %s, '', %s::timestamptz, %s::jsonb, 1 WHERE EXISTS (SELECT FROM held)
"""


def read_both(incident_id: int, unit_id: int) -> tuple[Incident | None, Unit | None, int]:
    """The incident and the unit with the columns that dispatch needs, and the id of the assignment to be."""
    with planned_cursor() as cursor:
        cursor.execute(READ, [unit_id, incident_id])
        row = cursor.fetchone()
    if row is None:
        return None, None, 0
    incident = Incident.from_db(DEFAULT_DB_ALIAS, INCIDENT, row[: len(INCIDENT)])
    assignment_id, *of_unit = row[len(INCIDENT) :]
    unit = Unit.from_db(DEFAULT_DB_ALIAS, UNIT, of_unit) if of_unit[UNIT.index("id")] is not None else None
    return incident, unit, assignment_id


def hold(incident: Incident, unit: Unit) -> Held:
    """Both as they were read, locked in this order; to be worded before anything of them is changed."""
    of_incident = incident.pk, incident.version, list(incident.department_ids), incident.first_assigned_at
    return Held(HELD, (*of_incident, unit.pk, unit.version))


def assign(assignment: Assignment) -> Write:
    """A new assignment, whose id is known."""
    known = assignment.pk, assignment.incident_id, assignment.unit_id, assignment.is_primary, str(assignment.step)
    return Write("assigned", ASSIGN, (*known, assignment.dispatched_at, orjson.dumps(assignment.sources).decode()))


def read(incident: Incident) -> dict[str, object]:
    """What of the incident this may change, as it is now."""
    return {name: getattr(incident, name) for name in INCIDENT}


def change(incident: Incident, before: dict[str, object]) -> Write | None:
    """What of a held incident differs from what was read; None when nothing does, and then its row is left alone."""
    changed = {name: value for name, value in read(incident).items() if value != before[name]}
    if not changed:
        return None
    columns = ", ".join(f"{name} = %s" for name in changed)
    values = (*map(_plain, changed.values()), incident.pk)
    return Write("changed", f"UPDATE incidents_incident SET {columns} WHERE id = %s AND EXISTS (SELECT FROM held)", values)  # noqa: S608  (column names of ours)


def _plain(value: object) -> object:
    return str(value) if isinstance(value, str) else value
