"""An incident is shown to people it does not belong to: to whom, how much, until when, by whom; and taken back."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from access import selectors as access
from access.actors import Actor
from access.models import Department, Region, Share, ShareLook
from access.roles import Role
from access.sharing import reading, verbs
from access.sharing.verbs import AlreadyTheirs, Terms, TooLongShared
from incidents import permissions, seeing, selectors, services, shown
from incidents.models import Incident
from incidents.services.common import Moment
from journal import selectors as journal
from journal.models import Entry
from kit.errors import Forbidden, Invalid, NotFound
from resources.models import Unit
from tests.conftest import Person

KIND = seeing.KIND.name
HOUR = timedelta(hours=1)


def shared(actor: Actor, incident: Incident, now: datetime, *, to: Department | None = None, at: Region | None = None, **terms: object) -> Share:
    """Share for an hour, all but the caller."""
    values = {"level": "FULL", "until": now + HOUR, "note": ""} | terms
    made = Terms(to.pk if to else None, at.pk if at else None, **values)  # type: ignore[arg-type]
    return verbs.share(actor, kind=KIND, subject_id=incident.pk, terms=made, now=now)


def numbers(actor: Actor) -> list[str]:
    return [row.number for row in seeing.known(actor)]


def test_the_water_company_sees_a_fire_that_is_shared_with_it_and_only_looks(
    dispatcher: Actor, liaison: Actor, water: Department, northern_fire: Incident, now: datetime
):
    assert numbers(liaison) == []

    shared(dispatcher, northern_fire, now, to=water, note="please watch the pressure")

    assert numbers(liaison) == [northern_fire.number]
    assert shown.shown_panel(liaison, northern_fire.number, lines=20).seen.share.note == "please watch the pressure"
    assert not selectors.incidents(liaison).exists()
    with pytest.raises(NotFound):
        services.write_note(liaison, incident_id=northern_fire.pk, words="x", now=now)
    with pytest.raises(NotFound):
        shared(liaison, northern_fire, now, to=water)


def test_a_share_with_a_district_reaches_its_departments_and_nobody_else(
    dispatcher: Actor,
    person: Person,
    fire: Department,
    water: Department,
    city: Region,
    north: Region,
    south: Region,
    northern_fire: Incident,
    now: datetime,
):
    street = Region.objects.get(pk=south.pk).add_child(code="110102001", name="南街", level="STREET")
    inside = person("street_water", (Role.LIAISON, water, street))
    there = person("water_south", (Role.LIAISON, water, south))
    other_side = person("water_north", (Role.LIAISON, water, north))
    city_wide = person("water_city", (Role.LIAISON, water, city))
    over_all = person("all_of_south", (Role.DISPATCHER, None, south))

    share = shared(dispatcher, northern_fire, now, at=south)

    assert [numbers(each) for each in (inside, there, over_all)] == [[northern_fire.number]] * 3
    assert [numbers(each) for each in (other_side, city_wide)] == [[], []]
    told = set(reading.scopes_of([share], seeing.KIND, now=now))
    assert [bool(access.scopes_of(each) & told) for each in (inside, there, over_all, other_side, city_wide)] == [True] * 3 + [False] * 2


def test_a_person_of_two_departments_sees_by_the_share_that_shows_most(
    dispatcher: Actor, person: Person, water: Department, south: Region, northern_fire: Incident, now: datetime
):
    police = Department.objects.create(code="police", name="公安")
    both = person("both", (Role.LIAISON, water, south), (Role.LIAISON, police, None))
    shared(dispatcher, northern_fire, now, to=water, level="OUTLINE")
    shared(dispatcher, northern_fire, now, to=police, level="SITUATION")

    (row,) = seeing.known(both)

    assert row.seen is not None and row.seen.level == "SITUATION"
    assert row.address == northern_fire.address


def test_what_is_no_share_is_refused_in_words(
    dispatcher: Actor, call_taker: Actor, fire: Department, water: Department, north: Region, northern_fire: Incident, now: datetime
):
    for refused, terms in (
        (AlreadyTheirs, {"to": fire}),
        (AlreadyTheirs, {"to": fire, "at": north}),
        (TooLongShared, {"to": water, "until": now + timedelta(hours=169)}),
        (Invalid, {"to": water, "until": now}),
        (Invalid, {}),
        (Invalid, {"to": water, "level": "ALL"}),
    ):
        with pytest.raises(refused):
            shared(dispatcher, northern_fire, now, **terms)
    with pytest.raises(Forbidden):
        shared(call_taker, northern_fire, now, to=water)
    assert not Share.objects.exists()


def test_sharing_twice_leaves_the_later_terms(dispatcher: Actor, liaison: Actor, water: Department, northern_fire: Incident, now: datetime):
    first = shared(dispatcher, northern_fire, now, to=water, level="FULL")
    shared(dispatcher, northern_fire, now, to=water, level="OUTLINE")

    first.refresh_from_db()
    (row,) = seeing.known(liaison)

    assert (first.ended, row.summary) == ("REPLACED", "")


def test_a_share_taken_back_is_gone_at_once_and_both_sides_are_told(
    dispatcher: Actor, liaison: Actor, water: Department, northern_fire: Incident, now: datetime
):
    share = shared(dispatcher, northern_fire, now, to=water)

    verbs.revoke_share(dispatcher, share_id=share.pk, now=now)
    verbs.revoke_share(dispatcher, share_id=share.pk, now=now)

    assert numbers(liaison) == []
    (entry,) = Entry.objects.filter(name="access.share_ended")
    assert set(entry.scopes) & access.scopes_of(liaison)
    assert set(entry.scopes) & access.scopes_of(dispatcher)
    assert f"incident:{northern_fire.pk}" in entry.about
    assert not Incident.objects.get(pk=northern_fire.pk).is_shared


def test_the_other_side_can_neither_take_back_nor_see_who_else_has_it(
    dispatcher: Actor, liaison: Actor, water: Department, northern_fire: Incident, now: datetime
):
    share = shared(dispatcher, northern_fire, now, to=water)

    with pytest.raises(NotFound):
        verbs.revoke_share(liaison, share_id=share.pk, now=now)


def test_nobody_sees_past_the_end_and_the_clock_tells_the_screens(
    dispatcher: Actor, liaison: Actor, water: Department, northern_fire: Incident, now: datetime
):
    share = shared(dispatcher, northern_fire, now - 2 * HOUR, to=water)

    assert numbers(liaison) == []
    assert verbs.end_due_shares(Actor.system("clock"), now=now) == 1
    assert verbs.end_due_shares(Actor.system("clock"), now=now) == 0
    share.refresh_from_db()
    assert share.ended == "EXPIRED"


def test_a_look_is_a_receipt_that_both_sides_hear_of_once(
    dispatcher: Actor, liaison: Actor, water: Department, northern_fire: Incident, now: datetime
):
    share = shared(dispatcher, northern_fire, now, to=water)

    for minutes in (0, 1, 2):
        verbs.note_look(liaison, share_id=share.pk, is_refresh=False, now=now + timedelta(minutes=minutes))

    (look,) = ShareLook.objects.all()
    assert (look.person_id, look.times, look.first_at) == (liaison.user_id, 3, now)
    assert Entry.objects.filter(name="access.share_seen").count() == 1


def test_what_happens_to_a_shared_incident_reaches_the_other_side_as_news_without_content(
    dispatcher: Actor, liaison: Actor, water: Department, northern_fire: Incident, engine_7: Unit, moment: Moment, now: datetime
):
    shared(dispatcher, northern_fire, now, to=water, level="SITUATION")
    before = Entry.objects.count()

    services.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=moment, now=now)

    news = [entry for entry in Entry.objects.order_by("id")[before:] if set(entry.scopes) & access.scopes_of(liaison)]
    assert [(entry.name, entry.about, entry.data) for entry in news] == [
        ("access.shared_changed", [f"shown:incident:{northern_fire.pk}"], {"subject": f"incident:{northern_fire.pk}"})
    ]
    assert "access.shared_changed" not in [line.entry.name for line in journal.timeline(northern_fire)]
    panel = shown.shown_panel(liaison, northern_fire.number, lines=20)
    assert [each.unit.code for each in panel.assignments] == ["E7"]
    assert "incidents.unit_dispatched" in [line.entry.name for line in panel.lines]


def test_files_are_opened_by_the_other_side_only_at_the_level_that_shows_them(
    dispatcher: Actor, liaison: Actor, water: Department, northern_fire: Incident, now: datetime, settings: Any, tmp_path: Path
):
    settings.MEDIA_ROOT = tmp_path
    file = services.attach_file(dispatcher, incident_id=northern_fire.pk, name="plan.txt", content=b"floor plan", now=now)
    shared(dispatcher, northern_fire, now, to=water, level="SITUATION")

    with pytest.raises(NotFound):
        services.open_attachment(liaison, attachment_id=file.pk, is_piece=False, now=now)

    shared(dispatcher, northern_fire, now, to=water, level="FULL")
    assert services.open_attachment(liaison, attachment_id=file.pk, is_piece=False, now=now)


def test_an_incident_moved_to_the_department_it_was_shared_with_is_theirs_in_full(
    dispatcher: Actor, liaison: Actor, water: Department, northern_fire: Incident, now: datetime
):
    share = shared(dispatcher, northern_fire, now, to=water, level="OUTLINE")
    services.transfer_incident(dispatcher, incident_id=northern_fire.pk, department_id=water.pk, reason="a burst main", now=now)

    (row,) = seeing.known(liaison)
    assert (row.seen, row.address) == (None, northern_fire.address)

    verbs.revoke_share(dispatcher, share_id=share.pk, now=now)
    assert numbers(liaison) == [northern_fire.number]


def test_broken_glass_shows_it_for_an_hour_and_every_look_is_told_to_its_owners(
    dispatcher: Actor, supervisor: Actor, liaison: Actor, northern_fire: Incident, now: datetime
):
    with pytest.raises(verbs.GlassNeedsReason):
        verbs.break_glass_for(liaison, kind=KIND, subject_id=northern_fire.pk, reason="because", now=now)
    with pytest.raises(AlreadyTheirs):
        verbs.break_glass_for(dispatcher, kind=KIND, subject_id=northern_fire.pk, reason="a reason that is long enough", now=now)

    share = verbs.break_glass_for(liaison, kind=KIND, subject_id=northern_fire.pk, reason="the main at the fire must be shut", now=now)
    for _look in range(2):
        verbs.note_look(liaison, share_id=share.pk, is_refresh=False, now=now)

    assert numbers(liaison) == [northern_fire.number]
    assert share.until == now + HOUR
    looks = Entry.objects.filter(name="access.share_seen")
    assert len(looks) == 2
    assert all(set(entry.scopes) & access.scopes_of(supervisor) for entry in [*looks, Entry.objects.get(name="access.glass_broken_for")])
    with pytest.raises(NotFound):
        services.write_note(liaison, incident_id=northern_fire.pk, words="x", now=now)
    verbs.revoke_share(liaison, share_id=share.pk, now=now)
    assert numbers(liaison) == []


def test_what_is_seen_by_wider_authority_of_an_hour_is_not_passed_on(
    person: Person, water: Department, city: Region, northern_fire: Incident, now: datetime
):
    from access import services as access_services
    from tests.conftest import user_of

    elsewhere = person("elsewhere", (Role.DISPATCHER, water, city))
    access_services.break_glass(elsewhere, role=Role.DISPATCHER, department_id=None, region_id=None, reason="the night watch is ill", now=now)
    wider = Actor.of_user(user_of(elsewhere))

    with pytest.raises(Forbidden):
        shared(wider, northern_fire, now, to=water)


def test_masked_rows_give_no_columns(liaison: Actor, northern_fire: Incident):
    with pytest.raises(TypeError):
        seeing.known(liaison).values_list("address")
    assert permissions.SHARE
