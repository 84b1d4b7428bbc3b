"""Reference data and people, kept by administrators and nobody else."""

from access.models import Membership, User
from journal.models import Entry
from resources.models import Capability, Station, Unit


def test_an_administrator_adds_a_capability_and_the_journal_says_so(desk, admin):
    answer = desk(admin).post("/settings/capabilities/new/", {"code": "foam", "name": "泡沫", "name_en": "Foam"})

    assert answer.status_code == 302
    assert Capability.objects.get(code="foam").name_en == "Foam"
    assert Entry.objects.get(name="access.reference_changed").data["after"]["code"] == "foam"


def test_an_administrator_moves_a_station_and_what_it_was_stays_in_the_journal(desk, admin, station_north):
    values = {"code": "S1", "name": "北站", "name_en": "North", "department": station_north.department_id, "region": station_north.region_id,
              "is_active": "on", "lon": "116.5", "lat": "39.97"}  # fmt: skip

    answer = desk(admin).post(f"/settings/stations/{station_north.pk}/", values)

    assert answer.status_code == 302
    assert Station.objects.get().point.x == 116.5
    assert Entry.objects.get(name="access.reference_changed").data["before"]["point"] == [116.41, 39.96]


def test_a_new_unit_is_available_and_seen_by_its_department(desk, admin, station_north, engine_type):
    values = {"code": "E1", "name": "", "type": engine_type.pk, "station": station_north.pk, "department": station_north.department_id,
              "region": station_north.region_id, "crew_size": 5, "is_active": "on"}  # fmt: skip

    desk(admin).post("/settings/units/new/", values)

    unit = Unit.objects.get(code="E1")
    assert unit.is_available() and unit.department_ids == [station_north.department_id]


def test_a_code_that_is_taken_comes_back_with_the_reason(desk, admin, station_north):
    answer = desk(admin).post("/settings/departments/new/", {"code": "fire", "name": "x", "is_active": "on"})

    assert answer.status_code == 422


def test_a_station_off_the_earth_is_refused(desk, admin, station_north):
    values = {"code": "S2", "name": "x", "department": station_north.department_id, "lon": "1e300", "lat": "39"}

    assert desk(admin).post("/settings/stations/new/", values).status_code == 422


def test_a_dispatcher_has_no_settings(desk, dispatcher):
    client = desk(dispatcher)

    assert client.get("/settings/units/").status_code == 403
    assert client.post("/settings/capabilities/new/", {"code": "x", "name": "x"}).status_code == 403
    assert "/settings/" not in client.get("/ops/").content.decode()


def test_every_list_opens_filters_and_leaves_as_csv(desk, admin, station_north, engine_7, building_fire, done):
    from command_center.catalogues import CATALOGUES

    client = desk(admin)
    for catalogue in CATALOGUES:
        assert client.get(f"/settings/{catalogue.slug}/").status_code == 200, catalogue.slug
        assert client.get(f"/settings/{catalogue.slug}/?q=zzz").status_code == 200, catalogue.slug
        assert client.get(f"/settings/{catalogue.slug}/?format=csv").content.decode().startswith("\ufeff")
        if catalogue.may_add:
            assert client.get(f"/settings/{catalogue.slug}/new/").status_code == 200, catalogue.slug


def test_an_administrator_gives_and_ends_a_role(desk, admin, outsider, fire):
    client = desk(admin)
    person = User.objects.get(username="outsider")

    client.post(f"/settings/people/{person.pk}/", {"role": "dispatcher", "department_id": fire.pk, "region_id": ""})
    given = Membership.objects.get(user=person)
    client.post(f"/settings/memberships/{given.pk}/end/", {"person": person.pk})

    given.refresh_from_db()
    person.refresh_from_db()
    assert given.role == "dispatcher" and given.until is not None
    assert person.epoch == 3


def test_an_administrator_adds_a_person_who_can_sign_in(desk, admin, client):
    desk(admin).post(
        "/settings/people/new/",
        {"username": "newcomer", "name": "新人", "password": "a good long secret", "department_id": "", "language": "zh-hans"},
    )

    answer = client.post("/accounts/login/", {"login": "newcomer", "password": "a good long secret"})

    assert answer.status_code == 302 and answer["Location"] == "/ops/"


def test_taking_authority_shows_in_the_header_until_it_is_given_back(desk, dispatcher, water):
    client = desk(dispatcher)

    client.post(
        "/profile/break-glass/", {"role": "commander", "department_id": water.pk, "region_id": "", "reason": "Flood in the whole city tonight"}
    )
    during = client.get("/profile/").content.decode()
    taken = Membership.objects.get(kind="BREAK_GLASS")
    client.post(f"/profile/give-back/{taken.pk}/")
    after = client.get("/profile/").content.decode()

    assert "data-due" in during and "data-due" not in after


def test_a_language_chosen_once_is_remembered_on_every_desk(desk, dispatcher):
    desk(dispatcher).post("/profile/language/", {"language": "en"})

    assert User.objects.get(username="dispatcher").language == "en"


def test_an_administrator_keeps_a_hazard_with_its_days_and_the_next_call_near_it_shows_it(desk, admin, call_taker, city):
    values = {"code": "mill", "kind": "STRUCTURE", "name": "旧厂", "warning": "二层楼板不得上人", "warning_en": "Stay off the floors",
              "radius_m": "150", "valid_from": "2020-01-01", "valid_until": "2099-12-31", "source": "", "is_active": "on",
              "lon": "116.4", "lat": "39.95"}  # fmt: skip

    answer = desk(admin).post("/settings/hazards/new/", values)

    assert answer.status_code == 302
    assert Entry.objects.get(name="access.reference_changed").data["after"]["valid_until"] == "2099-12-31"
    near = desk(call_taker).post("/intake/place/", {"place": "x", "lon": "116.4005", "lat": "39.9503"}).content.decode()
    assert "Stay off the floors" in near
    assert desk(call_taker).get("/settings/hazards/").status_code in (403, 404)
    wrong = desk(admin).post("/settings/hazards/new/", values | {"code": "far", "radius_m": "999999"})
    assert wrong.status_code == 422
