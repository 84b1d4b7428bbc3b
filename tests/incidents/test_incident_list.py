"""The list made by PostgreSQL: the same rows, shape and permission as everywhere, in few queries."""

from datetime import datetime, timedelta
from typing import Any

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.actors import Actor
from access.rest.wire import dump
from incidents import selectors, services
from incidents.models import Disposition, Incident, IncidentType
from incidents.models.assignments import Assignment
from incidents.models.states import with_state
from incidents.services.common import Moment
from incidents.shapes.reading import IncidentRow
from resources.models import Unit
from tests.api.conftest import Program
from tests.conftest import NewUnitMaker, a_report


def _listed(actor: Actor, *, cursor: str | None = None, limit: int | None = None, **wanted: Any) -> dict[str, Any]:
    page: dict[str, Any] = orjson.loads(selectors.incident_page(actor, wanted=wanted, cursor=cursor, limit=limit))
    return page


def _numbers(page: dict[str, Any]) -> list[str]:
    return [row["number"] for row in page["items"]]


def test_a_dispatcher_reads_fifty_incidents_in_three_queries_sign_in_included(
    dispatcher: Actor, call_taker: Actor, building_fire: IncidentType, north: object, new_unit: NewUnitMaker, now: datetime
) -> None:
    for number in range(50):
        fire = services.report_incident(call_taker, report=a_report(building_fire, now - timedelta(minutes=number)), now=now)
        if number % 5 == 0:
            services.dispatch_unit(dispatcher, incident_id=fire.pk, unit_id=new_unit(f"E{number}").pk, moment=Moment(at=now), now=now)
    desk = Program(dispatcher)
    desk.get("incidents/")

    with CaptureQueriesContext(connection) as queries:
        answer = desk.get("incidents/")

    assert len(answer.json()["items"]) == 50
    assert len(queries) <= 3, [query["sql"][:120] for query in queries]


def test_the_list_says_what_the_shape_says(
    dispatcher: Actor, crew: Actor, northern_fire: Incident, southern_pipe: Incident, engine_7: Unit, engine_8: Unit, done: Disposition, now: datetime
) -> None:
    sent = services.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)
    services.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_8.pk, moment=Moment(at=now), now=now)
    services.advance_assignment(crew, assignment_id=sent.pk, step="EN_ROUTE", moment=Moment(at=now), now=now)
    services.link_child(dispatcher, incident_id=southern_pipe.pk, parent_id=northern_fire.pk, now=now)
    services.hold_incident(dispatcher, incident_id=southern_pipe.pk, reason="等材料", review_on=now.date() + timedelta(days=9), now=now)

    rows = []
    for row in with_state(Incident.objects.all()).order_by("-call_received_at", "-id"):
        row.running = list(Assignment.objects.open().filter(incident=row).order_by("dispatched_at", "id"))  # type: ignore[attr-defined]
        rows.append(orjson.loads(dump(IncidentRow(row).data)))

    listed = _listed(dispatcher)["items"]

    assert [list(row) for row in listed] == [list(row) for row in rows]
    for mine, theirs in zip(listed, rows, strict=True):
        assert _times_out(mine) == _times_out(theirs)
        assert {name: _moment(text) for name, text in mine["milestones"].items()} == {
            name: _moment(text) for name, text in theirs["milestones"].items()
        }


def _times_out(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "milestones"}


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def test_each_person_lists_what_that_person_may_see(
    dispatcher: Actor,
    fire_chief_south: Actor,
    fire_chief_north: Actor,
    liaison: Actor,
    outsider: Actor,
    admin: Actor,
    citizen: Actor,
    auditor: Actor,
    northern_fire: Incident,
    southern_pipe: Incident,
) -> None:
    both = {northern_fire.number, southern_pipe.number}

    assert set(_numbers(_listed(dispatcher))) == set(_numbers(_listed(auditor))) == set(_numbers(_listed(Actor.system("test")))) == both
    assert _numbers(_listed(fire_chief_north)) == [northern_fire.number]
    assert _numbers(_listed(liaison)) == [southern_pipe.number]
    for nobody in (fire_chief_south, outsider, admin, citizen):
        assert _numbers(_listed(nobody)) == []


def test_pages_follow_one_another_without_gap_or_double_while_calls_come_in(
    dispatcher: Actor, call_taker: Actor, building_fire: IncidentType, north: object, now: datetime
) -> None:
    def calls(count: int, minute: int) -> list[str]:
        at = now - timedelta(minutes=minute)
        return [services.report_incident(call_taker, report=a_report(building_fire, at), now=now).number for _ in range(count)]

    before = calls(3, 30) + calls(4, 30) + calls(3, 20)
    seen, cursor = [], None
    for _ in range(10):
        page = _listed(dispatcher, cursor=cursor, limit=3)
        seen += _numbers(page)
        calls(1, 0)
        cursor = page["next"]
        if cursor is None:
            break

    assert seen == list(reversed(before))


def test_the_list_is_narrowed_by_what_is_asked_for(
    dispatcher: Actor, northern_fire: Incident, southern_pipe: Incident, engine_7: Unit, done: Disposition, now: datetime
) -> None:
    services.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)
    services.close_incident(dispatcher, incident_id=southern_pipe.pk, disposition="done", at=now, now=now)
    fire, pipe = [northern_fire.number], [southern_pipe.number]

    assert _numbers(_listed(dispatcher, open=True)) == fire
    assert _numbers(_listed(dispatcher, open=False)) == pipe
    assert _numbers(_listed(dispatcher, state=["DISPATCHED", "HELD"])) == fire
    assert _numbers(_listed(dispatcher, state=["CLOSED"])) == pipe
    assert _numbers(_listed(dispatcher, severity=2)) == fire
    assert _numbers(_listed(dispatcher, kind="SERVICE")) == pipe
    assert _numbers(_listed(dispatcher, type=southern_pipe.type_id)) == pipe
    assert _numbers(_listed(dispatcher, department=northern_fire.department_id)) == fire
    assert _numbers(_listed(dispatcher, region=northern_fire.region_id)) == fire
    assert _numbers(_listed(dispatcher, received_since=now + timedelta(seconds=1))) == []
    assert len(_numbers(_listed(dispatcher, received_before=now + timedelta(seconds=1)))) == 2


@pytest.mark.parametrize("limit", [1, 200])
def test_an_empty_city_is_an_empty_page(dispatcher: Actor, limit: int) -> None:
    assert _listed(dispatcher, limit=limit) == {"items": [], "next": None}
