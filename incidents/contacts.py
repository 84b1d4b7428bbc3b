"""Whom to ring about an incident: its departments, who is on duty there, the stations and people at work on it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from access import policy
from access.actors import Actor
from access.models import Department
from incidents.models import Assignment, Incident, Task
from kit.naming import called
from resources import permissions as resource_permissions
from resources import selectors as resources


@dataclass(frozen=True, slots=True)
class Contact:
    """A department with its number, a station, or a person; `key` names it in a request, `role` is what it is here for."""

    key: str
    name: str
    role: str
    phone: str


def contacts(actor: Actor, incidents: Collection[Incident], *, at: datetime) -> dict[int, list[Contact]]:
    """For each of these incidents, whom to ring, each once; who is on duty only for those who may see the roster."""
    department_ids = {pk for incident in incidents for pk in incident.department_ids}
    departments = Department.objects.in_bulk(department_ids)
    on_duty = _on_duty(actor, department_ids, at)
    at_work = _at_work([incident.pk for incident in incidents])
    found = {}
    for incident in incidents:
        rows: list[Contact] = []
        for pk in incident.department_ids:
            if pk in departments:
                rows.append(Contact(f"department:{pk}", called(departments[pk]), called(departments[pk]), departments[pk].phone))
            rows += on_duty.get(pk, [])
        found[incident.pk] = _once([*rows, *at_work[incident.pk]])
    return found


def _on_duty(actor: Actor, department_ids: Collection[int], at: datetime) -> dict[int, list[Contact]]:
    if not policy.can(actor, resource_permissions.VIEW_ROSTER, None):
        return {}
    posts = [post for post in resources.posts(actor) if post.department_id in department_ids]
    held = resources.holders([post.pk for post in posts], at)
    found: dict[int, list[Contact]] = defaultdict(list)
    for post in posts:
        for duty in held[post.pk]:
            found[post.department_id].append(Contact(f"person:{duty.person_id}", str(duty.person), called(post), duty.person.phone))
    return found


def _at_work(incident_ids: Collection[int]) -> dict[int, list[Contact]]:
    found: dict[int, list[Contact]] = defaultdict(list)
    sent = Assignment.objects.open().filter(incident__in=incident_ids).select_related("unit__station").order_by("dispatched_at", "id")
    for each in sent:
        if station := each.unit.station:
            found[each.incident_id].append(Contact(f"station:{station.pk}", called(station), each.unit.code, station.phone))
    for task in Task.objects.filter(incident__in=incident_ids).select_related("person").order_by("issued_at", "id"):
        if person := task.person:
            found[task.incident_id].append(Contact(f"person:{person.pk}", str(person), task.title, person.phone))
    return found


def _once(rows: Iterable[Contact]) -> list[Contact]:
    """Those with a number, each once, as first named."""
    found: dict[str, Contact] = {}
    for row in rows:
        if row.phone:
            found.setdefault(row.key, row)
    return list(found.values())
