"""Words for types are changed by administrators, after a rehearsal on the reports since yesterday."""

import pytest
from django.test import Client

from access.actors import Actor
from access.models import Department, Region
from access.roles import Role
from incidents.models import Incident, IncidentType, KeyQuestion, TypeRule
from journal.models import Entry
from tests.conftest import Person
from tests.pages.conftest import Desk


@pytest.fixture
def smoke(building_fire: IncidentType) -> TypeRule:
    return TypeRule.objects.create(type=building_fire, words="起火", weight=10)


@pytest.fixture
def values(building_fire: IncidentType) -> dict[str, object]:
    return {"type": building_fire.pk, "words": "起火\n冒烟", "words_en": "", "excludes": "", "weight": 10, "is_active": "on"}


def test_an_administrator_changes_words_and_the_journal_keeps_the_old_ones(desk: Desk, admin: Actor, smoke: TypeRule, values: dict[str, object]):
    assert desk(admin).post(f"/settings/type-rules/{smoke.pk}/", values).status_code == 302

    entry = Entry.objects.get(name="access.reference_changed")
    assert (entry.data["before"], entry.data["after"]["words"].split()) == ({"words": "起火"}, ["起火", "冒烟"])


def test_an_administrator_writes_a_question(desk: Desk, admin: Actor, building_fire: IncidentType):
    sent = {"type": building_fire.pk, "order": 1, "text": "有人被困吗？", "text_en": "Trapped?", "kind": "YES_NO", "from_number": 1,
            "weight": 10, "weight_no": 0, "is_active": "on"}  # fmt: skip

    assert desk(admin).post("/settings/key-questions/new/", sent).status_code == 302
    assert desk(admin).post("/settings/key-questions/new/", sent | {"order": 7}).status_code == 422
    assert desk(admin).post("/settings/key-questions/new/", sent).status_code == 422  # its place is taken
    assert KeyQuestion.objects.count() == 1


def test_a_rehearsal_shows_which_reports_would_be_typed_differently_and_saves_nothing(
    desk: Desk, admin: Actor, smoke: TypeRule, values: dict[str, object], northern_fire: Incident, southern_pipe: Incident
):
    page = desk(admin).post("/settings/type-rules/rehearse/", {"rule": smoke.pk, **values}).content.decode()

    assert "2 reports since" in page and "1 would be typed differently" in page and "0 now, 1 with the change" in page
    assert "冒烟" in page and "better" in page
    smoke.refresh_from_db()
    assert smoke.words == "起火"


def test_who_may_not_see_an_incident_does_not_read_its_callers_words_in_a_rehearsal(
    desk: Desk, admin: Actor, person: Person, fire: Department, city: Region, smoke: TypeRule, values: dict[str, object], northern_fire: Incident
):
    both = person("both", (Role.ADMIN, None, None), (Role.DISPATCHER, None, city))

    hidden = desk(admin).post("/settings/type-rules/rehearse/", {"rule": smoke.pk, **values}).content.decode()
    seen = desk(both).post("/settings/type-rules/rehearse/", {"rule": smoke.pk, **values}).content.decode()

    assert "二楼冒烟" not in hidden and northern_fire.number not in hidden and "Hidden" in hidden
    assert "二楼冒烟" in seen and northern_fire.number in seen


def test_a_new_rule_and_one_taken_out_of_use_are_rehearsed_too(
    desk: Desk, admin: Actor, smoke: TypeRule, values: dict[str, object], northern_fire: Incident
):
    client = desk(admin)
    smoke.words = "冒烟"
    smoke.save()

    more = client.post("/settings/type-rules/rehearse/", values | {"words": "二楼"}).content.decode()
    less = client.post(
        "/settings/type-rules/rehearse/", {"rule": smoke.pk, **{name: value for name, value in values.items() if name != "is_active"}}
    ).content.decode()

    assert "0 would be typed differently" in more
    assert "1 would be typed differently" in less and "worse" in less


def test_a_rule_without_words_is_refused_with_the_reason(desk: Desk, admin: Actor, smoke: TypeRule, values: dict[str, object]):
    answer = desk(admin).post("/settings/type-rules/rehearse/", {"rule": smoke.pk, **values, "words": ""})

    assert answer.status_code == 422 and "Write at least one word." in answer.content.decode()


def test_a_dispatcher_rehearses_nothing(desk: Desk, dispatcher: Actor, smoke: TypeRule, values: dict[str, object]):
    assert desk(dispatcher).post("/settings/type-rules/rehearse/", {"rule": smoke.pk, **values}).status_code == 403


def test_a_partner_asks_through_the_api_which_types_words_speak_for(desk: Desk, partner: Actor, smoke: TypeRule):
    client: Client = desk(partner)

    found = client.post("/api/v1/incident-types/suggest/", {"words": "厨房起火了"}, content_type="application/json")
    denied = client.post("/api/v1/incident-types/suggest/", {"words": "没有起火"}, content_type="application/json")

    assert found.json() == [{"type": {"code": "building-fire", "name": "建筑火灾", "name_en": "Building fire"}, "score": 10, "words": ["起火"]}]
    assert denied.json() == []
