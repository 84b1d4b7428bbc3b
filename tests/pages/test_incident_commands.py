"""Commands on incidents from the pages: they translate, the services decide."""

import json

import pytest

from incidents import services as incidents
from incidents.models import Assignment, Incident, Note, Task
from incidents.services.common import Moment

HX = {"HX-Request": "true"}


def said(answer) -> dict:
    return json.loads(answer["HX-Trigger"])["done"]


def test_a_call_taker_opens_an_incident_with_type_place_and_words(desk, call_taker, building_fire, north, south):
    client = desk(call_taker)

    answer = client.post(
        "/incidents/new/",
        {"type": building_fire.pk, "place": "莲花池东路 12 号", "words": "二楼冒烟", "lon": "116.40", "lat": "39.95"},
        headers=HX,
    )

    incident = Incident.objects.get()
    assert answer.status_code == 204
    assert said(answer)["choose"] == incident.pk
    assert incident.region == north and incident.reports.get().words == "二楼冒烟"


def test_a_call_without_a_type_comes_back_with_the_reason_beside_the_field(desk, call_taker, building_fire, city):
    answer = desk(call_taker).post("/incidents/new/", {"place": "somewhere"}, headers=HX)

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.content.decode() and "Choose a type from the list." in answer.content.decode()
    assert not Incident.objects.exists()


def test_an_auditor_may_not_take_calls(desk, auditor, building_fire):
    assert desk(auditor).post("/incidents/new/", {"type": building_fire.pk, "place": "x"}, headers=HX).status_code == 403


def test_the_nearest_capable_unit_is_chosen_already_and_says_why(desk, dispatcher, northern_fire, engine_7, new_unit, station_north):
    far = new_unit("E9", station=None)

    dialog = desk(dispatcher).get(f"/incidents/{northern_fire.number}/dispatch/", headers=HX).content.decode()

    assert f'value="{engine_7.pk}" checked' in dialog
    assert "can: Pump" in dialog and "1.4 km" in dialog
    assert f'value="{far.pk}" checked' not in dialog
    northern_fire.refresh_from_db()
    assert northern_fire.recommendation_shown_at is not None


def test_what_no_unit_can_do_is_said_to_be_short(desk, dispatcher, northern_fire, building_fire, north):
    dialog = desk(dispatcher).get(f"/incidents/{northern_fire.number}/dispatch/", headers=HX).content.decode()

    assert "Short of 1 × Pump" in dialog


def test_a_dispatcher_sends_the_chosen_units_and_may_undo_it(desk, dispatcher, northern_fire, engine_7, engine_8):
    client = desk(dispatcher)

    answer = client.post(f"/incidents/{northern_fire.number}/send/", {"unit": [engine_7.pk, engine_8.pk]}, headers=HX)
    undo = said(answer)["undo"]
    undone = client.post(undo["url"], undo["values"], headers=HX)

    assert "E7" in said(answer)["sentence"] and "E8" in said(answer)["sentence"]
    assert undone.status_code == 204
    assert set(Assignment.objects.values_list("step", flat=True)) == {"CANCELLED"}


def test_a_busy_unit_does_not_keep_the_others(desk, dispatcher, northern_fire, southern_pipe, engine_7, engine_8, now):
    incidents.dispatch_unit(dispatcher, incident_id=southern_pipe.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)

    answer = desk(dispatcher).post(f"/incidents/{northern_fire.number}/send/", {"unit": [engine_7.pk, engine_8.pk]}, headers=HX)

    assert answer.status_code == 204
    assert "E7 has been sent to" in said(answer)["sentence"]
    assert Assignment.objects.filter(incident=northern_fire, unit=engine_8).exists()


def test_only_busy_units_are_a_refusal_in_words(desk, dispatcher, northern_fire, southern_pipe, engine_7, now):
    incidents.dispatch_unit(dispatcher, incident_id=southern_pipe.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)

    answer = desk(dispatcher).post(f"/incidents/{northern_fire.number}/send/", {"unit": [engine_7.pk]}, headers=HX)

    assert answer.status_code == 409
    assert answer.content.decode().startswith("E7 has been sent to")


def test_a_unit_takes_its_next_step_by_one_press(desk, dispatcher, northern_fire, engine_7, now):
    sent = incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)

    answer = desk(dispatcher).post(f"/assignments/{sent.pk}/advance/", {"step": "EN_ROUTE"}, headers=HX)

    sent.refresh_from_db()
    assert sent.step == "EN_ROUTE" and said(answer)["incident"] == northern_fire.pk


