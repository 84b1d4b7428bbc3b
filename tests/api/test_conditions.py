"""Nobody overwrites what they have not seen, and nobody fetches twice what has not changed."""

import pytest

from access.actors import Actor
from incidents.models import Incident
from resources.models import Unit
from tests.api.conftest import ProgramOf


def test_a_reader_who_has_it_gets_304(program: ProgramOf, dispatcher: Actor, northern_fire: Incident) -> None:
    desk, address = program(dispatcher), f"incidents/{northern_fire.number}/"
    tag = desk.get(address)["ETag"]

    again = desk.get(address, If_None_Match=tag)

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", tag)


def test_news_of_a_unit_change_the_answer_but_conflict_with_no_edit(
    program: ProgramOf, dispatcher: Actor, crew: Actor, northern_fire: Incident, engine_7: Unit
) -> None:
    desk, address = program(dispatcher), f"incidents/{northern_fire.number}/"
    sent = desk.post(f"{address}assignments/", {"unit": engine_7.pk})
    read = desk.get(address)
    program(crew).post(f"assignments/{sent.json()['id']}/advance/", {"step": "EN_ROUTE"})

    assert desk.get(address, If_None_Match=read["ETag"]).status_code == 200
    assert desk.patch(address, {"summary": "二楼厨房"}, If_Match=read["ETag"]).status_code == 200


def test_an_editor_who_read_an_older_version_is_told_what_changed(
    program: ProgramOf, dispatcher: Actor, supervisor: Actor, northern_fire: Incident
) -> None:
    address = f"incidents/{northern_fire.number}/"
    read = program(supervisor).get(address)["ETag"]
    program(dispatcher).patch(address, {"severity": 1}, If_Match=read)

    late = program(supervisor).patch(address, {"address": "14 号"}, If_Match=read)

    assert late.status_code == 412, late.content
    assert (late.json()["code"], late.json()["changed"], late.json()["current_version"]) == ("stale", ["severity"], northern_fire.version + 1)
    assert late["Content-Type"] == "application/problem+json"


def test_an_edit_without_a_version_is_refused(program: ProgramOf, dispatcher: Actor, northern_fire: Incident) -> None:
    answer = program(dispatcher).patch(f"incidents/{northern_fire.number}/", {"severity": 1})

    assert (answer.status_code, answer.json()["code"]) == (428, "precondition_missing")


@pytest.mark.parametrize("tag", ["7", '"x"', '"7.zz"', "", '"99999999999999999999"'])
def test_a_tag_that_is_none_is_refused(program: ProgramOf, dispatcher: Actor, northern_fire: Incident, tag: str) -> None:
    answer = program(dispatcher).patch(f"incidents/{northern_fire.number}/", {"severity": 1}, If_Match=tag)

    assert answer.status_code == 422, answer.content


def test_a_verb_may_be_tied_to_the_version_too(program: ProgramOf, dispatcher: Actor, northern_fire: Incident) -> None:
    desk, address = program(dispatcher), f"incidents/{northern_fire.number}/"
    read = desk.get(address)["ETag"]
    desk.post(f"{address}triage/")

    late = desk.post(f"{address}cancel/", {"reason": "误报"}, If_Match=read)

    assert (late.status_code, late.json()["changed"]) == (412, ["status"])


def test_a_unit_changed_meanwhile_is_not_overwritten(program: ProgramOf, dispatcher: Actor, engine_7: Unit) -> None:
    desk, address = program(dispatcher), f"units/{engine_7.pk}/"
    read = desk.get(address)["ETag"]
    desk.post(f"{address}status/", {"availability": "NOT_AVAILABLE", "activity": "MEAL"}, If_Match=read)

    late = desk.post(f"{address}status/", {"availability": "AVAILABLE", "activity": "AT_STATION"}, If_Match=read)

    assert (late.status_code, late.json()["changed"]) == (412, ["availability", "activity"])
    assert desk.get(address).json()["activity"] == "MEAL"
