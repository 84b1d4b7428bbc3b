"""What programs read: callers, files, facts, tokens, recommendations; looking is an act."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from access import narrowing, policy
from access.actors import Actor
from access.models import Token
from incidents import permissions, services
from incidents.models import Incident
from incidents.services.common import Moment
from incidents.services.work import NewTask
from journal import relay as relays
from journal.models import Entry
from kit.errors import Invalid
from resources.models import Unit
from tests.api.conftest import Program, ProgramOf
from tests.conftest import user_of


def test_a_caller_is_shown_to_those_who_may_know_and_each_look_is_recorded(
    program: ProgramOf, dispatcher: Actor, auditor: Actor, partner: Actor, northern_fire: Incident
) -> None:
    address = f"incidents/{northern_fire.number}/callers/"

    shown = program(dispatcher).get(address)
    program(dispatcher).get(address)

    assert shown.json() == [{"report_id": shown.json()[0]["report_id"], "name": "张女士", "phone": "13800002201"}]
    assert shown["Cache-Control"] == "no-store"
    assert Entry.objects.filter(name="incidents.caller_seen", actor_label="Dispatcher").count() == 2
    assert [program(actor).get(address).status_code for actor in (auditor, partner)] == [403, 403]


def test_nothing_else_tells_who_called(program: ProgramOf, dispatcher: Actor, auditor: Actor, northern_fire: Incident) -> None:
    desk = program(dispatcher)
    read = [f"incidents/{northern_fire.number}/", "incidents/", f"incidents/{northern_fire.number}/timeline/", "facts/"]

    for answer in [*(desk.get(address) for address in read), program(auditor).get("journal/")]:
        assert answer.status_code == 200
        assert b"13800002201" not in answer.content
        assert "张女士".encode() not in answer.content


@pytest.fixture
def kept(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def _attach(desk: Program, incident: Incident, name: str, content: bytes) -> Any:
    return desk.client.post(
        f"/api/v1/incidents/{incident.number}/attachments/",
        {"file": SimpleUploadedFile(name, content)},
        headers={"Authorization": f"Token {desk.secret}", "Idempotency-Key": "file-1"},
    )


def test_a_file_is_sent_once_and_comes_back_as_a_download_that_nothing_runs(
    program: ProgramOf, dispatcher: Actor, northern_fire: Incident, kept: Path
) -> None:
    desk = program(dispatcher)

    sent = _attach(desk, northern_fire, "说明.html", b"<script>alert(1)</script>")
    again = _attach(desk, northern_fire, "说明.html", b"<script>alert(1)</script>")
    fetched = desk.get(sent["Location"])

    assert (sent.status_code, sent.json()["media_type"]) == (201, "text/plain")
    assert again.content == sent.content
    assert b"".join(fetched.streaming_content) == b"<script>alert(1)</script>"
    assert fetched["Content-Disposition"].startswith("attachment;")
    assert (fetched["X-Content-Type-Options"], fetched["Content-Type"]) == ("nosniff", "application/octet-stream")
    assert "sandbox" in fetched["Content-Security-Policy"]
    assert Entry.objects.filter(name="incidents.attachment_opened").count() == 1


@pytest.mark.parametrize("content", [b"", b"\x7fELF\0\0", b"MZ\0\0"])
def test_a_file_that_is_none_of_the_known_kinds_is_refused(
    program: ProgramOf, dispatcher: Actor, northern_fire: Incident, kept: Path, content: bytes
) -> None:
    assert _attach(program(dispatcher), northern_fire, "x", content).status_code == 422


@pytest.fixture
def number(transactional_db: None) -> Callable[[], int]:
    """Number everything that was committed, as the running relay does."""

    def all_of_it() -> int:
        with relays.connect() as db:
            return relays.Relay().number(db)

    return all_of_it


def test_a_follower_gets_in_order_what_concerns_it_and_nothing_else(
    number: Callable[[], int], program: ProgramOf, fire_chief_north: Actor, liaison: Actor, northern_fire: Incident, southern_pipe: Incident
) -> None:
    number()

    north, water = (program(actor).get("facts/").json() for actor in (fire_chief_north, liaison))

    assert {subject for fact in north["items"] for subject in fact["about"]} == {f"incident:{northern_fire.pk}"}
    assert {subject for fact in water["items"] for subject in fact["about"]} == {f"incident:{southern_pipe.pk}"}
    assert [fact["position"] for fact in north["items"]] == sorted(fact["position"] for fact in north["items"])
    assert program(liaison).get(f"facts/?since={water['position']}").json() == {"items": [], "position": water["position"]}


def test_an_auditor_reads_the_journal_and_a_dispatcher_does_not(
    number: Callable[[], int], program: ProgramOf, auditor: Actor, dispatcher: Actor, northern_fire: Incident
) -> None:
    number()

    found = program(auditor).get(f"journal/?about=incident:{northern_fire.pk}").json()["items"]

    assert [entry["name"] for entry in found] == ["incidents.incident_opened", "incidents.report_taken"]
    assert found[0]["actor_label"] == "Call Taker"
    assert len(found[0]["digest"]) == 64
    assert program(dispatcher).get("journal/").status_code == 403


def test_a_token_may_be_issued_narrow_read_without_its_secret_and_taken_back(program: ProgramOf, admin: Actor, dispatcher: Actor) -> None:
    desk = program(admin)

    issued = desk.post("tokens/", {"person": "dispatcher", "name": "平板 3", "actions": ["incidents.view"], "days": 30})
    listed = desk.get("tokens/?person=dispatcher")
    made = Token.objects.get(user=user_of(dispatcher))
    taken = desk.post(f"tokens/{made.token_key}/revoke/")

    assert issued.status_code == 201
    assert [(row["name"], row["actions"]) for row in listed.json()] == [("平板 3", ["incidents.view"])]
    assert issued.json()["secret"].encode() not in listed.content
    assert (taken.status_code, taken.content) == (204, b"")
    assert desk.client.get("/api/v1/me/", headers={"Authorization": f"Token {issued.json()['secret']}"}).status_code == 401


def test_the_day_a_token_was_last_used_is_known(program: ProgramOf, dispatcher: Actor) -> None:
    desk = program(dispatcher)

    desk.get("me/")

    desk.token.refresh_from_db()
    assert desk.token.last_used_on == timezone.localdate()


def test_a_task_for_a_person_who_left_is_refused(program: ProgramOf, dispatcher: Actor, outsider: Actor, northern_fire: Incident) -> None:
    gone = user_of(outsider)
    gone.is_active = False
    gone.save()

    with pytest.raises(Invalid):
        services.issue_task(
            dispatcher, incident_id=northern_fire.pk, task=NewTask("关阀", northern_fire.department_id, person_id=gone.pk), now=timezone.now()
        )
    answer = program(dispatcher).post(f"incidents/{northern_fire.number}/tasks/", {"title": "关阀", "department": "fire", "person": "outsider"})
    assert (answer.status_code, list(answer.json()["fields"])) == (422, ["person"])


def test_a_token_may_not_do_what_its_person_may_not(program: ProgramOf, admin: Actor, auditor: Actor) -> None:
    answer = program(admin).post("tokens/", {"person": "auditor", "name": "x", "actions": ["incidents.close"]})

    assert (answer.status_code, answer.json()["code"]) == (409, "wider_than_own")


def test_the_recommended_unit_comes_first_with_its_reasons(program: ProgramOf, dispatcher: Actor, northern_fire: Incident, engine_7: Unit) -> None:
    found = program(dispatcher).get(f"incidents/{northern_fire.number}/recommendation/", Accept_Language="en").json()

    assert [(unit["unit"]["code"], unit["is_first"], unit["can"]) for unit in found["units"]] == [("E7", True, ["pump"])]
    assert "can: Pump" in found["units"][0]["reasons"]
    assert found["missing"] == []


def test_a_second_job_is_stacked_behind_the_first(
    program: ProgramOf, dispatcher: Actor, northern_fire: Incident, southern_pipe: Incident, engine_7: Unit, now: datetime
) -> None:
    services.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)

    stacked = program(dispatcher).post(f"incidents/{southern_pipe.number}/assignments/stacked/", {"unit": engine_7.pk})

    assert (stacked.status_code, stacked.json()["is_primary"]) == (201, False)


def test_a_person_reads_refusals_in_the_language_asked_for(program: ProgramOf, call_taker: Actor, northern_fire: Incident) -> None:
    taker, address = program(call_taker), f"incidents/{northern_fire.number}/cancel/"

    english = taker.post(address, {"reason": "x"}, Accept_Language="en")

    assert english.json()["title"] == "You are not allowed to do this."


def test_the_ready_made_condition_is_the_policy_s_own(dispatcher: Actor, fire_chief_north: Actor, call_taker: Actor, northern_fire: Incident) -> None:
    for actor in (dispatcher, fire_chief_north, call_taker):
        ready = narrowing.visible_sql(actor, permissions.VIEW, Incident, "id")
        rows = policy.visible(actor, permissions.VIEW, Incident.objects.filter(pk__gt=0)).order_by().values_list("id")
        sql, params = rows.query.sql_with_params()

        assert ready is not None
        assert ready[0] == sql
        assert [one for one in ready[1] if not isinstance(one, datetime)] == [one for one in params if not isinstance(one, datetime)]
    assert narrowing.visible_sql(Actor.anonymous(), permissions.VIEW, Incident, "id") is None
