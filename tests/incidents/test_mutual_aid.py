"""Mutual aid: a neighbour is asked, answers, comes and goes home; what it promised counts, and it sees no more than what it was asked."""

from datetime import datetime, timedelta

import pytest
from django.utils import translation

from access.actors import Actor
from access.models import Department, Region
from access.roles import Role
from incidents import aid, services
from incidents import selectors as incidents
from incidents.models import AidRequest, Incident, Neighbour
from incidents.models.aid import AidState
from incidents.services.aid import AidAnswer, AidCannot, AlreadyAsked, NewAid, NewNeighbour
from incidents.services.common import IncidentClosed, ReasonMissing
from journal import selectors as journal
from kit.errors import Forbidden, Invalid, NotFound
from resources.models import Unit
from tests.conftest import Person


@pytest.fixture(autouse=True)
def _in_english() -> object:
    with translation.override("en"):
        yield


@pytest.fixture
def beyond(admin: Actor) -> Neighbour:
    """The brigade of the next city: it answers by telephone."""
    new = NewNeighbour("beyond", "邻市消防", "Next city's brigade", 116.6, 39.9, phone="0316-119", capability_codes=("pump",))
    return services.add_neighbour(admin, neighbour=new)


@pytest.fixture
def southern(admin: Actor, beyond: Neighbour, fire: Department, south: Region) -> Neighbour:
    """Our own brigade in the south: its people answer in this system."""
    new = NewNeighbour("south", "南区消防", "Southern brigade", 116.4, 39.8, department_id=fire.pk, region_id=south.pk, capability_codes=("pump",))
    return services.add_neighbour(admin, neighbour=new)


def ask(actor: Actor, incident: Incident, neighbour: Neighbour, now: datetime, asked: int = 2) -> AidRequest:
    return services.request_aid(actor, incident_id=incident.pk, aid=NewAid(neighbour.code, "pump", asked, "带泡沫"), now=now)


def answer(actor: Actor, row: AidRequest, now: datetime, state: str, **said: object) -> AidRequest:
    return services.advance_aid(actor, request_id=row.pk, answer=AidAnswer(state, **said), now=now)  # type: ignore[arg-type]


def test_a_dispatcher_asks_and_notes_what_the_telephone_says(dispatcher: Actor, northern_fire: Incident, beyond: Neighbour, now: datetime) -> None:
    row = ask(dispatcher, northern_fire, beyond, now)
    assert (row.state, row.due_at) == (AidState.REQUESTED, now + timedelta(minutes=5))

    row = answer(dispatcher, row, now, "COMMITTED", committed=1, eta_at=now + timedelta(minutes=25), words="一辆泡沫车")
    row = answer(dispatcher, row, now, "EN_ROUTE")
    row = answer(dispatcher, row, now, "ARRIVED")
    row = answer(dispatcher, row, now, "RELEASED")
    row = answer(dispatcher, row, now, "RETURNED")

    assert (row.state, row.committed, row.answer) == (AidState.RETURNED, 1, "一辆泡沫车")
    said = [line.sentence for line in journal.timeline(northern_fire, limit=10)]
    assert f"Dispatcher asked Next city's brigade for 2 × Pump for {northern_fire.number}" in said
    assert f"Next city's brigade, help for {northern_fire.number}: Arrived" in said


def test_what_is_promised_fills_a_need_and_what_is_only_asked_does_not(
    dispatcher: Actor, northern_fire: Incident, beyond: Neighbour, now: datetime
) -> None:
    row = ask(dispatcher, northern_fire, beyond, now)
    [short] = incidents.recommendation(dispatcher, northern_fire, limit=5).short
    assert (short.count, short.asked) == (1, 2)
    assert "2 asked of neighbours, not answered yet." in short.words

    answer(dispatcher, row, now, "COMMITTED", committed=2)

    advice = incidents.recommendation(dispatcher, northern_fire, limit=5)
    assert advice.short == ()
    assert [(need.is_sent, need.is_aid) for need in advice.needs] == [(True, True)]


def test_the_chief_of_the_south_answers_without_seeing_the_northern_fire(
    dispatcher: Actor, fire_chief_south: Actor, northern_fire: Incident, southern: Neighbour, now: datetime
) -> None:
    row = ask(dispatcher, northern_fire, southern, now)

    [seen] = aid.requests_for(fire_chief_south, with_ended=False)
    assert (seen.pk, seen.what, seen.address) == (row.pk, "建筑火灾", northern_fire.address)
    with pytest.raises(NotFound):
        incidents.incident(fire_chief_south, northern_fire.number)
    assert AidState.RELEASED not in aid.open_steps(fire_chief_south, seen)
    assert answer(fire_chief_south, row, now, "COMMITTED").committed == 2
    answer(fire_chief_south, row, now, "ARRIVED")
    with pytest.raises(Forbidden):
        answer(fire_chief_south, row, now, "RELEASED")


