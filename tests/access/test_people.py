"""Memberships, break-glass, tokens, and what they let a person do."""

import io
from datetime import datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from access import policy, roles, selectors, services
from access.actors import Actor
from access.models import Department, Membership, Region, Token, User
from access.roles import Role
from access.services import GlassNeedsReason, WiderThanOwn
from incidents import permissions
from incidents import selectors as incident_selectors
from incidents import services as incident_services
from incidents.models import Incident
from journal.models import Entry
from kit.errors import Forbidden, Invalid, NotFound


def refreshed(actor: Actor) -> Actor:
    return Actor.of_user(User.objects.get(pk=actor.user_id))


def test_an_administrator_grants_a_role_and_the_persons_sockets_notice(
    admin: Actor, outsider: Actor, fire: Department, north: Region, now: datetime
) -> None:
    services.grant_membership(admin, user_id=outsider.user_id, role=Role.DISPATCHER, department_id=fire.pk, region_id=north.pk, until=None, now=now)

    assert f"incidents.view@{fire.pk}:{north.pk}" in selectors.scopes_of(refreshed(outsider))
    assert User.objects.get(pk=outsider.user_id).epoch == 2


def test_a_dispatcher_grants_nothing(dispatcher: Actor, outsider: Actor, now: datetime) -> None:
    with pytest.raises(Forbidden):
        services.grant_membership(dispatcher, user_id=outsider.user_id, role=Role.ADMIN, department_id=None, region_id=None, until=None, now=now)


def test_a_membership_that_ran_out_gives_nothing(person: object, fire: Department, city: Region, northern_fire: Incident, now: datetime) -> None:
    actor = person("yesterdays_dispatcher", (Role.DISPATCHER, fire, city))  # type: ignore[operator]
    Membership.objects.filter(user_id=actor.user_id).update(until=now - timedelta(seconds=1))

    assert not policy.can(refreshed(actor), permissions.VIEW, northern_fire)
    assert not incident_selectors.incidents(actor).exists()


def test_a_chief_of_the_south_breaks_the_glass_for_an_hour_and_it_is_written_down(
    fire_chief_south: Actor, northern_fire: Incident, fire: Department, north: Region, now: datetime
) -> None:
    with pytest.raises(GlassNeedsReason):
        services.break_glass(fire_chief_south, role=Role.COMMANDER, department_id=fire.pk, region_id=north.pk, reason="急", now=now)

    membership = services.break_glass(
        fire_chief_south, role=Role.COMMANDER, department_id=fire.pk, region_id=north.pk, reason="北区值班电话无人接听", now=timezone.now()
    )

    wide = refreshed(fire_chief_south)
    assert policy.can(wide, permissions.CLOSE, northern_fire)
    assert wide.is_elevated
    assert membership.until is not None
    incident_services.write_note(wide, incident_id=northern_fire.pk, words="代北区值班处置", now=now)
    assert Entry.objects.get(name="incidents.note_written").data["elevated"] is True, "every entry made with it is marked"
    services.end_membership(wide, membership_id=membership.pk, now=timezone.now())
    assert not policy.can(refreshed(fire_chief_south), permissions.CLOSE, northern_fire)


def test_nobody_breaks_the_glass_into_administration(dispatcher: Actor, now: datetime) -> None:
    with pytest.raises(Invalid):
        services.break_glass(dispatcher, role=Role.ADMIN, department_id=None, region_id=None, reason="需要管理员权限处理", now=now)


def test_a_token_is_narrower_than_its_person_and_never_wider(admin: Actor, call_taker: Actor, northern_fire: Incident) -> None:
    token, secret = services.issue_token(admin, user_id=call_taker.user_id, name="tablet", actions=[permissions.VIEW], lifetime=timedelta(days=1))

    holder = Actor.of_token(token)
    assert policy.can(holder, permissions.VIEW, northern_fire)
    assert not policy.can(holder, permissions.REPORT, northern_fire)
    assert secret not in {str(value) for value in Token.objects.values_list("digest", "token_key").get()}
    with pytest.raises(WiderThanOwn):
        services.issue_token(admin, user_id=call_taker.user_id, name="tablet", actions=[permissions.CLOSE], lifetime=timedelta(days=1))


def test_a_person_whose_access_ended_can_do_nothing_more(admin: Actor, dispatcher: Actor, northern_fire: Incident, now: datetime) -> None:
    services.deactivate_person(admin, user_id=dispatcher.user_id, now=now)

    assert not incident_selectors.incidents(dispatcher).exists()
    assert not policy.can(refreshed(dispatcher), permissions.VIEW, northern_fire)


def test_what_one_may_not_know_is_not_found_and_what_one_may_not_do_is_forbidden(
    fire_chief_south: Actor, call_taker: Actor, northern_fire: Incident
) -> None:
    with pytest.raises(NotFound):
        policy.require(fire_chief_south, permissions.CLOSE, northern_fire)
    with pytest.raises(Forbidden):
        policy.require(call_taker, permissions.CLOSE, northern_fire)


def test_can_and_visible_and_scopes_agree_for_every_role(
    person: object, fire: Department, water: Department, north: Region, south: Region, northern_fire: Incident
) -> None:
    audience = set(policy.audience(permissions.VIEW, northern_fire))
    for role in Role:
        for department in (None, fire, water):
            for region in (None, north, south):
                actor = person(f"{role}-{department}-{region}", (role, department, region))  # type: ignore[operator]
                answers = {
                    policy.can(actor, permissions.VIEW, northern_fire),
                    incident_selectors.incidents(actor).filter(pk=northern_fire.pk).exists(),
                    bool(audience & selectors.scopes_of(actor)),
                }
                assert len(answers) == 1, (role, department, region)


def test_every_action_has_a_role_and_a_sentence() -> None:
    for action in roles.actions().values():
        assert action.roles, action.name
        assert str(action.says), action.name


def test_an_administrator_gives_a_person_a_new_password_and_its_sockets_notice(admin: Actor, outsider: Actor) -> None:
    services.set_password(admin, user_id=outsider.user_id, password="another long secret")

    person = User.objects.get(pk=outsider.user_id)
    assert person.check_password("another long secret")
    assert person.epoch == 2
    with pytest.raises(Invalid):
        services.set_password(admin, user_id=outsider.user_id, password="short")


def test_a_dispatcher_gives_nobody_a_password(dispatcher: Actor, outsider: Actor) -> None:
    with pytest.raises(Forbidden):
        services.set_password(dispatcher, user_id=outsider.user_id, password="another long secret")


def test_the_first_administrator_of_a_bare_city_can_add_people(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough secret\n"))

    call_command("add_administrator", "first", "--name", "周磊")

    administrator = Actor.of_user(User.objects.get(username="first"))
    assert services.add_person(administrator, username="second", name="李敏", password="another long secret", department_id=None, language="en")


def test_a_weak_password_is_refused_with_its_reason(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))

    with pytest.raises(CommandError, match="10"):
        call_command("add_administrator", "first")
    assert not User.objects.exists()
