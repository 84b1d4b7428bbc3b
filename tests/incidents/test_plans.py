"""Plans: a response level is decided with a reason, its tasks are given once, and what was begun is never taken away."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings

from access.actors import Actor
from access.models import Department
from incidents import plans, services
from incidents.models import Incident, Plan
from incidents.models.reference import IncidentType
from incidents.services.common import ReasonMissing
from incidents.services.plans import NewItem, PlanRuns
from incidents.services.work import EvidenceMissing
from journal.models import Entry
from kit.errors import Forbidden, Invalid


@pytest.fixture
def plan_maker(admin: Actor, building_fire: IncidentType, fire: Department, water: Department, now: datetime):  # type: ignore[no-untyped-def]
    def make(level: str, *extra: NewItem) -> Plan:
        items = [NewItem("疏散同楼人员", due_minutes=10), NewItem("保障消防供水", department_id=water.pk, due_minutes=15), *extra]
        return services.save_plan(
            admin, type_id=building_fire.pk, level=level, name="建筑火灾预案", name_en="", items=items, note="", based_on=0, now=now
        )

    return make


def test_a_supervisor_sets_a_plan_in_motion_and_every_task_has_its_owner_and_deadline(
    supervisor: Actor, northern_fire: Incident, plan_maker, fire: Department, water: Department, now: datetime
) -> None:
    plan = plan_maker("II")

    services.activate_plan(supervisor, incident_id=northern_fire.pk, plan_id=plan.pk, reason="二楼有人", now=now)

    northern_fire.refresh_from_db()
    given = [(task.title, task.department_id, task.due_at - now) for task in northern_fire.tasks.all()]
    assert given == [("疏散同楼人员", fire.pk, timedelta(minutes=10)), ("保障消防供水", water.pk, timedelta(minutes=15))]
    assert northern_fire.response_level == "II" and water.pk in northern_fire.department_ids
    assert Entry.objects.filter(name="incidents.plan_activated").count() == 1


def test_raising_the_level_gives_only_what_was_not_given_yet(supervisor: Actor, northern_fire: Incident, plan_maker, now: datetime) -> None:
    lesser, greater = plan_maker("III"), plan_maker("II", NewItem("三十分钟内书面上报", due_minutes=30, needs_evidence=True))
    services.activate_plan(supervisor, incident_id=northern_fire.pk, plan_id=lesser.pk, reason="火势不大", now=now)

    shown = next(choice for choice in plans.choices(northern_fire) if choice.level == "II")
    services.activate_plan(supervisor, incident_id=northern_fire.pk, plan_id=greater.pk, reason="火势扩大", now=now)

    assert [effect.is_given for effect in shown.effects] == [True, True, False] and shown.new == 1
    assert northern_fire.tasks.count() == 3


def test_the_same_plan_is_not_set_in_motion_twice(supervisor: Actor, commander: Actor, northern_fire: Incident, plan_maker, now: datetime) -> None:
    plan = plan_maker("II")
    services.activate_plan(supervisor, incident_id=northern_fire.pk, plan_id=plan.pk, reason="火势扩大", now=now)

    with pytest.raises(PlanRuns):
        services.activate_plan(commander, incident_id=northern_fire.pk, plan_id=plan.pk, reason="火势扩大", now=now)
    assert northern_fire.tasks.count() == 2


def test_standing_down_cancels_what_was_not_begun_and_gives_the_level_back(
    supervisor: Actor, northern_fire: Incident, plan_maker, now: datetime
) -> None:
    running = services.activate_plan(supervisor, incident_id=northern_fire.pk, plan_id=plan_maker("II").pk, reason="火势扩大", now=now)
    begun = northern_fire.tasks.order_by("id")[0]
    services.advance_task(supervisor, task_id=begun.pk, state="IN_PROGRESS", reason="", now=now)

    for _twice in range(2):
        services.stand_down_plan(supervisor, activation_id=running.pk, now=now)

    northern_fire.refresh_from_db()
    assert [task.state for task in northern_fire.tasks.order_by("id")] == ["IN_PROGRESS", "CANCELLED"]
    assert northern_fire.response_level == "" and plans.running(northern_fire) == []
    assert Entry.objects.filter(name="incidents.plan_stood_down").count() == 1


def test_a_dispatcher_decides_no_response_level_and_nobody_without_a_reason(
    dispatcher: Actor, supervisor: Actor, northern_fire: Incident, plan_maker, now: datetime
) -> None:
    plan = plan_maker("II")

    with pytest.raises(Forbidden):
        services.activate_plan(dispatcher, incident_id=northern_fire.pk, plan_id=plan.pk, reason="x", now=now)
    with pytest.raises(ReasonMissing):
        services.activate_plan(supervisor, incident_id=northern_fire.pk, plan_id=plan.pk, reason=" ", now=now)
    assert not northern_fire.tasks.exists()


def test_a_task_with_evidence_is_done_only_with_a_file_of_its_own_incident(
    supervisor: Actor, northern_fire: Incident, southern_pipe: Incident, plan_maker, settings: LazySettings, tmp_path: Path, now: datetime
) -> None:
    settings.MEDIA_ROOT = tmp_path
    plan = plan_maker("II", NewItem("清点失联人员", needs_evidence=True))
    services.activate_plan(supervisor, incident_id=northern_fire.pk, plan_id=plan.pk, reason="火势扩大", now=now)
    task = northern_fire.tasks.get(needs_evidence=True)
    foreign = services.attach_file(supervisor, incident_id=southern_pipe.pk, name="a.txt", content=b"x", now=now)
    own = services.attach_file(supervisor, incident_id=northern_fire.pk, name="名单.txt", content=b"x", now=now)

    with pytest.raises(EvidenceMissing):
        services.advance_task(supervisor, task_id=task.pk, state="DONE", reason="", now=now)
    with pytest.raises(Invalid):
        services.show_evidence(supervisor, task_id=task.pk, attachment_id=foreign.pk, now=now)
    services.show_evidence(supervisor, task_id=task.pk, attachment_id=own.pk, now=now)
    services.advance_task(supervisor, task_id=task.pk, state="DONE", reason="", now=now)

    assert (plans.running(northern_fire)[0].done, plans.running(northern_fire)[0].all) == (1, 3)


def test_a_plan_is_saved_in_versions_and_never_over_another_s_work(admin: Actor, northern_fire: Incident, plan_maker, now: datetime) -> None:
    first = plan_maker("II")
    values = {"type_id": first.type_id, "level": "II", "name": "建筑火灾预案", "name_en": "", "note": "精简", "now": now}

    second = services.save_plan(admin, items=[NewItem("疏散同楼人员")], based_on=1, **values)
    with pytest.raises(Invalid):
        services.save_plan(admin, items=[NewItem("别的")], based_on=1, **values)
    services.save_plan(admin, items=[], based_on=2, **values)

    assert [plan.version for plan in plans.versions_of(first.type_id, "II")] == [3, 2, 1]
    assert second.items.count() == 1 and plans.plan_for(northern_fire, "II") is None


def test_a_type_without_a_plan_of_its_own_gets_the_general_one(
    admin: Actor, northern_fire: Incident, southern_pipe: Incident, plan_maker, now
) -> None:
    general = services.save_plan(
        admin, type_id=None, level="II", name="通用预案", name_en="", items=[NewItem("成立现场指挥部")], note="", based_on=0, now=now
    )
    own = plan_maker("II")

    assert plans.plan_for(southern_pipe, "II") == general
    assert plans.plan_for(northern_fire, "II") == own
