"""The recommendation, greater alarms, mutual aid and run cards on the screen."""

import pytest

from incidents import cards, services, weighing
from incidents.models import AidRequest, RunCard, Weighing
from incidents.services.aid import NewNeighbour
from incidents.services.alarms import NewLine

HX = {"HX-Request": "true", "Accept-Language": "en"}


@pytest.fixture
def two_alarms(admin, building_fire, engine_type, now):
    for alarm, count in ((1, 1), (2, 1)):
        services.save_run_card(
            admin, type_id=building_fire.pk, alarm=alarm, lines=[NewLine("pump", count)], from_severity=None, note="", based_on=0, now=now
        )


def chosen(dialog):
    return [
        part.split('"')[0] for part in dialog.split('name="unit" value="')[1:] if part.split(">")[0].endswith('checked data-digit="1" data-focus')
    ]


def test_another_unit_comes_in_place_of_one_by_the_address_of_its_button(desk, dispatcher, northern_fire, engine_7, engine_8):
    client, address = desk(dispatcher), f"/incidents/{northern_fire.number}/dispatch/"
    first = client.get(address, headers=HX).content.decode()
    assert chosen(first) == [str(engine_7.pk)]
    assert f"{address}?without={engine_7.pk}&amp;at=0" in first

    swapped = client.get(f"{address}?without={engine_7.pk}&at=0", headers=HX).content.decode()

    assert chosen(swapped) == [str(engine_8.pk)]
    assert "back to the first set" in swapped


def test_a_dispatcher_strikes_the_next_alarm_and_sees_at_once_what_it_adds(desk, dispatcher, northern_fire, engine_7, engine_8, two_alarms):
    client = desk(dispatcher)
    before = client.get(f"/incidents/{northern_fire.number}/dispatch/", headers=HX).content.decode()
    assert "Strike alarm 2" in before and "1 × Pump" in before

    after = client.post(f"/incidents/{northern_fire.number}/alarm/", {"alarm": "2"}, headers=HX).content.decode()

    assert "Alarm 2" in after and after.count(" checked data-digit") == 2 and "Take alarm 2 back" in after
    back = client.post(f"/incidents/{northern_fire.number}/alarm/withdraw/", {"alarm": "2"}, headers=HX)
    assert back.status_code == 204 and cards.standing(northern_fire).alarm == 1
    assert client.post(f"/incidents/{northern_fire.number}/alarm/", {"alarm": "²"}, headers=HX).status_code in (409, 422)


def test_what_is_short_is_asked_of_a_neighbour_and_stands_on_the_panel(desk, dispatcher, admin, northern_fire, two_alarms):
    services.add_neighbour(admin, neighbour=NewNeighbour("beyond", "邻市", "Next city", 116.6, 39.9, phone="119", capability_codes=("pump",)))
    client = desk(dispatcher)
    short = client.get(f"/incidents/{northern_fire.number}/dispatch/", headers=HX).content.decode()
    assert f"/incidents/{northern_fire.number}/aid/?capability=pump&amp;asked=1" in short

    form = client.get(f"/incidents/{northern_fire.number}/aid/?capability=pump&asked=1", headers=HX).content.decode()
    assert "Next city" in form and 'value="beyond" data-digit="1" checked' in form
    assert client.post(f"/incidents/{northern_fire.number}/aid/", {"capability": "pump", "asked": "1"}, headers=HX).status_code == 422
    asked = client.post(f"/incidents/{northern_fire.number}/aid/", {"neighbour": "beyond", "capability": "pump", "asked": "1"}, headers=HX)
    assert asked.status_code == 204

    row = AidRequest.objects.get()
    assert "Next city" in client.get(f"/incidents/{northern_fire.number}/panel/", headers=HX).content.decode()
    assert "Next city" in client.get("/aid/", headers=HX).content.decode()
    steps = client.get(f"/aid/{row.pk}/", headers=HX).content.decode()
    assert "Committed" in steps and "Declined" in steps
    assert client.post(f"/aid/{row.pk}/", {"state": "DECLINED"}, headers=HX).status_code == 422
    said = client.post(f"/aid/{row.pk}/", {"state": "COMMITTED", "committed": "1", "eta_minutes": "20"}, headers=HX)
    assert said.status_code == 204
    row.refresh_from_db()
    assert (row.state, row.committed) == ("COMMITTED", 1)


def test_an_administrator_saves_a_card_as_its_next_version(desk, admin, building_fire, engine_type, two_alarms):
    client = desk(admin)
    assert "1 × Pump" in client.get("/settings/run-cards/", headers=HX).content.decode()
    page = client.get("/settings/run-cards/building-fire/2/", headers=HX).content.decode()
    assert "version 1" in page

    lines = {"capability-0": "pump", "count-0": "3", "own-0": "on"}
    saved = client.post("/settings/run-cards/building-fire/2/", {"based_on": 1, "from_severity": "1", "note": "演练后调整", **lines}, headers=HX)
    assert saved.status_code == 302
    card = RunCard.objects.get(type=building_fire, alarm=2, is_current=True)
    assert (card.version, card.from_severity, [(line.count, line.is_own) for line in card.lines.all()]) == (2, 1, [(3, True)])

    stale = client.post("/settings/run-cards/building-fire/2/", {"based_on": 1, **lines}, headers=HX)
    assert stale.status_code == 422 and "meanwhile" in stale.content.decode()
    assert client.get("/settings/run-cards/building-fire/6/", headers=HX).status_code == 404
    assert client.get("/settings/run-cards/nothing/1/", headers=HX).status_code == 404


def test_a_version_of_a_card_is_never_edited_in_place(desk, admin, two_alarms):
    card = RunCard.objects.first()
    assert desk(admin).get(f"/settings/run-cards/{card.pk}/").status_code == 404
    assert desk(admin).post(f"/settings/run-cards/{card.pk}/", {"version": "9"}).status_code == 404


def test_an_administrator_changes_how_units_are_weighed(desk, admin):
    row, _new = Weighing.objects.get_or_create(pk=1)
    values = {
        "weighs_from_severity": 4, "turnout_seconds": 60, "rest_window_hours": 8, "rest_after_minutes": 240, "rest_seconds": 300,
        "cover_target_seconds": 600, "cover_percent": 0, "conditional_seconds": 600, "lost_seconds": 900,
    }  # fmt: skip
    client = desk(admin)
    assert "80" in client.get("/settings/weighing/", headers=HX).content.decode()

    assert client.post(f"/settings/weighing/{row.pk}/", values, headers=HX).status_code == 302

    assert (weighing.rules().turnout_seconds, weighing.rules().weighs_from_severity) == (60, 4)
    assert weighing.cover_cost(weighing.rules(), None) == 0
    assert client.get("/settings/neighbours/new/", headers=HX).status_code == 200


def test_the_menu_leads_whoever_may_answer_to_the_requests(desk, liaison, outsider):
    assert 'href="/aid/"' in desk(liaison).get("/aid/").content.decode()
    assert desk(outsider).get("/aid/").status_code == 403
