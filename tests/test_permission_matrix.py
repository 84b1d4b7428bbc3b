"""Who may do what at which address: complete by construction, because the resolver is walked and an address without a row fails."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from access import policy, roles
from access.actors import Actor
from access.models import BrokenGlass, Department, Share, Token, User
from alerts.models import Alarm, AlarmRule
from chat import services as chat
from exchange.models import PhoneCall
from incidents import services as incidents
from incidents.models import Disposition, Handout, HelpCall, Incident, IncidentType
from incidents.services.common import Moment
from incidents.services.work import NewTask
from resources import services as resources
from resources.models import Geofence, TalkGroup, Unit
from resources.services import NewPost
from tests.conftest import a_report, user_of
from tests.permission_table import ALARM, INCIDENT, LIBRARIES, NOTHING, PUBLIC, ROWS, SIGNED_IN, UNIT, Row
from tests.undone import undone

pytestmark = pytest.mark.unhurried
CAST = (
    "citizen",
    "outsider",
    "call_taker",
    "dispatcher",
    "supervisor",
    "commander",
    "fire_chief_north",
    "fire_chief_south",
    "liaison",
    "crew",
    "auditor",
    "admin",
    "partner",
    "importer",
    "sensor",
)
DOES_NOT_MATTER = {401, 403, 404}
PARTS = 8  # so that none takes minutes, and a fault is found in one of them


def _patterns(found: Any, before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for one in found.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _patterns(one, route)
        else:
            yield route, one


def _methods(pattern: URLPattern) -> set[str]:
    """What a view says it takes; a function says nothing, so one row is asked of it at least."""
    view = getattr(pattern.callback, "cls", None)
    return {name.upper() for name in ("get", "post", "put", "patch", "delete") if hasattr(view, name)} if view else set()


def test_every_address_of_the_city_stands_in_the_table() -> None:
    known = {(row.method, row.route) for row in ROWS}
    missing = []
    for route, pattern in _patterns(get_resolver()):
        if route.startswith(LIBRARIES):
            continue
        absent = [method for method in sorted(_methods(pattern)) if (method, route) not in known]
        if absent or not any(row.route == route for row in ROWS):
            missing.append(f"{'/'.join(absent) or '?'} {route}")

    assert not missing, "Add a row to tests/permission_table.py for each of these (its docstring says how):\n  " + "\n  ".join(missing)


def test_no_row_speaks_of_an_address_that_is_gone() -> None:
    routes = {route for route, _ in _patterns(get_resolver())}

    gone = sorted({row.route for row in ROWS} - routes)
    assert not gone, f"Remove from tests/permission_table.py: {gone}"


def test_every_action_in_the_table_exists() -> None:
    named = {action for row in ROWS for action in row.who.split()} - {"public", "signed", "in", "own", "note"}

    assert named <= roles.actions().keys()


@pytest.mark.parametrize("route", [route for route, _ in _patterns(get_resolver()) if route.startswith(LIBRARIES)])
def test_a_library_s_address_does_not_break_for_a_stranger(db: None, route: str) -> None:
    address = "/" + re.sub(r"\^|\$", "", re.sub(r"<[^>]+>|\(\?P<[^)]*\)", "1", route)).replace("\\", "")

    assert Client().get(address).status_code < 500


@dataclass
class World:
    """The cast, and the things of the northern district."""

    people: dict[str, Actor]
    fire: Incident
    pipe: Incident
    engine: Unit
    free: Unit
    alarm: Alarm
    values: dict[str, str]
    route_values: dict[str, str]


@pytest.fixture(autouse=True)
def _without_paper(settings: Any) -> None:
    """Who may is asked here fifteen times for each address; that a PDF comes out is asked elsewhere, once."""
    settings.PAPER_FILE = "/nowhere"


@pytest.fixture
def world(
    request: pytest.FixtureRequest,
    northern_fire: Incident,
    southern_pipe: Incident,
    engine_7: Unit,
    engine_8: Unit,
    fire: Department,
    building_fire: IncidentType,
    done: Disposition,
    now: datetime,
    settings: Any,
    tmp_path: Any,
) -> World:
    settings.MEDIA_ROOT = tmp_path
    people = {name: request.getfixturevalue(name) for name in CAST}
    system = Actor.system("test")
    other = incidents.report_incident(system, report=_another(building_fire, now), now=now)
    sent = incidents.dispatch_unit(system, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)
    note = incidents.write_note(people["dispatcher"], incident_id=northern_fire.pk, words="x", now=now)
    task = incidents.issue_task(system, incident_id=northern_fire.pk, task=NewTask("关阀", fire.pk), now=now)
    file = incidents.attach_file(system, incident_id=northern_fire.pk, name="a.txt", content=b"x", now=now)
    heard = incidents.attach_report(system, incident_id=northern_fire.pk, report=_another(building_fire, now), now=now)
    alarm = _an_alarm(northern_fire, now)
    room = chat.follow_incident(system, incident_id=northern_fire.pk, now=now)
    chat.post_message(people["dispatcher"], room_id=room.pk, message=chat.NewMessage("x"), now=now)
    person = User.objects.create(username="somebody", name="Somebody")
    resources.add_shift(Actor.system("test"), code="day", name="白班", name_en="Day", begins=time(8), minutes=720)
    resources.add_post(Actor.system("test"), post=NewPost("desk", "席位", "Desk", fire.pk, None))
    key = Token.objects.create(user=person, expiry=timedelta(hours=1), name="t")[0].token_key
    membership = person.memberships.create(role="crew", starts_at=now)
    Department.objects.filter(pk=fire.pk).update(phone="119")
    TalkGroup.objects.create(code="fire-1", name="消防1")
    use = incidents.give_talk_group(system, incident_id=northern_fire.pk, code=TalkGroup.objects.create(code="fire-2", name="消防2").code, now=now)
    values = {
        "fire_contact": f"department:{fire.pk}",
        "number": northern_fire.number,
        "other_number": other.number,
        "free_unit": str(engine_8.pk),
        "assignment": str(sent.pk),
        "department": str(fire.pk),
        "type": str(building_fire.pk),
        "person": str(person.pk),
        "key": key,
        "now": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "hour_ago": (now - timedelta(hours=1)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    made = {"unit": engine_7, "note": note, "task": task, "attachment": file, "assignment": sent, "membership": membership, "report": heard}
    made["alarm"] = alarm
    made["use"] = use
    made["help_call"] = _a_help_call(northern_fire, person, now)
    lists = {"units": engine_7, "assignments": sent, "tasks": task, "notes": note, "attachments": file, "people": person, "departments": fire}
    lists |= {"talk-group-uses": use, "alarms": alarm, "help-calls": made["help_call"], "rooms": room}
    made["share"] = Share.objects.create(
        kind="incident", subject_id=northern_fire.pk, person=person, by=person, level="FULL", note="x", shared_at=now, until=now + timedelta(hours=1)
    )
    made["area"] = Geofence.objects.create(
        name="x", area=engine_7.region.geometry, department=fire, department_ids=[fire.pk], region=engine_7.region, drawn_at=now
    )
    made["glass"] = BrokenGlass.objects.create(share=made["share"], broken_at=now)
    made["handout"] = Handout.objects.create(
        incident=northern_fire, recipient="x", language="en", level="FULL", digest="x", by=person, made_at=now, until=now + timedelta(hours=1)
    )
    lists |= {"shares": made["share"], "handouts": made["handout"], "broken-glass": made["glass"], "areas": made["area"]}
    route_values = {
        "call_key": "7f4b4b1e-0000-4000-8000-000000000001",
        **{"number": northern_fire.number, "key": key, "slug": "departments", "address": "nowhere"},
        **{"handle": northern_fire.number, "filter_id": "0", "activation_id": "0", "mode_id": "0", "level": "II"},
        **{"code": "building-fire", "alarm": "1", "request_id": "0", "message_id": "0"},
        **{"room_id": str(room.pk), "seq": "1", "invitation": "0", "addressee_id": "0", "person_id": "0", "shared_id": "0"},
        **{"post_id": "0", "duty_id": "0", "leave_id": "0", "page_id": "0"},
        **{"layer": "places", "z": "14", "x": "13489", "y": "6202"},
        **{f"{name}_id": str(thing.pk) for name, thing in made.items()},
        **{name: str(thing.pk) for name, thing in lists.items()},
        "file_key": "7f4b4b1e-0000-4000-8000-000000000003",
        "secret": "nowhere",
        "push_key": "7f4b4b1e-0000-4000-8000-000000000004",
        "export_key": "7f4b4b1e-0000-4000-8000-000000000002",
        "call_id": str(PhoneCall.objects.create(system="pbx", ref="1", rung_at=now).pk),
    }
    return World(people, Incident.objects.get(pk=northern_fire.pk), other, engine_7, engine_8, alarm, values, route_values)


def _an_alarm(incident: Incident, now: datetime) -> Alarm:
    rule = AlarmRule.objects.create(code="x", name="x", watch="NOT_ASSIGNED", level=3, response="x")
    scope = {"department": incident.department, "department_ids": incident.department_ids, "region": incident.region}
    return Alarm.objects.create(rule=rule, subject="x", incident=incident, level=3, since=now, due_at=now, raised_at=now, **scope)


def _a_help_call(incident: Incident, person: User, now: datetime) -> HelpCall:
    scope = {"department": incident.department, "department_ids": incident.department_ids, "region": incident.region}
    return HelpCall.objects.create(kind="SUPPORT", person=person, caller="x", incident=incident, called_at=now, recorded_at=now, **scope)


def _another(kind: IncidentType, now: datetime) -> Any:
    return a_report(kind, now, words="另一处")


@pytest.mark.parametrize("part", range(PARTS))
def test_every_person_at_every_address(world: World, part: int) -> None:
    clients = {name: _client(actor) for name, actor in world.people.items()}
    wrong, asked = [], 0
    rows = ROWS[part::PARTS]
    for row in rows:
        for name, client in clients.items():
            with undone():
                status = _ask(client, row, world)
            expected = _expected(world.people[name], row, world)
            asked += 1
            if not _is_as(status, expected, row):
                wrong.append(f"{row.name:75} {name:18} expected {expected or 'allowed'}, got {status}")

    assert asked == len(rows) * len(CAST)
    assert not wrong, f"{len(wrong)} of {asked} wrong:\n" + "\n".join(wrong)


def _client(actor: Actor) -> Client:
    client = Client(raise_request_exception=False)
    if actor.user_id is not None:
        client.force_login(user_of(actor), backend="django.contrib.auth.backends.ModelBackend")
    return client


def _ask(client: Client, row: Row, world: World) -> int:
    address = "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: _route_value(row.route, found.group(1), world), row.route)
    address += row.query and re.sub(r"\{(\w+)\}", lambda found: quote(world.values[found.group(1)]), row.query)
    send = getattr(client, row.method.lower())
    headers = {"Accept-Language": "en", **row.headers}
    if row.method == "GET":
        return int(send(address, headers=headers).status_code)
    body = {name: _filled(value, world) for name, value in (row.body or {}).items()}
    is_form = not row.is_api or any(isinstance(value, SimpleUploadedFile) for value in body.values())
    answer = send(address, body, headers=headers) if is_form else send(address, body, content_type="application/json", headers=headers)
    return int(answer.status_code)


def _route_value(route: str, name: str, world: World) -> str:
    if name in ("id", "pk"):
        part = "departments" if "<slug:slug>" in route else next((one for one in route.split("/") if one in world.route_values), "")
        return world.route_values.get(part, "0")
    return world.route_values[name]


def _filled(value: Any, world: World) -> Any:
    if value == "{file}":
        return SimpleUploadedFile("a.txt", b"text")
    if not isinstance(value, str) or not value.startswith("{"):
        return value
    found = world.values[value[1:-1]]
    return int(found) if value == "{free_unit}" else found


def _expected(actor: Actor, row: Row, world: World) -> int | None:
    """The refusal this person must get, None when it may do it. Roles and scopes decide, nothing of the faces."""
    if row.who == PUBLIC:
        return None
    if actor.user_id is None:
        return 401 if row.is_api else 302
    if row.who == SIGNED_IN:
        return None
    thing = {INCIDENT: world.fire, UNIT: world.engine, ALARM: world.alarm, NOTHING: None}[row.thing]
    actions = ("incidents.note",) if row.who == "own note" else tuple(row.who.split())
    may_at_all = any(policy.can(actor, action, None) for action in actions)
    if not row.is_api and not may_at_all:
        return 403
    if thing is not None and not policy.can(actor, thing.view_action, thing):
        return row.hidden
    if not any(policy.can(actor, action, thing) for action in actions):
        return 403
    return 403 if row.who == "own note" and actor != world.people["dispatcher"] else None


def _is_as(status: int, expected: int | None, row: Row) -> bool:
    if status in row.also:
        return True
    if expected in (401, 302):
        return status in (401, 302, 403)
    if expected is not None:
        return status == expected
    return status < 500 and status not in DOES_NOT_MATTER
