"""The operations screen: who sees what, and what it costs."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from incidents import services as incidents
from incidents.services.common import Moment
from tests.conftest import a_report


def test_a_dispatcher_sees_the_open_incidents_new_ones_first_then_by_level(desk, dispatcher, northern_fire, southern_pipe, now):
    incidents.start_triage(dispatcher, incident_id=northern_fire.pk, now=now)

    page = desk(dispatcher).get("/ops/").content.decode()

    assert page.index(southern_pipe.number) < page.index(northern_fire.number)
    assert 'data-group="new"' in page and 'data-group="pending"' in page


def test_a_fire_chief_of_the_south_does_not_see_the_fire_in_the_north(desk, fire_chief_south, northern_fire):
    page = desk(fire_chief_south).get("/ops/").content.decode()

    assert northern_fire.number not in page


def test_rows_are_the_same_html_as_the_page_and_a_closed_one_does_not_come_back(desk, dispatcher, northern_fire, southern_pipe, done, now):
    client = desk(dispatcher)
    ids = f"{northern_fire.pk},{southern_pipe.pk}"
    before = client.get(f"/ops/rows?ids={ids}").content.decode()
    page = client.get("/ops/").content.decode()

    incidents.close_incident(dispatcher, incident_id=southern_pipe.pk, disposition="done", at=now, now=now)
    after = client.get(f"/ops/rows?ids={ids}").content.decode()

    assert before.strip() in page
    assert f'data-id="{northern_fire.pk}"' in after and f'data-id="{southern_pipe.pk}"' not in after


def test_unchanged_rows_cost_a_304_and_a_change_does_not(desk, dispatcher, northern_fire, now):
    client = desk(dispatcher)
    first = client.get(f"/ops/rows?ids={northern_fire.pk}")

    again = client.get(f"/ops/rows?ids={northern_fire.pk}", headers={"If-None-Match": first["ETag"]})
    incidents.start_triage(dispatcher, incident_id=northern_fire.pk, now=now)
    changed = client.get(f"/ops/rows?ids={northern_fire.pk}", headers={"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code, changed.status_code) == (200, 304, 200)


def test_the_same_rows_in_another_language_are_another_version(desk, dispatcher, northern_fire):
    english = desk(dispatcher).get(f"/ops/rows?ids={northern_fire.pk}")
    chinese = desk(dispatcher, "zh-hans").get(f"/ops/rows?ids={northern_fire.pk}", headers={"If-None-Match": english["ETag"]})

    assert chinese.status_code == 200
    assert "Building fire" in english.content.decode() and "建筑火灾" in chinese.content.decode()


def test_twenty_incidents_cost_the_screen_no_more_queries_than_two(desk, dispatcher, call_taker, building_fire, north, south, now):
    client = desk(dispatcher)

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get("/ops/")
        return len(queries)

    for _ in range(2):
        incidents.report_incident(call_taker, report=a_report(building_fire, now), now=now)
    client.get("/ops/")
    few = cost()
    for _ in range(18):
        incidents.report_incident(call_taker, report=a_report(building_fire, now), now=now)

    assert cost() <= few
    assert few <= 20


def test_the_map_gets_units_with_their_state_and_those_without_a_fix_at_their_station(desk, dispatcher, engine_7):
    answer = desk(dispatcher).get("/units/").json()

    unit = answer["units"][0]
    assert unit["code"] == "E7"
    assert (unit["lon"], unit["lat"]) == (116.41, 39.96)
    assert answer["shapes"][str(unit["state"] & 255)] == "hollow"


def test_the_table_says_how_far_and_in_which_direction_each_unit_is(desk, dispatcher, northern_fire, engine_7):
    table = desk(dispatcher).get(f"/ops/table?incident={northern_fire.number}").content.decode()

    assert "1.4 km" in table and "NE" in table


def test_an_administrator_without_a_part_in_the_watch_is_led_to_the_settings(desk, admin):
    answer = desk(admin).get("/ops/")

    assert answer.status_code == 302 and answer["Location"] == "/settings/"


def test_who_is_not_signed_in_is_sent_to_the_door_and_a_fragment_says_so(client, db):
    page = client.get("/ops/")
    fragment = client.get("/ops/rows", headers={"HX-Request": "true"})

    assert page["Location"].startswith("/accounts/login/")
    assert fragment.status_code == 401


@pytest.mark.parametrize("path", ["/ops/", "/incidents/", "/profile/"])
def test_every_page_forbids_inline_scripts_and_other_hosts(desk, dispatcher, path):
    policy = desk(dispatcher).get(path)["Content-Security-Policy"]

    assert "default-src 'self'" in policy and "unsafe" not in policy


def test_no_page_carries_an_inline_handler_style_or_script(desk, dispatcher, northern_fire):
    import re

    for path in ("/ops/", f"/incidents/{northern_fire.number}/", "/profile/", f"/incidents/{northern_fire.number}/panel/"):
        html = desk(dispatcher).get(path).content.decode()
        assert not re.search(r"<[^>]+\s(on\w+|style)=", html), path
        assert not re.search(r"<script(?![^>]*(src=|application/json))", html), path


def test_a_unit_that_waits_too_long_shows_by_how_much(desk, dispatcher, call_taker, building_fire, north, south, now):
    building_fire.dispatch_seconds = 60
    building_fire.save()
    incidents.report_incident(call_taker, report=a_report(building_fire, now - timedelta(minutes=5)), now=now)

    page = desk(dispatcher).get("/ops/").content.decode()

    assert 'data-span="60"' in page


def test_the_panel_shows_the_steps_of_the_units_and_who_may_take_them(desk, dispatcher, liaison, northern_fire, engine_7, now):
    incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)

    panel = desk(dispatcher).get(f"/incidents/{northern_fire.number}/panel/").content.decode()

    assert "E7" in panel and "/advance/" in panel and "Timeline" in panel