def test_who_is_not_concerned_hears_nothing(
    dispatcher: Actor, liaison: Actor, outsider: Actor, northern_fire: Incident, southern: Neighbour, now: datetime
) -> None:
    row = ask(dispatcher, northern_fire, southern, now)

    for stranger in (liaison, outsider):
        assert list(aid.requests_for(stranger, with_ended=True)) == []
        with pytest.raises(NotFound):
            aid.request(stranger, row.pk)
        with pytest.raises(NotFound):
            answer(stranger, row, now, "COMMITTED")


def test_one_who_may_only_look_does_not_answer(
    dispatcher: Actor, person: Person, fire: Department, south: Region, northern_fire: Incident, southern: Neighbour, now: datetime
) -> None:
    watcher = person("watcher", (Role.CALL_TAKER, fire, south))
    row = ask(dispatcher, northern_fire, southern, now)

    assert aid.open_steps(watcher, aid.request(watcher, row.pk)) == []
    with pytest.raises(Forbidden):
        answer(watcher, row, now, "COMMITTED")
    with pytest.raises(Forbidden):
        ask(person("taker", (Role.CALL_TAKER, None, None)), northern_fire, southern, now)


def test_nobody_is_asked_twice_for_the_same_and_after_a_refusal_one_may_ask_again(
    dispatcher: Actor, northern_fire: Incident, beyond: Neighbour, now: datetime
) -> None:
    row = ask(dispatcher, northern_fire, beyond, now)
    with pytest.raises(AlreadyAsked) as again:
        ask(dispatcher, northern_fire, beyond, now)
    assert again.value.sentence == "Next city's brigade is asked for this already."

    with pytest.raises(ReasonMissing):
        answer(dispatcher, row, now, "DECLINED")
    answer(dispatcher, row, now, "DECLINED", words="自身有火情")
    with pytest.raises(AidCannot):
        answer(dispatcher, row, now, "COMMITTED")
    assert ask(dispatcher, northern_fire, beyond, now).pk != row.pk


@pytest.mark.parametrize(
    ("state", "said", "field"),
    [("COMMITTED", {"committed": 3}, "committed"), ("COMMITTED", {"eta_at": datetime.fromisoformat("2020-01-01T00:00:00+00:00")}, "eta_at")],
)
def test_a_promise_that_cannot_be_is_refused(
    dispatcher: Actor, northern_fire: Incident, beyond: Neighbour, now: datetime, state: str, said: dict[str, object], field: str
) -> None:
    row = ask(dispatcher, northern_fire, beyond, now)
    with pytest.raises(Invalid) as refusal:
        answer(dispatcher, row, now, state, **said)
    assert field in refusal.value.fields


def test_nothing_is_asked_for_what_is_over_or_of_nobody(dispatcher: Actor, northern_fire: Incident, beyond: Neighbour, now: datetime) -> None:
    with pytest.raises(Invalid):
        services.request_aid(dispatcher, incident_id=northern_fire.pk, aid=NewAid("nobody", "pump", 1), now=now)
    with pytest.raises(Invalid):
        services.request_aid(dispatcher, incident_id=northern_fire.pk, aid=NewAid("beyond", "pump", 0), now=now)
    services.cancel_incident(dispatcher, incident_id=northern_fire.pk, reason="误报", now=now)
    with pytest.raises(IncidentClosed):
        ask(dispatcher, northern_fire, beyond, now)


def test_the_nearest_who_has_what_is_short_stands_first(
    dispatcher: Actor, admin: Actor, northern_fire: Incident, southern: Neighbour, engine_7: Unit
) -> None:
    services.add_neighbour(admin, neighbour=NewNeighbour("dry", "无车", "Nothing", 116.4, 39.95))

    helpers = aid.helpers(dispatcher, northern_fire, capabilities=["pump"])

    assert [each.neighbour.code for each in helpers] == ["south", "beyond"]
    assert helpers[0].seconds is not None
    assert helpers[1].seconds is not None
    assert helpers[0].seconds < helpers[1].seconds
    assert "dry" in [each.neighbour.code for each in aid.helpers(dispatcher, northern_fire, capabilities=[])]


def test_an_answer_that_is_due_and_did_not_come_is_marked(dispatcher: Actor, northern_fire: Incident, beyond: Neighbour, now: datetime) -> None:
    row = ask(dispatcher, northern_fire, beyond, now)

    assert not aid.is_overdue(row, now + timedelta(minutes=4))
    assert aid.is_overdue(row, now + timedelta(minutes=6))
    answer(dispatcher, row, now, "COMMITTED")
    assert not aid.is_overdue(aid.request(dispatcher, row.pk), now + timedelta(minutes=6))