def test_number_keys_go_to_those_at_work_and_not_to_who_was_recalled(desk, dispatcher, northern_fire, engine_7, engine_8, now):
    client, own = desk(dispatcher), f"/incidents/{northern_fire.number}"
    undo = said(client.post(f"{own}/send/", {"unit": [engine_7.pk]}, headers=HX))["undo"]
    client.post(undo["url"], undo["values"], headers=HX)
    client.post(f"{own}/send/", {"unit": [engine_8.pk]}, headers=HX)

    for address in (f"{own}/panel/", f"{own}/body/"):
        assert f'data-unit="{engine_8.pk}" data-unit-number="1"' in client.get(address, headers=HX).content.decode()


def test_a_step_pressed_for_the_wrong_unit_is_undone_from_the_incident_and_from_the_unit(desk, dispatcher, northern_fire, engine_7, now):
    sent = incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)
    client = desk(dispatcher)
    presses = ((f"/assignments/{sent.pk}/advance/", {"step": "ON_SCENE"}), (f"/units/{engine_7.pk}/press/", {"key": "4"}))

    for address, body in presses:
        undo = said(client.post(address, body, headers=HX))["undo"]
        sent.refresh_from_db()
        northern_fire.refresh_from_db()
        assert (sent.step, northern_fire.first_on_scene_at is not None) == ("ON_SCENE", True)

        assert client.post(undo["url"], undo["values"], headers=HX).status_code == 204
        sent.refresh_from_db()
        northern_fire.refresh_from_db()
        assert (sent.step, northern_fire.first_on_scene_at) == ("DISPATCHED", None)


def test_a_unit_taken_out_of_service_by_a_slip_is_what_it_was(desk, dispatcher, engine_7):
    before = (engine_7.availability, engine_7.activity)
    client = desk(dispatcher)

    undo = said(client.post(f"/units/{engine_7.pk}/press/", {"key": "6"}, headers=HX))["undo"]
    engine_7.refresh_from_db()
    out = engine_7.activity
    client.post(undo["url"], undo["values"], headers=HX)

    engine_7.refresh_from_db()
    assert (out, engine_7.availability, engine_7.activity) == ("OUT_OF_SERVICE", *before)


@pytest.mark.parametrize(
    ("values", "halted"),
    [
        ({"verb": "hold", "reason": "等待材料", "review_on": "2099-01-01"}, "HELD"),
        ({"verb": "cancel", "reason": "误报"}, "CANCELLED"),
    ],
)
def test_an_incident_halted_by_a_slip_goes_on(desk, dispatcher, southern_pipe, values, halted):
    client, address = desk(dispatcher), f"/incidents/{southern_pipe.number}/status/"

    undo = said(client.post(address, values, headers=HX))["undo"]
    southern_pipe.refresh_from_db()
    was = southern_pipe.status
    undone = client.post(undo["url"], undo["values"], headers=HX)

    southern_pipe.refresh_from_db()
    assert (was, undone.status_code) == (halted, 204)
    assert southern_pipe.status not in ("HELD", "CANCELLED")


def test_a_note_and_a_task_for_the_wrong_incident_are_undone(desk, dispatcher, northern_fire, water):
    client, own = desk(dispatcher), f"/incidents/{northern_fire.number}"

    written = client.post(f"{own}/note/", {"words": "写错了"}, headers=HX)
    given = client.post(f"{own}/task/", {"title": "关阀", "department_id": water.pk}, headers=HX)
    for each in (written, given):
        undo = said(each)["undo"]
        assert client.post(undo["url"], undo.get("values", {}), headers=HX).status_code == 204

    assert Note.objects.get().struck_at is not None
    assert Task.objects.get().state == "CANCELLED"


def test_a_dispatcher_closes_with_a_disposition_and_may_undo_it(desk, dispatcher, southern_pipe, done):
    client = desk(dispatcher)

    answer = client.post(f"/incidents/{southern_pipe.number}/close/", {"disposition": "done"}, headers=HX)
    southern_pipe.refresh_from_db()
    closed = southern_pipe.status
    undo = said(answer)["undo"]
    client.post(undo["url"], undo["values"], headers=HX)

    southern_pipe.refresh_from_db()
    assert (closed, southern_pipe.status) == ("CLOSED", "TRIAGE")


