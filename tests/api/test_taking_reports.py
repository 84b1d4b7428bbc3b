"""What a program needs to take reports as a call-taker does: questions, answers, duplicates, and what reporters were told."""

from access.actors import Actor
from access.models import Region
from incidents.models import IncidentType, KeyQuestion, Report
from tests.api.conftest import ProgramOf
from tests.api.test_a_call_through_the_api import CALL


def test_answers_to_the_questions_of_a_type_raise_the_level_and_stand_in_the_report(
    program: ProgramOf, call_taker: Actor, building_fire: IncidentType, north: Region
) -> None:
    asked = KeyQuestion.objects.create(type=building_fire, order=1, text="有人被困吗？", text_en="Anyone trapped?", weight=10)
    taker = program(call_taker)

    [question] = taker.get("incident-types/building-fire/questions/").json()
    taken = taker.post("reports/", CALL | {"answers": {str(question["id"]): "yes", "nonsense": "yes"}})

    assert (question["text_en"], question["kind"]) == ("Anyone trapped?", "YES_NO")
    assert taken.status_code == 201, taken.content
    assert taker.get(taken["Location"]).json()["severity"] == building_fire.severity - 1
    [report] = taker.get(f"{taken['Location']}reports/").json()
    assert report["answers"]["answers"][0]["answer"] is True and report["place_words"] == CALL["place_words"] and report["told"] == []
    assert CALL["caller_phone"] not in str(report) and asked.pk == question["id"]
    assert taker.get("incident-types/no-such/questions/").status_code == 404


def test_a_program_asks_what_a_call_may_be_about_before_it_reports(
    program: ProgramOf, call_taker: Actor, auditor: Actor, building_fire: IncidentType, north: Region
) -> None:
    taker = program(call_taker)
    number = taker.post("reports/", CALL).json()["number"]

    found = taker.post("reports/candidates/", {"type": "building-fire", "point": [116.4001, 39.9501], "words": "冒烟"})
    nothing = taker.post("reports/candidates/", {"point": [116.5, 39.95]})

    assert found.status_code == 200, found.content
    [row] = found.json()
    assert row["number"] == number and row["is_likely"] and 5 < row["metres"] < 25 and row["why"]
    assert nothing.json() == [] and Report.objects.count() == 1
    assert program(auditor).post("reports/candidates/", {"place_words": "东路"}).status_code == 403
