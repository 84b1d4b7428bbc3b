"""Search over everything: what a dispatcher types, what is found, and what nobody finds who may not know of it."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from access.actors import Actor
from access.sharing import verbs
from access.sharing.verbs import Terms
from incidents import finding, seeing
from incidents import services as incidents
from incidents.models import Incident
from resources.handles import INDEX


@pytest.fixture(autouse=True)
def _units_of_this_test_only():
    INDEX.forget()


def found(client, text):
    return client.get("/find/", {"q": text}).content.decode()


def test_a_dispatcher_finds_an_incident_by_the_end_of_its_number(desk, dispatcher, northern_fire, southern_pipe):
    page = found(desk(dispatcher), southern_pipe.number.rpartition("-")[2].lstrip("0"))

    assert re.search(r'data-incident="(\d+)"', page)[1] == str(southern_pipe.pk)


def test_a_dispatcher_finds_an_incident_by_the_initials_of_its_place(desk, dispatcher, northern_fire):
    for typed in ("lhcdl", "lianhuachi", "莲花池", "#lhc"):
        assert f'data-incident="{northern_fire.pk}"' in found(desk(dispatcher), typed), typed


def test_a_closed_incident_of_last_week_is_found_after_the_open_ones(desk, dispatcher, northern_fire, southern_pipe, done, now):
    incidents.close_incident(dispatcher, incident_id=southern_pipe.pk, disposition="done", at=now, now=now)
    client = desk(dispatcher)

    for typed in (southern_pipe.address[:4], southern_pipe.address[1:3], southern_pipe.type.name[:2], southern_pipe.type.name_en[1:].upper()):
        assert f'data-incident="{southern_pipe.pk}"' in found(client, typed), typed
    for typed in (southern_pipe.address[:2] + "无", "%%", "__", "\\'"):
        assert f'data-incident="{southern_pipe.pk}"' not in found(client, typed), typed


def test_a_fire_chief_of_the_south_finds_nothing_of_the_north(desk, fire_chief_south, northern_fire, engine_7):
    client = desk(fire_chief_south)

    for typed in (northern_fire.number, northern_fire.number[-4:], northern_fire.address[:4], engine_7.code):
        page = found(client, typed)
        assert "data-incident" not in page and "data-dialog" not in page, typed


def test_who_sees_few_of_many_that_sound_alike_finds_their_own_and_what_is_shown_to_them(
    fire_chief_north, fire_chief_south, liaison, dispatcher, water, northern_fire, southern_pipe, done, now, monkeypatch
):
    monkeypatch.setattr(finding, "LOOKED_AT", 2)
    for each in (northern_fire, southern_pipe):
        incidents.close_incident(Actor.system("test"), incident_id=each.pk, disposition="done", at=now, now=now)
        Incident.objects.filter(pk=each.pk).update(address="长街 1 号")
    newest = Incident.objects.get(pk=southern_pipe.pk)
    for number in range(4):  # newer ones of the south, none of which is shown to anybody
        newest.pk, newest.number, newest.call_received_at = None, f"N-{number}", now
        newest.save(force_insert=True)
    terms = Terms(water.pk, None, "SITUATION", now + timedelta(hours=1))
    verbs.share(dispatcher, kind=seeing.KIND.name, subject_id=northern_fire.pk, terms=terms, now=now)

    def seen(actor):
        return {each.pk for each in finding.find_incidents(actor, "长街", limit=20, now=now)}

    with CaptureQueriesContext(connection) as asked:
        assert seen(fire_chief_north) == {northern_fire.pk}
    whole = [each["sql"] for each in asked if "incidents_pairs" in each["sql"]]
    assert len(whole) == 1  # what the index is asked is not asked again of each row
    assert northern_fire.pk not in seen(fire_chief_south)
    assert northern_fire.pk in seen(liaison) and len(seen(dispatcher)) == 6


def test_a_unit_is_found_by_its_code_however_it_is_written(desk, dispatcher, engine_7):
    client = desk(dispatcher)

    for typed in (engine_7.code, engine_7.code.lower(), f"#{engine_7.code}"):
        assert f"/units/{engine_7.pk}/" in found(client, typed), typed


def test_commands_are_found_by_what_they_do_in_the_reader_s_language(desk, dispatcher):
    assert 'data-command="new_call"' in found(desk(dispatcher), "take a call")
    assert 'data-command="new_call"' in found(desk(dispatcher, "zh-hans"), ">jb")
    everything = found(desk(dispatcher), ">")
    assert 'data-command="map_list"' in everything and "data-incident" not in everything


def test_people_and_settings_are_found_only_by_those_who_keep_them(desk, admin, dispatcher):
    assert "/settings/people/" in found(desk(admin), "@dispatcher")
    assert "/settings/people/" not in found(desk(dispatcher), "@dispatcher")
    assert "/settings/units/" in found(desk(admin), "units")
    assert "/settings/units/" not in found(desk(dispatcher), "units")


def test_nothing_found_is_said_and_a_blank_field_asks_for_nothing(desk, dispatcher):
    assert "Nothing of this name" in found(desk(dispatcher), "zzzzzz")
    assert found(desk(dispatcher), "  ").strip() == ""


def test_the_short_address_leads_to_the_incident_or_the_unit(desk, dispatcher, northern_fire, engine_7):
    client = desk(dispatcher)

    assert client.get(f"/go/{northern_fire.number[-4:]}/").url == f"/incidents/{northern_fire.number}/"
    assert client.get(f"/go/{engine_7.code}/").url == f"/ops/?unit={engine_7.pk}"
    assert client.get("/go/nothing-like-it/").status_code == 404


def test_a_number_of_two_months_ago_is_found_whole_but_not_by_its_end(desk, dispatcher, northern_fire):
    old = northern_fire.created_at - timedelta(days=62)
    type(northern_fire).objects.filter(pk=northern_fire.pk).update(number=f"{old:%Y%m%d}-0007")
    client = desk(dispatcher)

    assert f'data-incident="{northern_fire.pk}"' not in found(client, "0007")
    assert f'data-incident="{northern_fire.pk}"' in found(client, f"{old:%Y%m%d}-0007")
    assert settings.CITY_TIME_ZONE  # numbers are days of the city's zone
