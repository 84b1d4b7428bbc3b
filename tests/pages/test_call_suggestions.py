"""While a call is taken: types from the words, what to ask, the level the answers suggest."""

import pytest
from django.test import Client

from access.actors import Actor
from access.models import Region
from incidents.models import Incident, IncidentType, KeyQuestion, TypeRule
from tests.pages.conftest import Desk


@pytest.fixture
def rules(building_fire: IncidentType, burst_pipe: IncidentType) -> None:
    TypeRule.objects.create(type=building_fire, words="冒烟\n起火", words_en="smoke\nfire", weight=10)
    TypeRule.objects.create(type=burst_pipe, words="冒水\n水管 + 爆", words_en="burst pipe", weight=10)


@pytest.fixture
def trapped(burst_pipe: IncidentType) -> KeyQuestion:
    return KeyQuestion.objects.create(type=burst_pipe, order=1, text="有人被困吗？", text_en="Anyone trapped?", weight=10)


@pytest.fixture
def client_of_call_taker(desk: Desk, call_taker: Actor) -> Client:
    return desk(call_taker)


def test_the_words_offer_a_type_by_one_key_and_say_why(client_of_call_taker: Client, rules: None, building_fire: IncidentType):
    page = client_of_call_taker.post("/incidents/suggest-type/", {"words": "二楼冒烟"}).content.decode()

    assert f'data-value="{building_fire.pk}"' in page and 'data-key="take_type"' in page
    assert "because of: 冒烟" in page and "Building fire" in page


def test_a_type_that_is_chosen_stays_and_another_is_only_offered(
    client_of_call_taker: Client, rules: None, building_fire: IncidentType, burst_pipe: IncidentType
):
    agrees = client_of_call_taker.post("/incidents/suggest-type/", {"words": "二楼冒烟", "type": building_fire.pk}).content.decode()
    differs = client_of_call_taker.post("/incidents/suggest-type/", {"words": "二楼冒烟", "type": burst_pipe.pk}).content.decode()

    assert "✓ Building fire" in agrees and "take_type" not in agrees
    assert 'data-key="take_type"' in differs


def test_what_is_denied_offers_nothing(client_of_call_taker: Client, rules: None):
    assert "data-take-type" not in client_of_call_taker.post("/incidents/suggest-type/", {"words": "没有起火", "type": "x"}).content.decode()


def test_words_in_the_field_of_the_type_speak_too(client_of_call_taker: Client, rules: None):
    assert "data-take-type" in client_of_call_taker.post("/incidents/suggest-type/", {"type_words": "水管爆了"}).content.decode()


def test_the_questions_of_a_type_are_shown_with_what_was_answered(client_of_call_taker: Client, burst_pipe: IncidentType, trapped: KeyQuestion):
    values = {"type": burst_pipe.pk, f"answer-{trapped.pk}": "yes"}

    asked = client_of_call_taker.post("/incidents/questions/", values).content.decode()
    level = client_of_call_taker.post("/incidents/suggest-level/", values).content.decode()

    assert "Anyone trapped?" in asked and "checked" in asked
    assert "Suggested: 3 (the type&#x27;s own: 4)" in level or "Suggested: 3 (the type's own: 4)" in level
    assert "+10" in level


def test_a_call_that_comes_back_keeps_its_answers_and_level(client_of_call_taker: Client, burst_pipe: IncidentType, trapped: KeyQuestion):
    answer = client_of_call_taker.post("/incidents/new/", {"type": burst_pipe.pk, f"answer-{trapped.pk}": "yes", "severity": "2", "place": ""})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="yes" checked' in page and '<option value="2" selected>' in page


def test_the_answers_stand_on_the_incidents_page(client_of_call_taker: Client, burst_pipe: IncidentType, trapped: KeyQuestion, north: Region):
    values = {"type": burst_pipe.pk, "place": "东路", "lon": "116.4", "lat": "39.95", f"answer-{trapped.pk}": "yes", "severity": "2"}

    assert client_of_call_taker.post("/incidents/new/", values).status_code == 204

    incident = Incident.objects.get()
    page = client_of_call_taker.get(f"/incidents/{incident.number}/").content.decode()
    assert incident.severity == 2
    assert "Anyone trapped? <b>Yes</b>" in page and "Suggested level: 3" in page and "chosen by the operator: 2" in page


def test_who_takes_no_reports_gets_no_suggestions(desk: Desk, auditor: Actor):
    client = desk(auditor)

    assert [client.post(f"/incidents/{page}/", {}).status_code for page in ("suggest-type", "questions", "suggest-level")] == [403] * 3


@pytest.mark.parametrize("sent", [{"type": "9" * 40}, {"type": "①"}, {"answer-x": "1", "answer-" + "9" * 30: "1"}, {"severity": "9"}])
def test_nonsense_is_answered_with_nothing(client_of_call_taker: Client, sent: dict[str, str]):
    assert [client_of_call_taker.post(f"/incidents/{page}/", sent).status_code for page in ("suggest-type", "questions", "suggest-level")] == [
        200
    ] * 3
