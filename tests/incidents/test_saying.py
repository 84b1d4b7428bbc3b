"""What is said of a unit by whatever way, and how a slip is taken back."""

from datetime import timedelta

import pytest

from incidents import arriving, services, unit_states
from incidents import services as incidents
from incidents.models.assignments import Source
from incidents.services.common import Moment
from incidents.services.dispatch import StillAssigned
from incidents.services.progress import StepBehind
from incidents.services.saying import Before, NoJob, StepSaid, TooLateToTakeBack
from journal.models import Entry
from kit.errors import Forbidden, Invalid, NotFound, Stale
from resources.models import LocalStatus
from resources.positions import recording
from resources.positions.fixes import Fix
from tests.conftest import NORTH_POINT


@pytest.fixture
def sent(dispatcher, northern_fire, engine_7, now):
    return incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)


@pytest.fixture
def say(dispatcher, engine_7, now):
    """The dispatcher says something of engine 7."""

    def speak(state, *, actor=dispatcher, unit=engine_7, label="", reason="", at=now):
        moment = Moment(at=at, source=Source.BUTTON)
        return services.say_of_unit(actor, unit_id=unit.pk, state=state, label=label, reason=reason, moment=moment, now=at)

    return speak


@pytest.mark.parametrize("key", list("123478"))
def test_each_crew_key_moves_the_assignment_to_its_step(say, sent, key):
    state = unit_states.BY_KEY[key]

    say(state.code)

    sent.refresh_from_db()
    assert sent.step == state.step and sent.sources[state.step]["source"] == "BUTTON"


def test_a_crew_that_reports_at_its_station_is_cleared_and_stands_there(say, sent, engine_7):
    say("AT_STATION")

    sent.refresh_from_db()
    engine_7.refresh_from_db()
    assert (sent.step, engine_7.activity, engine_7.is_available()) == ("CLEARED", "AT_STATION", True)


def test_without_a_job_the_unit_itself_takes_the_state_and_a_step_is_refused(say, engine_7):
    say("MEAL")
    engine_7.refresh_from_db()

    assert (engine_7.activity, engine_7.availability) == ("MEAL", "CONDITIONAL")
    with pytest.raises(NoJob):
        say("ACKNOWLEDGED")


def test_a_unit_with_a_job_does_not_go_to_lunch(say, sent):
    with pytest.raises(StillAssigned):
        say("MEAL")


def test_a_step_behind_is_refused_in_words_and_an_unknown_state_too(say, sent):
    say("ON_SCENE")

    with pytest.raises(StepBehind):
        say("EN_ROUTE")
    with pytest.raises(Invalid):
        say("DANCING")


def test_a_crew_declines_with_a_reason_and_a_desk_recalls_without_one(say, sent, dispatcher, northern_fire, engine_7, now):
    say("DECLINED", reason="水泵故障")
    again = incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)
    say("RECALLED")

    sent.refresh_from_db()
    again.refresh_from_db()
    assert (sent.step, sent.reason, again.step) == ("DECLINED", "水泵故障", "CANCELLED")


def test_a_departments_word_stands_beside_the_step_it_means(say, sent, fire, engine_7):
    LocalStatus.objects.create(department=fire, code="inside", name="内攻", availability="NOT_AVAILABLE", activity="ON_SCENE")

    say("ON_SCENE", label="inside")

    sent.refresh_from_db()
    engine_7.refresh_from_db()
    assert (sent.step, engine_7.status_label.code) == ("ON_SCENE", "inside")


def test_who_may_not_speak_for_a_unit_is_refused_and_who_may_not_see_it_learns_nothing(say, call_taker, fire_chief_south):
    with pytest.raises(Forbidden):
        say("MEAL", actor=call_taker)
    with pytest.raises(NotFound):
        say("MEAL", actor=fire_chief_south)


def test_a_step_said_by_mistake_is_taken_back_with_its_milestone_and_the_fact_stays(say, sent, dispatcher, northern_fire, engine_7, now):
    said = say("EN_ROUTE")
    assert isinstance(said.taken_back_by, StepSaid)

    services.take_back_step(dispatcher, assignment_id=sent.pk, version=said.taken_back_by.version, now=now + timedelta(seconds=8))

    for row in (sent, northern_fire, engine_7):
        row.refresh_from_db()
    assert (sent.step, sent.en_route_at, northern_fire.first_en_route_at, engine_7.activity) == ("DISPATCHED", None, None, "ASSIGNED")
    names = list(Entry.objects.filter(about__contains=[f"incident:{northern_fire.pk}"]).order_by("id").values_list("name", flat=True))
    assert names[-2:] == ["incidents.assignment_advanced", "incidents.step_taken_back"]


def test_a_milestone_that_another_unit_reached_too_stays(say, sent, dispatcher, northern_fire, engine_8, now):
    incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_8.pk, moment=Moment(at=now), now=now)
    say("EN_ROUTE", unit=engine_8, at=now + timedelta(seconds=30))
    said = say("EN_ROUTE", at=now + timedelta(seconds=10))

    services.take_back_step(dispatcher, assignment_id=sent.pk, version=said.taken_back_by.version, now=now + timedelta(seconds=31))

    northern_fire.refresh_from_db()
    assert northern_fire.first_en_route_at == now + timedelta(seconds=30)


