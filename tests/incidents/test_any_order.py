"""Whatever order people do things in, the city stays whole."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.actors import Actor
from incidents import services
from incidents.models import Assignment, Disposition, Incident
from incidents.models.assignments import COLUMNS, Step
from incidents.models.states import with_state
from incidents.services.common import Moment
from journal.models import Entry
from kit.errors import Refused
from resources.models import Unit

STEPS = ["ACKNOWLEDGED", "EN_ROUTE", "STAGED", "ON_SCENE", "TRANSPORTING", "AT_DESTINATION", "CLEARED"]
DEEDS = st.one_of(
    st.tuples(st.just("send"), st.integers(0, 1), st.integers(0, 1)),
    st.tuples(st.just("stack"), st.integers(0, 1), st.integers(0, 1)),
    st.tuples(st.just("step"), st.integers(0, 5), st.sampled_from(STEPS)),
    st.tuples(st.just("recall"), st.integers(0, 5), st.none()),
    st.tuples(st.just("decline"), st.integers(0, 5), st.none()),
    st.tuples(st.just("key"), st.integers(0, 1), st.sampled_from("12345678")),
    st.tuples(st.sampled_from(["control", "resolve", "verify", "close", "reopen", "validate", "merge", "unmerge"]), st.integers(0, 1), st.none()),
)


class City:
    """Two incidents, two engines, and a dispatcher who does anything at all."""

    def __init__(self, actor: Actor, jobs: list[Incident], engines: list[Unit], now: datetime) -> None:
        self.actor, self.jobs, self.engines, self.now = actor, jobs, engines, now

    def do(self, verb: str, which: int, what: object) -> None:
        self.now += timedelta(seconds=1)
        moment = Moment(at=self.now)
        actor, now = self.actor, self.now
        if verb in ("send", "stack"):
            send = services.dispatch_unit if verb == "send" else services.stack_unit
            send(actor, incident_id=self.jobs[which].pk, unit_id=self.engines[int(str(what))].pk, moment=moment, now=now)
        elif verb in ("step", "recall", "decline"):
            self._move(verb, which, what, moment)
        elif verb == "key":
            services.press_crew_key(actor, unit_id=self.engines[which].pk, key=str(what), moment=moment, now=now)
        else:
            self._settle(verb, which)

    def _move(self, verb: str, which: int, what: object, moment: Moment) -> None:
        found = list(Assignment.objects.order_by("id"))
        if not found:
            return
        assignment_id = found[which % len(found)].pk
        if verb == "step":
            services.advance_assignment(self.actor, assignment_id=assignment_id, step=str(what), moment=moment, now=self.now)
        elif verb == "recall":
            services.cancel_assignment(self.actor, assignment_id=assignment_id, reason="", now=self.now)
        else:
            services.decline_assignment(self.actor, assignment_id=assignment_id, reason="不能", now=self.now)

    def _settle(self, verb: str, which: int) -> None:
        one, other, actor, now = self.jobs[which].pk, self.jobs[1 - which].pk, self.actor, self.now
        deeds = {
            "control": lambda: services.control_incident(actor, incident_id=one, now=now),
            "resolve": lambda: services.resolve_incident(actor, incident_id=one, now=now),
            "verify": lambda: services.verify_incident(actor, incident_id=one, now=now),
            "validate": lambda: services.validate_incident(actor, incident_id=one, now=now),
            "close": lambda: services.close_incident(actor, incident_id=one, disposition="done", at=now, now=now),
            "reopen": lambda: services.reopen_incident(actor, incident_id=one, reason="又来", now=now),
            "merge": lambda: services.merge_incident(actor, incident_id=one, target_id=other, now=now),
            "unmerge": lambda: services.unmerge_incident(actor, incident_id=one, now=now),
        }
        deeds[verb]()

    def check(self) -> None:
        for engine in Unit.objects.all():
            running = list(Assignment.objects.open().filter(unit=engine))
            primary = [one for one in running if one.is_primary]
            assert len(primary) <= 1
            assert bool(primary) == bool(running), "a job is stacked behind nothing"
        for incident in with_state(Incident.objects.all()):
            running = list(Assignment.objects.open().filter(incident=incident))
            assert not (incident.is_finished() and running), "a finished incident still has a unit"
            assert incident.open_assignments == len(running)
            assert incident.reports.count() + sum(merged.reports.count() for merged in incident.merged.all()) >= (0 if incident.merged_into_id else 1)
        for assignment in Assignment.objects.all():
            for step in assignment.sources:
                assert getattr(assignment, COLUMNS[Step(step)]) is not None, "a source without its time"


@pytest.fixture
def busy_city(dispatcher: Actor, northern_fire: Incident, southern_pipe: Incident, engine_7: Unit, engine_8: Unit, done: Disposition) -> City:
    return City(dispatcher, [northern_fire, southern_pipe], [engine_7, engine_8], datetime.now(UTC) - timedelta(hours=2))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEEDS, max_size=14))
def test_whatever_a_dispatcher_does_in_whatever_order_nothing_contradicts_itself(busy_city: City, deeds: list[tuple[str, int, object]]) -> None:
    with transaction.atomic():
        before = Entry.objects.count()
        done_deeds = 0
        sentences: list[str] = []
        for deed in deeds:
            try:
                with transaction.atomic():
                    busy_city.do(*deed)
                done_deeds += 1
            except Refused as refusal:
                sentences.append(refusal.sentence)
            busy_city.check()
        assert all(sentences)
        assert Entry.objects.count() - before <= done_deeds * 2
        transaction.set_rollback(True)