def test_units_still_out_keep_an_incident_open_and_the_form_says_so(desk, dispatcher, northern_fire, engine_7, done, now):
    incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)

    answer = desk(dispatcher).post(f"/incidents/{northern_fire.number}/close/", {"disposition": "done"}, headers=HX)

    assert answer.status_code == 422 and "units are still assigned" in answer.content.decode()


def test_a_hold_asks_for_a_reason(desk, dispatcher, southern_pipe):
    client = desk(dispatcher)

    without = client.post(f"/incidents/{southern_pipe.number}/status/", {"verb": "hold"}, headers=HX)
    with_one = client.post(f"/incidents/{southern_pipe.number}/status/", {"verb": "hold", "reason": "parts ordered"}, headers=HX)

    assert without.status_code == 422 and with_one.status_code == 204
    southern_pipe.refresh_from_db()
    assert southern_pipe.status == "HELD"


def test_a_note_stands_in_the_timeline_with_its_words(desk, dispatcher, northern_fire):
    client = desk(dispatcher)

    client.post(f"/incidents/{northern_fire.number}/note/", {"words": "关阀 2 处"}, headers=HX)

    assert Note.objects.get().text == "关阀 2 处"
    assert "关阀 2 处" in client.get(f"/incidents/{northern_fire.number}/panel/").content.decode()


def test_what_is_chosen_from_is_named_in_the_readers_language(desk, dispatcher, northern_fire, building_fire, water):
    for language, kind, department in (("en", building_fire.name_en, water.name_en), ("zh-hans", building_fire.name, water.name)):
        client = desk(dispatcher, language)

        assert f">{kind}</option>" in client.get(f"/incidents/{northern_fire.number}/edit/", headers=HX).content.decode()
        assert f">{kind}</option>" in client.get("/incidents/").content.decode()
        assert f">{department}</option>" in client.get(f"/incidents/{northern_fire.number}/task/", headers=HX).content.decode()


def test_an_edit_built_on_an_old_version_says_what_changed(desk, dispatcher, northern_fire, now):
    version = northern_fire.version
    incidents.start_triage(dispatcher, incident_id=northern_fire.pk, now=now)

    answer = desk(dispatcher).post(
        f"/incidents/{northern_fire.number}/edit/",
        {"version": version, "type_id": northern_fire.type_id, "severity": 1, "address": "elsewhere", "summary": ""},
        headers=HX,
    )

    assert answer.status_code == 422 and "Somebody changed this" in answer.content.decode()


def test_the_number_of_a_caller_is_hidden_until_somebody_looks_and_the_look_is_recorded(desk, dispatcher, northern_fire):
    client = desk(dispatcher)
    path = f"/incidents/{northern_fire.number}/"

    before = client.get(f"{path}panel/").content.decode()
    shown = client.post(f"{path}callers/", headers=HX).content.decode()
    after = client.get(f"{path}panel/").content.decode()

    assert "138****2201" in before and "13800002201" not in before
    assert "13800002201" in shown
    assert "looked at the caller" in after


def test_a_crew_does_not_see_who_called(desk, crew, northern_fire):
    assert "2201" not in desk(crew).get(f"/incidents/{northern_fire.number}/").content.decode()


def test_a_fire_chief_of_the_south_finds_no_page_for_a_northern_incident(desk, fire_chief_south, northern_fire):
    assert desk(fire_chief_south).get(f"/incidents/{northern_fire.number}/").status_code == 404


def test_the_list_is_narrowed_and_leaves_as_csv_that_excel_reads(desk, dispatcher, northern_fire, southern_pipe):
    client = desk(dispatcher)

    page = client.get("/incidents/?severity=2").content.decode()
    sheet = client.get("/incidents/export.csv?severity=2").content.decode()

    assert northern_fire.number in page and southern_pipe.number not in page
    assert sheet.startswith("\ufeff") and northern_fire.number in sheet and southern_pipe.number not in sheet


def test_a_cell_that_looks_like_a_formula_is_not_one(desk, dispatcher, call_taker, burst_pipe, north, south, now):
    from tests.conftest import a_report

    incidents.report_incident(call_taker, report=a_report(burst_pipe, now, place_words="=cmd|'/c calc'!A1"), now=now)

    sheet = desk(dispatcher).get("/incidents/export.csv").content.decode()

    assert ",'=cmd" in sheet or ",\"'=cmd" in sheet
