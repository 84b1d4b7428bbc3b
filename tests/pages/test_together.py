"""The list of incidents as a tool: filters kept and shared, several incidents changed together, the list taken out."""

import json

from incidents import services as incidents
from incidents.models import Incident, Note
from journal.models import Entry
from tests.conftest import user_of


def test_a_dispatcher_keeps_a_filter_and_finds_it_again_by_its_name(desk, dispatcher, northern_fire):
    client = desk(dispatcher)

    answer = client.post("/profile/filters/", {"page": "incidents", "query": "severity=2", "name": "重大", "next": "/incidents/?severity=2"})
    page = client.get("/incidents/?severity=2").content.decode()

    assert answer.url == "/incidents/?severity=2"
    assert 'href="?severity=2" aria-current="true"' in page and "重大" in page


def test_a_filter_is_shared_with_one_s_department_and_nobody_else(desk, dispatcher, call_taker, crew, fire):
    for actor in (dispatcher, call_taker):
        person = user_of(actor)
        person.department = fire
        person.save()
    desk(dispatcher).post("/profile/filters/", {"page": "incidents", "query": "status=open", "name": "交班", "is_shared": "1"})

    assert "交班" in desk(call_taker).get("/incidents/").content.decode()
    assert "交班" not in desk(crew).get("/incidents/").content.decode()


def test_only_who_keeps_a_filter_deletes_it_and_nobody_is_led_elsewhere(desk, dispatcher, call_taker):
    desk(dispatcher).post("/profile/filters/", {"page": "incidents", "query": "status=open", "name": "a"})
    kept = user_of(dispatcher).filters.get()

    assert desk(call_taker).post(f"/profile/filters/{kept.pk}/forget/").status_code == 404
    assert desk(dispatcher).post(f"/profile/filters/{kept.pk}/forget/", {"next": "https://evil.example/"}).url == "/profile/"
    assert not user_of(dispatcher).filters.exists()


def test_a_filter_cannot_be_shared_by_who_belongs_to_no_department(desk, dispatcher):
    page = desk(dispatcher).post("/profile/filters/", {"page": "incidents", "query": "q=x", "name": "x", "is_shared": "1"}, follow=True)

    assert "belong to no department" in page.content.decode()


def test_a_supervisor_takes_on_several_at_once_and_is_told_which_could_not_be(desk, supervisor, northern_fire, southern_pipe, done, now):
    incidents.close_incident(supervisor, incident_id=southern_pipe.pk, disposition="done", at=now, now=now)
    both = [northern_fire.number, southern_pipe.number]

    form = desk(supervisor).get("/incidents/together/", {"number": both}).content.decode()
    report = desk(supervisor).post("/incidents/together/", {"number": both, "verb": "triage"}).content.decode()
    noted = desk(supervisor).post("/incidents/together/", {"number": both, "verb": "cancel", "reason": "误报"}).content.decode()

    assert 'value="triage"' in form and f'value="{southern_pipe.number}"' in form
    assert "2 changed, 0 refused" in report  # taking on what is taken on already changes nothing and refuses nothing
    assert Incident.objects.get(pk=northern_fire.pk).status == "CANCELLED"
    assert "1 changed, 1 refused" in noted and southern_pipe.number in noted


def test_all_that_match_a_filter_are_changed_without_naming_them(desk, supervisor, northern_fire, southern_pipe):
    report = desk(supervisor).post("/incidents/together/", {"all": "1", "q": northern_fire.address, "verb": "note", "words": "统一巡查"})

    assert "2 changed, 0 refused" in report.content.decode()
    assert northern_fire.notes.get().text == "统一巡查"


def test_a_fire_chief_of_the_south_changes_nothing_in_the_north(desk, fire_chief_south, northern_fire):
    report = desk(fire_chief_south).post("/incidents/together/", {"number": [northern_fire.number], "verb": "note", "words": "x"})

    assert report.status_code == 422
    assert not northern_fire.notes.exists()


def test_the_narrowed_list_leaves_as_geojson_and_that_is_recorded(desk, dispatcher, northern_fire, southern_pipe):
    answer = desk(dispatcher).get("/incidents/export.geojson", {"q": northern_fire.number})

    (feature,) = json.loads(answer.content)["features"]
    assert feature["id"] == northern_fire.number
    assert feature["geometry"]["coordinates"] == [northern_fire.point.x, northern_fire.point.y]
    assert feature["properties"]["call_received_at"].endswith("Z")
    assert Entry.objects.filter(name="incidents.list_exported").exists()


def test_what_was_done_to_several_by_a_slip_is_taken_back_by_one_key(desk, supervisor, northern_fire, southern_pipe, done):
    both, client = [northern_fire.number, southern_pipe.number], desk(supervisor)

    closed = client.post("/incidents/together/", {"number": both, "verb": "close", "disposition": "done"}).content.decode()
    back = client.post("/incidents/together/undo/", {"verb": "close", "id": [northern_fire.pk, southern_pipe.pk]}).content.decode()

    assert 'data-key="undo"' in closed and f'name="id" value="{southern_pipe.pk}"' in closed
    assert "2 changed, 0 refused" in back and 'data-key="undo"' not in back
    assert set(Incident.objects.values_list("status", "reopened_count")) == {("TRIAGE", 1)}

    client.post("/incidents/together/", {"number": both, "verb": "note", "words": "统一巡查"})
    notes = list(northern_fire.notes.all()) + list(southern_pipe.notes.all())
    client.post("/incidents/together/undo/", {"verb": "note", "id": [each.pk for each in notes]})

    assert all(each.struck_at for each in [*northern_fire.notes.all(), *southern_pipe.notes.all()])
    assert 'data-key="undo"' not in client.post("/incidents/together/", {"number": both, "verb": "validate"}).content.decode()


def test_nobody_takes_back_what_others_did_or_what_is_not_theirs_to_see(desk, dispatcher, supervisor, fire_chief_south, northern_fire, done, now):
    note = incidents.write_note(dispatcher, incident_id=northern_fire.pk, words="关阀", now=now)
    incidents.close_incident(supervisor, incident_id=northern_fire.pk, disposition="done", at=now, now=now)

    foreign = desk(supervisor).post("/incidents/together/undo/", {"verb": "note", "id": note.pk})
    south = desk(fire_chief_south).post("/incidents/together/undo/", {"verb": "close", "id": northern_fire.pk})

    assert "0 changed, 0 refused" in foreign.content.decode() and "0 changed, 0 refused" in south.content.decode()
    assert Incident.objects.get(pk=northern_fire.pk).status == "CLOSED" and northern_fire.notes.get().struck_at is None
    assert desk(supervisor).post("/incidents/together/undo/", {"verb": "validate", "id": northern_fire.pk}).status_code == 404

    Note.objects.filter(pk=note.pk).update(author_key=fire_chief_south.key)  # written while they still saw it
    gone = desk(fire_chief_south).post("/incidents/together/undo/", {"verb": "note", "id": note.pk}).content.decode()
    assert "0 changed, 0 refused" in gone and northern_fire.number not in gone
