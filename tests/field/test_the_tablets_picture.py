"""What a tablet is given: what its person has to do, the cards that go with it, and the map round an incident."""

import json
from datetime import timedelta

import pytest
from django.contrib.gis.geos import Point
from django.test import Client
from pmtiles.reader import MemorySource, Reader
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

from access.actors import Actor
from alerts import services as alerts
from alerts.models import Alarm, AlarmRule
from gis import extracts
from gis.mercator import column, row
from incidents import services
from incidents.models import Hazard, Plan, PlanItem
from incidents.services.common import Moment
from incidents.services.help_calls import Cry
from incidents.services.work import NewTask
from kit.geo import Position
from resources.models import Station
from tests.conftest import user_of

NORTH = Position(116.40, 39.95)


@pytest.fixture
def tablet():
    def of(actor, **options):
        client = Client(**options)
        client.force_login(user_of(actor), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return of


def test_a_crew_sees_its_units_job_with_everything_one_needs_on_the_spot(tablet, crew, dispatcher, supervisor, northern_fire, engine_7, fire, now):
    plan = Plan.objects.create(type=northern_fire.type, level="II", name="建筑火灾预案", version=1, saved_at=now, saved_by="x")
    PlanItem.objects.create(plan=plan, order=1, title="疏散同楼人员")
    fire.phone = "119"
    fire.save()
    Station.objects.filter(pk=engine_7.station_id).update(phone="8119")
    Hazard.objects.create(code="tank", name="油罐", warning="二层有柴油罐", point=Point(116.4001, 39.9501, srid=4326))
    services.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)
    services.activate_plan(supervisor, incident_id=northern_fire.pk, plan_id=plan.pk, reason="火势大", now=now)
    services.write_note(dispatcher, incident_id=northern_fire.pk, words="燃气已关", now=now)

    answer = tablet(crew).get(f"/api/v1/field/?unit={engine_7.pk}&lon=116.41&lat=39.95")

    found = answer.json()
    card = found["incidents"][0]
    assert answer["X-City-Now"] and answer["Cache-Control"] == "private, no-cache"
    assert (found["unit"]["code"], found["assignments"][0]["step"], found["assignments"][0]["incident"]) == ("E7", "DISPATCHED", northern_fire.number)
    assert (card["number"], card["units"][0]["code"], card["notes"][0]["text"], card["plans"][0]["items"]) == (
        northern_fire.number, "E7", "燃气已关", ["疏散同楼人员"],
    )  # fmt: skip
    assert card["hazards"][0]["warning"] == "二层有柴油罐"
    assert [(each["phone"], each["role"]) for each in card["contacts"]] == [("119", fire.name), ("8119", "E7")]
    assert found["near"][0]["number"] == northern_fire.number and 800 < found["near"][0]["metres"] < 900


def test_what_was_told_in_confidence_stays_off_the_tablet(tablet, crew, dispatcher, northern_fire, engine_7, now):
    northern_fire.reports.update(is_confidential=True, words="邻居纵火")
    services.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)

    answer = tablet(crew).get(f"/api/v1/field/?unit={engine_7.pk}")

    assert "邻居纵火" not in answer.content.decode() and "13800" not in answer.content.decode()


def test_a_liaison_sees_the_tasks_of_the_department_and_not_those_of_others(tablet, liaison, dispatcher, northern_fire, water, fire, now):
    give = [
        ("关阀", water.pk, None, 30),
        ("供水", water.pk, liaison.user_id, 10),
        ("灭火", fire.pk, None, 5),
        ("他人", water.pk, dispatcher.user_id, 5),
    ]
    for title, department, person, minutes in give:
        task = NewTask(title=title, department_id=department, person_id=person, due_at=now + timedelta(minutes=minutes))
        services.issue_task(dispatcher, incident_id=northern_fire.pk, task=task, now=now)

    found = tablet(liaison).get("/api/v1/field/").json()

    assert [task["title"] for task in found["tasks"]] == ["供水", "关阀"]
    assert found["unit"] is None and len(found["incidents"]) == 1


def test_somebody_elses_unit_is_not_spoken_for(tablet, liaison, engine_7, northern_fire):
    found = tablet(liaison).get(f"/api/v1/field/?unit={engine_7.pk}").json()

    assert found["unit"] is None and found["assignments"] == []
    assert tablet(liaison).get("/api/v1/field/units/").json() == []


def test_a_press_sent_twice_is_heard_once_with_both_clocks_and_the_place(tablet, crew, dispatcher, northern_fire, engine_7, now):
    job = services.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)
    body = {
        "step": "ACKNOWLEDGED", "at": now.isoformat(), "device_at": (now + timedelta(minutes=10)).isoformat(), "source": "BUTTON",
        "point": [116.4, 39.95], "accuracy": 8,
    }  # fmt: skip
    client, url = tablet(crew, enforce_csrf_checks=True), f"/api/v1/assignments/{job.pk}/advance/"
    headers = {"Idempotency-Key": "k1", "X-CSRFToken": client.get("/field/session").json()["csrf"]}

    answers = [client.post(url, json.dumps(body), content_type="application/json", headers=headers) for _twice in range(2)]

    job.refresh_from_db()
    told = job.sources["ACKNOWLEDGED"]
    assert [answer.status_code for answer in answers] == [200, 200] and answers[1]["Idempotency-Replayed"] == "true"
    assert told["point"] == [116.4, 39.95] and told["device_at"] > told["server_at"] and job.acknowledged_at == now


