"""An integrator keeps units, watched areas and position devices through the API."""

from datetime import datetime

import pytest
from django.test import Client

from access.actors import Actor
from access.models import Department, Region
from incidents import services as incidents
from incidents.models import Incident
from incidents.services.common import Moment
from journal.models import Entry
from resources.models import Geofence, PositionDevice, Unit, UnitPosition
from tests.api.conftest import ProgramOf

SQUARE = {"type": "Polygon", "coordinates": [[[116.40, 39.95], [116.42, 39.95], [116.42, 39.97], [116.40, 39.97], [116.40, 39.95]]]}


def test_an_administrator_changes_a_unit_on_the_version_that_was_read(program: ProgramOf, admin: Actor, engine_7: Unit) -> None:
    ours = program(admin)
    tag = ours.get(f"units/{engine_7.pk}/")["ETag"]

    answer = ours.patch(f"units/{engine_7.pk}/", {"name": "七号水罐车", "crew_size": 6}, If_Match=tag)
    late = ours.patch(f"units/{engine_7.pk}/", {"name": "别的名字"}, If_Match=tag)

    assert (answer.status_code, answer.json()["name"], answer.json()["crew_size"]) == (200, "七号水罐车", 6)
    assert late.status_code == 412
    assert ours.patch(f"units/{engine_7.pk}/", {"name": "七号水罐车"}, If_Match="*").status_code == 200
    told = Entry.objects.get(name="resources.unit_changed")
    assert told.data["after"] == {"name": "七号水罐车", "crew_size": 6}


def test_a_unit_at_work_is_not_retired_and_a_free_one_is_sent_no_more(
    program: ProgramOf, admin: Actor, dispatcher: Actor, northern_fire: Incident, engine_7: Unit, engine_8: Unit, now: datetime
) -> None:
    incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)
    ours = program(admin)
    busy = ours.patch(f"units/{engine_7.pk}/", {"is_active": False}, If_Match=ours.get(f"units/{engine_7.pk}/")["ETag"])
    free = ours.patch(f"units/{engine_8.pk}/", {"is_active": False}, If_Match=ours.get(f"units/{engine_8.pk}/")["ETag"])

    assert (busy.status_code, busy.json()["code"]) == (409, "unit_busy")
    assert free.status_code == 200
    assert [row["code"] for row in ours.get("units/").json()["items"]] == ["E7"]


def test_an_area_is_drawn_listed_and_retired(program: ProgramOf, admin: Actor, fire: Department, north: Region) -> None:
    ours = program(admin)
    drawn = ours.post("areas/", {"name": "下穿桥积水点", "department": "fire", "region": "110101", "area": SQUARE})

    assert drawn.status_code == 201
    assert [row["name"] for row in ours.get("areas/").json()["items"]] == ["下穿桥积水点"]
    assert Geofence.objects.get().area.extent == (116.40, 39.95, 116.42, 39.97)
    assert ours.post(f"areas/{drawn.json()['id']}/retire/").status_code == 204
    assert ours.get("areas/").json()["items"] == []


@pytest.mark.parametrize(
    "area",
    [
        {"type": "Point", "coordinates": [116.4, 39.9]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]},
        {"type": "Polygon", "coordinates": [[[200, 2], [3, 4], [5, 6], [200, 2]]]},
        {"type": "Polygon", "coordinates": [[["a", 2], [3, 4], [5, 6], ["a", 2]]]},
        {"type": "MultiPolygon", "coordinates": [[[[116.4, 39.9], [116.5, 40.0], [116.5, 39.9], [116.4, 40.0], [116.4, 39.9]]]]},
        "somewhere",
    ],
)
def test_what_is_no_area_is_refused_with_a_reason(program: ProgramOf, admin: Actor, fire: Department, north: Region, area: object) -> None:
    answer = program(admin).post("areas/", {"name": "x", "department": "fire", "region": "110101", "area": area})

    assert answer.status_code == 422
    assert "area" in answer.json()["fields"]


def test_a_registered_tracker_reports_until_it_is_revoked_and_its_key_is_answered_once(
    program: ProgramOf, admin: Actor, engine_7: Unit, client: Client
) -> None:
    ours = program(admin)
    registered = ours.post(f"units/{engine_7.pk}/devices/", {"identifier": "tracker-7"}).json()

    assert client.get(f"/osmand/?id={registered['key']}&lat=39.95&lon=116.41").status_code == 200
    assert UnitPosition.objects.get(unit=engine_7).lon == pytest.approx(116.41)
    assert "key" not in ours.get(f"units/{engine_7.pk}/devices/").json()[0]
    assert registered["key"] not in str(PositionDevice.objects.values().get())
    assert ours.post(f"position-devices/{registered['device']['id']}/revoke/").status_code == 204
    assert client.get(f"/osmand/?id={registered['key']}&lat=39.96&lon=116.41").status_code == 401
