"""Merging and grouping from the pages: the nearest first, one press to merge, one to take it back."""

import json
from datetime import timedelta

import pytest

from incidents import services as incidents
from incidents.models import Incident
from incidents.services.common import Moment
from kit.geo import Position
from tests.conftest import a_report

HX = {"HX-Request": "true"}


def said(answer) -> dict:
    return json.loads(answer["HX-Trigger"])["done"]


@pytest.fixture
def same_fire(call_taker, building_fire, northern_fire, now) -> Incident:
    """The northern fire as a second caller saw it, two hundred metres away."""
    report = a_report(building_fire, now, position=Position(116.402, 39.951), place_words="莲花池东路 20 号", received_at=now - timedelta(minutes=4))
    return incidents.report_incident(call_taker, report=report, now=now)


def test_a_dispatcher_sees_the_nearest_open_incidents_first_with_distance_and_age(desk, dispatcher, northern_fire, southern_pipe, same_fire):
    dialog = desk(dispatcher).get(f"/incidents/{northern_fire.number}/merge/", headers=HX).content.decode()

    assert dialog.index(same_fire.number) < dialog.index(southern_pipe.number)
    assert f'value="{same_fire.number}" required checked' in dialog
    assert "204 m" in dialog and "11.1 km" in dialog and dialog.count("data-since") == 2
    assert f'value="{northern_fire.number}"' not in dialog


def test_nothing_far_away_is_chosen_before_a_dispatcher_searches_for_it(desk, dispatcher, northern_fire, southern_pipe):
    client = desk(dispatcher)

    offered = client.get(f"/incidents/{northern_fire.number}/merge/", headers=HX).content.decode()
    found = client.get(f"/incidents/{northern_fire.number}/near/", {"q": southern_pipe.number}, headers=HX).content.decode()

    assert f'value="{southern_pipe.number}" required>' in offered
    assert f'value="{southern_pipe.number}" required checked>' in found


def test_a_dispatcher_finds_an_incident_by_its_number_or_its_address(desk, dispatcher, northern_fire, southern_pipe, same_fire):
    client, address = desk(dispatcher), f"/incidents/{northern_fire.number}/near/"

    by_number = client.get(address, {"q": southern_pipe.number}, headers=HX).content.decode()
    by_address = client.get(address, {"q": "20 号"}, headers=HX).content.decode()
    by_nothing = client.get(address, {"q": "no such street"}, headers=HX).content.decode()

    assert southern_pipe.number in by_number and same_fire.number not in by_number
    assert same_fire.number in by_address and southern_pipe.number not in by_address
    assert "No such open incident." in by_nothing


def test_a_fire_chief_of_the_north_is_not_offered_what_lies_in_the_south(desk, fire_chief_north, northern_fire, southern_pipe, same_fire):
    dialog = desk(fire_chief_north).get(f"/incidents/{northern_fire.number}/merge/", headers=HX).content.decode()

    assert same_fire.number in dialog and southern_pipe.number not in dialog


def test_a_dispatcher_merges_a_duplicate_and_may_undo_it(desk, dispatcher, northern_fire, same_fire):
    client = desk(dispatcher)

    answer = client.post(f"/incidents/{same_fire.number}/merge/", {"target": northern_fire.number, "verb": "merge"}, headers=HX)
    same_fire.refresh_from_db()
    merged = (same_fire.status, northern_fire.reports.count())
    page = client.get(f"/incidents/{same_fire.number}/").content.decode()
    undo = said(answer)["undo"]
    undone = client.post(undo["url"], undo["values"], headers=HX)

    same_fire.refresh_from_db()
    assert merged == ("MERGED", 2) and said(answer)["choose"] == northern_fire.pk
    assert f'/incidents/{same_fire.number}/unmerge/"' in page
    assert undone.status_code == 204 and (same_fire.status, northern_fire.reports.count()) == ("NEW", 1)


def test_a_dispatcher_separates_a_merged_incident_after_one_question(desk, dispatcher, northern_fire, same_fire, now):
    incidents.merge_incident(dispatcher, incident_id=same_fire.pk, target_id=northern_fire.pk, now=now)
    client, address = desk(dispatcher), f"/incidents/{same_fire.number}/unmerge/"

    question = client.get(address, headers=HX).content.decode()
    answer = client.post(address, headers=HX)

    same_fire.refresh_from_db()
    assert f"come back from {northern_fire.number}" in question
    assert answer.status_code == 204 and same_fire.status == "NEW"


def test_the_page_of_the_incident_that_took_another_in_names_it(desk, dispatcher, northern_fire, same_fire, now):
    incidents.merge_incident(dispatcher, incident_id=same_fire.pk, target_id=northern_fire.pk, now=now)

    page = desk(dispatcher).get(f"/incidents/{northern_fire.number}/").content.decode()

    assert "Merged into this one" in page and f"/incidents/{same_fire.number}/" in page


def test_an_incident_with_units_out_is_not_merged_and_the_dialog_says_why(desk, dispatcher, northern_fire, same_fire, engine_7, now):
    incidents.dispatch_unit(dispatcher, incident_id=same_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)
    client, url = desk(dispatcher), f"/incidents/{same_fire.number}/merge/"

    offered = client.get(url, headers=HX).content.decode()
    answer = client.post(url, {"target": northern_fire.number, "verb": "merge"}, headers=HX)

    same_fire.refresh_from_db()
    assert f"1 units are still assigned to {same_fire.number}" in offered and 'value="merge" disabled' in offered
    assert 'value="merge" disabled' not in client.get(f"/incidents/{northern_fire.number}/merge/", headers=HX).content.decode()
    assert answer.status_code == 422 and "units are still assigned" in answer.content.decode()
    assert same_fire.merged_into is None


def test_a_dispatcher_who_chose_nothing_is_told_to_choose(desk, dispatcher, northern_fire):
    answer = desk(dispatcher).post(f"/incidents/{northern_fire.number}/merge/", {"verb": "merge", "q": "东"}, headers=HX)

    assert answer.status_code == 422 and "Choose an incident." in answer.content.decode()


def test_a_call_taker_puts_an_incident_under_another_and_takes_it_out_again(desk, call_taker, northern_fire, southern_pipe):
    client = desk(call_taker)

    put = client.post(f"/incidents/{southern_pipe.number}/merge/", {"target": northern_fire.number, "verb": "link"}, headers=HX)
    southern_pipe.refresh_from_db()
    parent = southern_pipe.parent
    panel = client.get(f"/incidents/{southern_pipe.number}/panel/").content.decode()
    out = client.post(said(put)["undo"]["url"], said(put)["undo"]["values"], headers=HX)
    southern_pipe.refresh_from_db()
    alone = southern_pipe.parent
    client.post(said(out)["undo"]["url"], said(out)["undo"]["values"], headers=HX)

    southern_pipe.refresh_from_db()
    assert parent == northern_fire and f"/incidents/{southern_pipe.number}/unlink/" in panel
    assert alone is None and southern_pipe.parent == northern_fire


def test_a_crew_is_offered_no_merge(desk, crew, northern_fire, same_fire):
    client = desk(crew)

    assert 'data-key="merge"' not in client.get(f"/incidents/{northern_fire.number}/").content.decode()
    assert client.get(f"/incidents/{northern_fire.number}/merge/", headers=HX).status_code == 403