def test_the_shell_names_nobody_and_all_its_files_are_there(tablet, liaison, crew):
    first, second = (tablet(each).get("/field/") for each in (liaison, crew))

    assert first["X-Field-Shell"] and first.content == second.content
    assert "no-store" in first["Cache-Control"]
    for name in ("csrf", "data-person", "Liaison"):
        assert name not in first.content.decode()
    worker = tablet(liaison).get("/field/worker.js")
    kept = json.loads(worker.content.decode().split("\n")[0].removeprefix("const CITY = ").rstrip(";"))
    assert worker["Service-Worker-Allowed"] == "/field/"
    assert {
        "/static/js/field/main.js",
        "/static/js/field/outbox.js",
        "/static/live/line.js",
        "/static/vendor/idb.js",
        "/static/vendor/pmtiles.js",
    } <= set(kept["files"])
    assert tablet(liaison).get("/field/session").json()["csrf"]
    assert Client().get("/field/session").status_code == 401


def test_nothing_of_the_console_is_kept_by_the_worker():
    from pathlib import Path

    from django.conf import settings

    text = (Path(settings.BASE_DIR) / "static" / "field" / "worker.js").read_text(encoding="utf-8")

    assert text.count(".put(") == 3  # two files of its own, and the shell
    assert "/api/" not in text and "/ops" not in text
    told = (Path(settings.BASE_DIR) / "static" / "field" / "told.js").read_text(encoding="utf-8")
    assert "caches." not in told


@pytest.fixture
def basemap(tmp_path):
    """A map of zooms 6 to 12 with a tile of its own name everywhere round the place."""
    path = tmp_path / "city.pmtiles"
    with path.open("wb") as file:
        writer = Writer(file)
        tiles = {}
        for zoom in range(6, 13):
            x, y = column(NORTH.lon, zoom), row(NORTH.lat, zoom)
            for dx in range(-3, 4):
                for dy in range(-3, 4):
                    tiles[zxy_to_tileid(zoom, x + dx, y + dy)] = f"{zoom}/{x + dx}/{y + dy}".encode() * 50
        for tile_id in sorted(tiles):
            writer.write_tile(tile_id, tiles[tile_id])
        header = {
            "tile_type": TileType.MVT, "tile_compression": Compression.NONE, "min_lon_e7": 1160000000, "min_lat_e7": 390000000,
            "max_lon_e7": 1170000000, "max_lat_e7": 400000000, "center_zoom": 9, "center_lon_e7": 1164000000, "center_lat_e7": 399000000,
        }  # fmt: skip
        writer.finalize(header, {"version": "v1"})
    return path


def test_the_map_round_an_incident_holds_its_tiles_and_says_how_far_it_goes(basemap):
    piece = extracts.cut(basemap, place=NORTH, metres=3000, most_bytes=1_000_000)

    reader = Reader(MemorySource(piece.body))
    x, y = column(NORTH.lon, 12), row(NORTH.lat, 12)
    west, south, east, north = piece.bounds
    assert reader.get(12, x, y) == f"12/{x}/{y}".encode() * 50 and reader.get(12, x + 3, y) is None
    assert piece.max_zoom == 12 and west < NORTH.lon < east and south < NORTH.lat < north
    assert 5_900 < (north - south) * 111_195 < 6_100


def test_a_map_that_would_be_too_large_goes_less_deep(basemap):
    small = extracts.cut(basemap, place=NORTH, metres=3000, most_bytes=1_500)

    assert 6 <= small.max_zoom < 12 and len(small.body) < 10_000


def test_the_area_is_only_for_who_may_see_the_incident(tablet, liaison, crew, northern_fire, basemap, settings):
    settings.BASEMAP_FILE = str(basemap)

    seen = tablet(crew).get(f"/api/v1/field/areas/{northern_fire.number}/")

    assert seen.status_code == 200 and seen["X-Area"].count(",") == 3
    assert tablet(liaison).get(f"/api/v1/field/areas/{northern_fire.number}/").status_code == 404


def test_a_dispatcher_reads_on_the_alarm_who_called_from_where_and_ends_it(tablet, liaison, dispatcher, northern_fire, now):
    call = services.call_for_help(
        liaison, cry=Cry(kind="EMERGENCY", words="被困二楼"), moment=Moment(at=now - timedelta(hours=1), position=NORTH, accuracy=12), now=now
    )
    rule = AlarmRule.objects.create(code="called", name="现场人员紧急呼救", watch="HELP_CALLED", seconds=0, level=1, response="立即联系")
    alerts.look_around(Actor.system("watch"), now=now, took_ms=0)
    alarm = Alarm.objects.get(rule=rule)
    desk = tablet(dispatcher)

    dialog = desk.get(f"/alarms/{alarm.pk}/").content.decode()

    assert all(words in dialog for words in ("Liaison", "被困二楼", "39.95000, 116.40000", "12 m", f"/help-calls/{call.pk}/end/"))
    assert "Liaison" in desk.get("/alarms/strip/").content.decode()
    assert desk.post(f"/help-calls/{call.pk}/end/").status_code == 204
    call.refresh_from_db()
    assert call.ended_by == "Dispatcher"
