"""Run cards and greater alarms: what an alarm adds is recommended, nothing is sent twice, and every version stays readable."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.utils import translation

from access.actors import Actor
from incidents import cards, services
from incidents import selectors as incidents
from incidents.choosing import Server, Slot, fill
from incidents.models import Incident, IncidentType, RunCard
from incidents.services.alarms import AlarmNotGreater, AlarmNotStruck, NewLine, NoSuchAlarm, UnitsAskedFor
from incidents.services.common import IncidentClosed, Moment
from journal import selectors as journal
from kit.errors import Forbidden, Invalid, NotFound
from resources.models import Capability, Unit, UnitType
from tests.conftest import NewUnitMaker

Card = Callable[..., RunCard]


@pytest.fixture(autouse=True)
def _in_english() -> object:
    with translation.override("en"):
        yield


@pytest.fixture
def card(admin: Actor, building_fire: IncidentType, now: datetime) -> Card:
    """Save a card of building fires: `card(2, ("pump", 2), ("z-ladder", 1, True))`."""

    def save(alarm: int, *lines: tuple[object, ...], from_severity: int | None = None, based_on: int = 0) -> RunCard:
        new = [NewLine(*line) for line in lines]  # type: ignore[arg-type]
        return services.save_run_card(
            admin, type_id=building_fire.pk, alarm=alarm, lines=new, from_severity=from_severity, note="", based_on=based_on, now=now
        )

    return save


@pytest.fixture
def ladder_truck(new_unit: NewUnitMaker) -> Unit:
    kind = UnitType.objects.create(code="truck", name="举高消防车", name_en="Truck")
    kind.capabilities.set([Capability.objects.create(code="z-ladder", name="举高", name_en="Ladder")])
    return new_unit("T1", type=kind)


@pytest.fixture
def engines(new_unit: NewUnitMaker) -> list[Unit]:
    return [new_unit(f"P{number}") for number in range(1, 6)]


def first(dispatcher: Actor, incident: Incident) -> list[str]:
    return [unit.code for unit in incidents.recommendation(dispatcher, incident, limit=10).first]


def send(dispatcher: Actor, incident: Incident, unit: Unit, now: datetime) -> None:
    services.dispatch_unit(dispatcher, incident_id=incident.pk, unit_id=unit.pk, moment=Moment(at=now), now=now)


def test_the_card_says_how_many_go_in_which_order(
    dispatcher: Actor, northern_fire: Incident, engines: list[Unit], ladder_truck: Unit, card: Card
) -> None:
    card(1, ("z-ladder", 1), ("pump", 2))

    advice = incidents.recommendation(dispatcher, northern_fire, limit=10)

    assert [unit.code for unit in advice.first] == ["T1", "P1", "P2"]
    assert [(need.code, need.alarm) for need in advice.needs] == [("z-ladder", 1), ("pump", 1), ("pump", 1)]
    assert advice.standing is not None
    assert advice.standing.versions() == ["1:1"]


def test_a_greater_alarm_adds_and_never_sends_again(
    dispatcher: Actor, northern_fire: Incident, engines: list[Unit], ladder_truck: Unit, card: Card, now: datetime
) -> None:
    card(1, ("pump", 2))
    card(2, ("pump", 1), ("z-ladder", 1))
    for engine in engines[:2]:
        send(dispatcher, northern_fire, engine, now)
    assert first(dispatcher, northern_fire) == []

    services.strike_alarm(dispatcher, incident_id=northern_fire.pk, alarm=2, reason="", now=now)

    advice = incidents.recommendation(dispatcher, northern_fire, limit=10)
    assert [unit.code for unit in advice.first] == ["P3", "T1"]
    assert [need.is_sent for need in advice.needs] == [True, True, False, False]
    assert advice.alarm == 2


def test_a_unit_that_was_there_and_is_cleared_has_done_its_part_and_one_recalled_on_the_way_has_not(
    dispatcher: Actor, northern_fire: Incident, engines: list[Unit], card: Card, now: datetime
) -> None:
    card(1, ("pump", 2))
    for engine in engines[:2]:
        send(dispatcher, northern_fire, engine, now)
    done, recalled = northern_fire.assignments.order_by("unit__code")
    for step in ("ON_SCENE", "CLEARED"):
        services.advance_assignment(dispatcher, assignment_id=done.pk, step=step, moment=Moment(at=now), now=now)
    services.cancel_assignment(dispatcher, assignment_id=recalled.pk, reason="", now=now)

    assert len(first(dispatcher, northern_fire)) == 1


def test_a_crew_that_declined_is_not_chosen_again(dispatcher: Actor, northern_fire: Incident, engines: list[Unit], card: Card, now: datetime) -> None:
    card(1, ("pump", 1))
    send(dispatcher, northern_fire, engines[0], now)
    services.decline_assignment(dispatcher, assignment_id=northern_fire.assignments.get().pk, reason="爆胎", now=now)

    assert first(dispatcher, northern_fire) == ["P2"]


def test_a_grave_incident_begins_with_a_greater_alarm(dispatcher: Actor, northern_fire: Incident, engines: list[Unit], card: Card) -> None:
    card(1, ("pump", 1))
    card(2, ("pump", 1), from_severity=2)
    card(3, ("pump", 1), from_severity=1)

    assert cards.standing(northern_fire).alarm == 2
    assert first(dispatcher, northern_fire) == ["P1", "P2"]


def test_a_dispatcher_puts_another_unit_in_place_of_one(dispatcher: Actor, northern_fire: Incident, engines: list[Unit], card: Card) -> None:
    card(1, ("pump", 2))

    advice = incidents.recommendation(dispatcher, northern_fire, limit=10, without=[engines[0].pk], pinned=[engines[4].pk])

    assert [unit.code for unit in advice.first] == ["P5", "P2"]
    assert "P1" in [unit.code for unit in advice.others]


def test_what_is_short_is_named_with_where_those_are_that_could(
    dispatcher: Actor, northern_fire: Incident, southern_pipe: Incident, ladder_truck: Unit, new_unit: NewUnitMaker, card: Card, now: datetime
) -> None:
    new_unit("T2", type=ladder_truck.type, availability="NOT_AVAILABLE", activity="OUT_OF_SERVICE")
    send(dispatcher, southern_pipe, ladder_truck, now)
    card(1, ("z-ladder", 2))

    [short] = incidents.recommendation(dispatcher, northern_fire, limit=10).short

    assert (short.code, short.count) == ("z-ladder", 2)
    assert short.words == f"Short of 2 × Ladder. 1 at work: T1 Assigned ({southern_pipe.number}). 1 out of service: T2."


def test_two_of_a_kind_are_two_units_and_one_of_its_own_serves_nothing_else() -> None:
    slots = [Slot(1), Slot(1), Slot(2, is_own=True)]
    both, other, tender = Server(1, frozenset({1, 2})), Server(2, frozenset({1})), Server(3, frozenset({2}))
    cost = {1: 10.0, 2: 20.0, 3: 30.0}

    chosen = fill(slots, sent=[], free=[both, other, tender], cost=lambda unit_id, _beside: cost[unit_id])

    assert [each.unit_id for each in chosen] == [1, 2, 3]


def test_who_can_do_least_is_counted_first_among_those_sent() -> None:
    engine, tender = Server(1, frozenset({1, 2})), Server(2, frozenset({2}))

    filled = fill([Slot(2, is_own=True), Slot(1)], sent=[engine, tender], free=[], cost=lambda *_: 0.0)

    assert [(each.unit_id, each.is_sent) for each in filled] == [(2, True), (1, True)]


def test_an_alarm_that_is_no_greater_or_has_no_card_is_refused_in_words(
    dispatcher: Actor, call_taker: Actor, fire_chief_south: Actor, northern_fire: Incident, card: Card, now: datetime
) -> None:
    card(2, ("pump", 1))
    services.strike_alarm(dispatcher, incident_id=northern_fire.pk, alarm=2, reason="", now=now)

    with pytest.raises(AlarmNotGreater) as again:
        services.strike_alarm(dispatcher, incident_id=northern_fire.pk, alarm=2, reason="", now=now)
    assert again.value.sentence == f"{northern_fire.number} has alarm 2 already."
    with pytest.raises(NoSuchAlarm):
        services.strike_alarm(dispatcher, incident_id=northern_fire.pk, alarm=3, reason="", now=now)
    with pytest.raises(Forbidden):
        services.strike_alarm(call_taker, incident_id=northern_fire.pk, alarm=3, reason="", now=now)
    with pytest.raises(NotFound):
        services.strike_alarm(fire_chief_south, incident_id=northern_fire.pk, alarm=3, reason="", now=now)
    services.cancel_incident(dispatcher, incident_id=northern_fire.pk, reason="误报", now=now)
    with pytest.raises(IncidentClosed):
        services.strike_alarm(dispatcher, incident_id=northern_fire.pk, alarm=3, reason="", now=now)


def test_an_alarm_is_taken_back_only_while_nothing_went_for_it(
    dispatcher: Actor, northern_fire: Incident, engines: list[Unit], card: Card, now: datetime
) -> None:
    card(1, ("pump", 1))
    card(2, ("pump", 1))
    services.strike_alarm(dispatcher, incident_id=northern_fire.pk, alarm=2, reason="", now=now)

    services.withdraw_alarm(dispatcher, incident_id=northern_fire.pk, alarm=2, now=now)
    assert cards.standing(northern_fire).alarm == 1
    with pytest.raises(AlarmNotStruck):
        services.withdraw_alarm(dispatcher, incident_id=northern_fire.pk, alarm=2, now=now)

    services.strike_alarm(dispatcher, incident_id=northern_fire.pk, alarm=2, reason="", now=now)
    send(dispatcher, northern_fire, engines[0], now)
    with pytest.raises(UnitsAskedFor):
        services.withdraw_alarm(dispatcher, incident_id=northern_fire.pk, alarm=2, now=now)
    said = [line.sentence for line in journal.timeline(northern_fire, limit=10)]
    assert f"Dispatcher struck alarm 2 for {northern_fire.number}" in said
    assert f"Dispatcher took back alarm 2 of {northern_fire.number}" in said


def test_a_card_is_saved_as_its_next_version_and_the_one_before_stays(
    admin: Actor, building_fire: IncidentType, engines: list[Unit], card: Card
) -> None:
    old = card(1, ("pump", 2))
    new = card(1, ("pump", 3), based_on=1)

    assert [(each.version, each.is_current) for each in cards.versions_of(building_fire, 1)] == [(2, True), (1, False)]
    assert [line.count for line in old.lines.all()] == [2]
    assert cards.current_cards(building_fire) == [new]
    fact = journal.timeline(new, limit=1)[0].entry.data
    assert (fact["before"]["lines"], fact["after"]["lines"]) == ([["pump", 2, False]], [["pump", 3, False]])


def test_two_administrators_do_not_overwrite_each_other(
    admin: Actor, dispatcher: Actor, building_fire: IncidentType, engines: list[Unit], card: Card
) -> None:
    card(1, ("pump", 2))

    with pytest.raises(Invalid) as refusal:
        card(1, ("pump", 4), based_on=0)
    assert "meanwhile" in str(refusal.value.fields["based_on"])


@pytest.mark.parametrize(
    ("lines", "field"), [([("flying", 1)], "lines"), ([("pump", 0)], "lines"), ([("pump", 21)], "lines"), ([("pump", 1)] * 21, "lines")]
)
def test_a_card_that_cannot_be_is_refused(engines: list[Unit], card: Card, lines: list[tuple[str, int]], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        card(1, *lines)
    assert field in refusal.value.fields


def test_a_card_emptied_is_taken_out_and_the_types_own_needs_count_again(
    dispatcher: Actor, northern_fire: Incident, engines: list[Unit], card: Card
) -> None:
    card(1, ("pump", 3))
    card(1, based_on=1)

    assert first(dispatcher, northern_fire) == ["P1"]


def test_only_an_administrator_edits_cards(dispatcher: Actor, building_fire: IncidentType, now: datetime) -> None:
    with pytest.raises(Forbidden):
        services.save_run_card(dispatcher, type_id=building_fire.pk, alarm=1, lines=[], from_severity=None, note="", based_on=0, now=now)
