"""The response level and the mode as people decide them: what it will do is read first, and it can be taken back."""

import re

from incidents import modes, services
from incidents.services.plans import NewItem


def test_a_supervisor_reads_what_a_level_will_do_decides_it_and_takes_it_back(desk, supervisor, admin, northern_fire, building_fire, now):
    services.save_plan(
        admin, type_id=building_fire.pk, level="II", name="火灾预案", name_en="Fire plan", items=[NewItem("疏散", "Clear", due_minutes=10)],
        note="", based_on=0, now=now,
    )  # fmt: skip
    client = desk(supervisor)

    form = client.get(f"/incidents/{northern_fire.number}/respond/").content.decode()
    answer = client.post(f"/incidents/{northern_fire.number}/respond/", {"level": "II", "reason": "火势扩大"})
    page = client.get(f"/incidents/{northern_fire.number}/").content.decode()
    undone = client.post(re.search(r"/activations/\d+/stand-down/", answer["HX-Trigger"])[0])

    assert "Fire plan" in form and "Clear" in form and "within 10 min" in form
    assert "1 tasks given" in answer["HX-Trigger"]
    assert "0/1" in page
    assert undone.status_code == 204 and not northern_fire.activations.filter(ended_at=None).exists()


def test_a_level_without_a_plan_is_decided_all_the_same(desk, supervisor, northern_fire):
    desk(supervisor).post(f"/incidents/{northern_fire.number}/respond/", {"level": "IV", "reason": "小火"})

    northern_fire.refresh_from_db()
    assert northern_fire.response_level == "IV"


def test_a_dispatcher_who_presses_the_key_of_the_level_can_be_told_that_it_is_not_theirs(desk, supervisor, dispatcher, northern_fire):
    for address in ("/ops/", f"/incidents/{northern_fire.number}/"):
        pages = [desk(each).get(address).content.decode() for each in (dispatcher, supervisor)]

        assert ['data-key-refused="respond"' in page for page in pages] == [True, False], address


def test_switching_the_city_takes_the_level_typed_once_more_and_the_chip_says_it(desk, supervisor, dispatcher):
    client = desk(supervisor)
    values = {"level": "II", "reason": "暴雨", "region_id": ""}

    wrong = client.post("/mode/", {**values, "typed": "3"})
    assert wrong.status_code == 422 and modes.in_force() == []
    client.post("/mode/", {**values, "typed": "2"})

    assert "Emergency · II" in desk(dispatcher).get("/mode/chip/").content.decode()
    assert "Emergency · II" in desk(dispatcher).get("/ops/").content.decode()
    mode = modes.in_force()[0]
    dialog = client.get("/mode/").content.decode()
    assert re.findall(r'name="(\w+)"[^>]* data-focus', dialog) == ["reason"], "in an emergency one comes to end it"
    assert '<details class="mode-again">' in dialog
    client.post(f"/mode/{mode.pk}/end/", {"reason": "雨停"})
    assert "Routine" in desk(dispatcher).get("/mode/chip/").content.decode()


def test_a_dispatcher_sees_the_state_of_the_city_but_no_switch(desk, dispatcher):
    page = desk(dispatcher).get("/mode/").content.decode()

    assert "Routine everywhere" in page and "mode-form" not in page


def test_an_administrator_writes_a_plan_and_its_versions_stay(desk, admin, building_fire, water):
    client = desk(admin)
    address = f"/settings/plans/{building_fire.code}/II/"
    values = {
        "based_on": "0",
        "name": "火灾预案",
        "title-0": "疏散",
        "minutes-0": "10",
        "title-1": "供水",
        "department-1": str(water.pk),
        "evidence-1": "on",
    }

    saved = client.post(address, values)
    late = client.post(address, values)

    assert saved.status_code == 302 and late.status_code == 422
    page = client.get(address).content.decode()
    assert "疏散; 供水" in page and "in force" in page
    assert "火灾预案" in client.get("/settings/plans/").content.decode()