def test_a_unit_cleared_by_mistake_is_back_at_its_job(say, sent, dispatcher, engine_7, northern_fire, now):
    say("ON_SCENE")
    said = say("ON_RADIO")

    services.take_back_step(dispatcher, assignment_id=sent.pk, version=said.taken_back_by.version, now=now)

    for row in (sent, engine_7, northern_fire):
        row.refresh_from_db()
    assert (sent.step, engine_7.activity, engine_7.is_available(), northern_fire.last_cleared_at) == ("ON_SCENE", "ON_SCENE", False, None)


def test_nothing_is_taken_back_once_something_followed(say, sent, dispatcher, supervisor, southern_pipe, engine_7, now):
    first = say("EN_ROUTE")
    say("ON_SCENE")
    cleared = say("CLEARED")
    incidents.dispatch_unit(dispatcher, incident_id=southern_pipe.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)

    for actor, version, later in (
        (dispatcher, first.taken_back_by.version, 0),
        (dispatcher, cleared.taken_back_by.version, 0),
        (supervisor, cleared.taken_back_by.version, 0),
    ):
        with pytest.raises(TooLateToTakeBack):
            services.take_back_step(actor, assignment_id=sent.pk, version=version, now=now + timedelta(seconds=later))


def test_only_who_said_it_takes_it_back_and_only_within_a_minute(say, sent, dispatcher, supervisor, now):
    said = say("EN_ROUTE")

    with pytest.raises(TooLateToTakeBack):
        services.take_back_step(supervisor, assignment_id=sent.pk, version=said.taken_back_by.version, now=now)
    with pytest.raises(TooLateToTakeBack):
        services.take_back_step(dispatcher, assignment_id=sent.pk, version=said.taken_back_by.version, now=now + timedelta(seconds=61))


def test_a_units_own_state_is_set_back_unless_somebody_changed_it_since(say, dispatcher, engine_7, now):
    said = say("TRAINING")
    assert isinstance(said.taken_back_by, Before)
    services.restore_unit(dispatcher, before=said.taken_back_by, now=now)

    engine_7.refresh_from_db()
    assert engine_7.activity == "AT_STATION"
    with pytest.raises(Stale):
        services.restore_unit(dispatcher, before=said.taken_back_by, now=now)


@pytest.fixture
def drive(partner, engine_7):
    """Engine 7 reports where it is, at a time."""

    def report(lon, lat, at, accuracy=8.0):
        fix = Fix(engine_7.pk, at, lon, lat, accuracy=accuracy)
        recording.record_positions(partner, fixes=[fix], received_at=at)

    return report


@pytest.mark.django_db(transaction=True)
def test_who_stands_before_the_house_is_asked_whether_it_has_arrived_and_gets_the_time_of_the_crossing(
    drive, dispatcher, northern_fire, engine_7, now
):
    began = now - timedelta(minutes=6)
    drive(116.41, 39.96, began - timedelta(seconds=5))
    sent = incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=began), now=now)
    assert _hint(northern_fire, sent, now) is None
    drive(116.408, 39.957, now - timedelta(minutes=4))
    drive(NORTH_POINT.lon + 0.0005, NORTH_POINT.lat, now - timedelta(seconds=40))
    drive(NORTH_POINT.lon, NORTH_POINT.lat, now - timedelta(seconds=10))

    hint = _hint(northern_fire, sent, now)
    said = services.accept_hint(dispatcher, assignment_id=sent.pk, step=hint.step, now=now)

    sent.refresh_from_db()
    assert hint.step == "ON_SCENE" and hint.metres < 5
    assert sent.on_scene_at == now - timedelta(seconds=40) and sent.sources["ON_SCENE"]["source"] == "GEOFENCE"
    assert _hint(northern_fire, said_again(sent), now) is None
    assert said.taken_back_by is not None


@pytest.mark.django_db(transaction=True)
def test_who_has_left_the_place_of_its_order_is_asked_whether_it_is_on_its_way(drive, dispatcher, northern_fire, engine_7, now):
    began = now - timedelta(minutes=2)
    drive(116.41, 39.96, began - timedelta(seconds=5))
    sent = incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=began), now=now)
    drive(116.4105, 39.96, now - timedelta(seconds=50))
    assert _hint(northern_fire, sent, now) is None

    drive(116.4125, 39.96, now - timedelta(seconds=20))

    hint = _hint(northern_fire, sent, now)
    services.accept_hint(dispatcher, assignment_id=sent.pk, step=hint.step, now=now)
    sent.refresh_from_db()
    assert (hint.step, sent.en_route_at) == ("EN_ROUTE", now - timedelta(seconds=20))


@pytest.mark.django_db(transaction=True)
def test_an_old_or_vague_position_suggests_nothing(drive, dispatcher, northern_fire, engine_7, now):
    sent = incidents.dispatch_unit(
        dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now - timedelta(minutes=10)), now=now
    )
    drive(NORTH_POINT.lon, NORTH_POINT.lat, now - timedelta(minutes=5))
    assert _hint(northern_fire, sent, now) is None

    drive(NORTH_POINT.lon, NORTH_POINT.lat, now, accuracy=900.0)
    assert _hint(northern_fire, sent, now) is None


def said_again(assignment):
    """The assignment as the database has it now."""
    return type(assignment).objects.select_related("unit", "unit__last_position").get(pk=assignment.pk)


def _hint(incident, assignment, now):
    return arriving.hints(incident, [said_again(assignment)], now=now).get(assignment.pk)
