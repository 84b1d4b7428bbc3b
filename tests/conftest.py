"""The cast: persons with roles in departments and regions of a small city, and a few things that happen to them."""

import gc
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.db import connection

from access.actors import Actor
from access.models import Department, Membership, Region, User
from access.roles import Role
from incidents import services as incidents
from incidents.models import Disposition, Incident, IncidentType
from incidents.services.common import Moment
from incidents.services.reporting import NewReport
from kit.geo import Position
from resources.models import Capability, Station, Unit, UnitType
from tests import tables


def pytest_configure() -> None:
    """Passwords of the cast protect nothing, and a slow hash would take most of the run; pages are rendered without collected files."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}


def pytest_collection_finish() -> None:
    """What was imported stays until the end: looking through it for garbage again and again took a tenth of a run."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


APPEND_ONLY = """
DO $$ DECLARE t regclass; BEGIN
  FOR t IN SELECT c.oid FROM pg_class c JOIN pg_trigger g ON g.tgrelid = c.oid
           WHERE g.tgname IN ('journal_entries_stay', 'journal_head_stays') LOOP
    EXECUTE format('ALTER TABLE %s {verb} TRIGGER USER', t);
  END LOOP;
END $$
"""


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings: None, django_db_keepdb: bool, django_db_createdb: bool, django_db_blocker: Any
) -> None:
    """A database made for a run is a copy."""
    if not django_db_keepdb or django_db_createdb:
        with django_db_blocker.unblock():
            settings.DATABASES["default"]["TEST"]["TEMPLATE"] = tables.template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Let the test runner empty the append-only tables between tests that commit; nothing else may."""
    flush = connection.ops.execute_sql_flush

    def flush_all(statements: list[str]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(APPEND_ONLY.format(verb="DISABLE"))
            # knox's own unused token table refers to people, so the emptying must cascade.
            cascading = [statement.replace(";", " CASCADE;") if statement.startswith("TRUNCATE") else statement for statement in statements]
            flush([*cascading, "TRUNCATE journal_entry RESTART IDENTITY;", "UPDATE journal_head SET position = 0, digest = '';"])
            cursor.execute(APPEND_ONLY.format(verb="ENABLE"))

    connection.ops.execute_sql_flush = flush_all  # type: ignore[method-assign]


NORTH_POINT = Position(116.40, 39.95)
SOUTH_POINT = Position(116.40, 39.85)


@pytest.fixture
def now() -> datetime:
    """The present, to the microsecond the database keeps."""
    return datetime.now(UTC)


def _square(west: float, south: float, east: float, north: float) -> MultiPolygon:
    return MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=4326)


@pytest.fixture
def city(db: None) -> Region:
    return Region.add_root(code="110000", name="北京市", name_en="Beijing", level="CITY", geometry=_square(116.2, 39.7, 116.6, 40.1))


@pytest.fixture
def north(city: Region) -> Region:
    return city.add_child(code="110101", name="北区", name_en="North", level="DISTRICT", geometry=_square(116.2, 39.9, 116.6, 40.1))


@pytest.fixture
def south(city: Region, north: Region) -> Region:
    city.refresh_from_db()
    return city.add_child(code="110102", name="南区", name_en="South", level="DISTRICT", geometry=_square(116.2, 39.7, 116.6, 39.9))


@pytest.fixture
def fire(db: None) -> Department:
    return Department.objects.create(code="fire", name="消防救援", name_en="Fire and rescue")


@pytest.fixture
def water(db: None) -> Department:
    return Department.objects.create(code="water", name="自来水集团", name_en="Water company")


Person = Callable[..., Actor]


@pytest.fixture
def person(db: None, now: datetime) -> Person:
    """Make a person with memberships: `person("name", (Role.DISPATCHER, department, region), ...)`."""

    def make(username: str, *memberships: tuple[Role, Department | None, Region | None]) -> Actor:
        user = User.objects.create_user(username=username, password="a long enough secret", name=username.replace("_", " ").title())
        for role, department, region in memberships:
            Membership.objects.create(user=user, role=role, department=department, region=region, starts_at=now - timedelta(days=1))
        return Actor.of_user(user)

    return make


@pytest.fixture
def dispatcher(person: Person, city: Region) -> Actor:
    return person("dispatcher", (Role.DISPATCHER, None, city))


@pytest.fixture
def call_taker(person: Person, city: Region) -> Actor:
    return person("call_taker", (Role.CALL_TAKER, None, city))


@pytest.fixture
def supervisor(person: Person, city: Region) -> Actor:
    return person("supervisor", (Role.SUPERVISOR, None, city))


@pytest.fixture
def commander(person: Person, city: Region) -> Actor:
    return person("commander", (Role.COMMANDER, None, city))


@pytest.fixture
def fire_chief_north(person: Person, fire: Department, north: Region) -> Actor:
    return person("fire_chief_north", (Role.COMMANDER, fire, north))


@pytest.fixture
def fire_chief_south(person: Person, fire: Department, south: Region) -> Actor:
    return person("fire_chief_south", (Role.COMMANDER, fire, south))


@pytest.fixture
def liaison(person: Person, water: Department, city: Region) -> Actor:
    return person("liaison", (Role.LIAISON, water, city))


@pytest.fixture
def crew(person: Person, fire: Department, city: Region) -> Actor:
    return person("crew", (Role.CREW, fire, city))


@pytest.fixture
def auditor(person: Person) -> Actor:
    return person("auditor", (Role.AUDITOR, None, None))


@pytest.fixture
def admin(person: Person) -> Actor:
    return person("admin", (Role.ADMIN, None, None))


@pytest.fixture
def partner(person: Person, city: Region) -> Actor:
    return person("partner", (Role.INTEGRATOR, None, city))


@pytest.fixture
def importer(person: Person) -> Actor:
    return person("importer", (Role.IMPORTER, None, None))


@pytest.fixture
def sensor(person: Person, water: Department, city: Region) -> Actor:
    return person("sensor", (Role.DEVICE, water, city))


@pytest.fixture
def outsider(person: Person) -> Actor:
    return person("outsider")


@pytest.fixture
def citizen() -> Actor:
    return Actor.anonymous()


@pytest.fixture
def building_fire(fire: Department) -> IncidentType:
    kind = IncidentType.objects.create(
        code="building-fire", name="建筑火灾", name_en="Building fire", kind="EMERGENCY", severity=2, department=fire, group="Fire"
    )
    kind.capabilities.set([Capability.objects.get_or_create(code="pump", defaults={"name": "供水灭火", "name_en": "Pump"})[0]])
    return kind


@pytest.fixture
def burst_pipe(water: Department) -> IncidentType:
    return IncidentType.objects.create(code="burst-pipe", name="供水管爆裂", name_en="Burst pipe", kind="SERVICE", severity=4, department=water)


@pytest.fixture
def done(db: None) -> Disposition:
    return Disposition.objects.create(code="done", name="处置完毕", name_en="Dealt with")


@pytest.fixture
def engine_type(db: None) -> UnitType:
    kind = UnitType.objects.create(code="engine", name="水罐消防车", name_en="Engine")
    kind.capabilities.set([Capability.objects.get_or_create(code="pump", defaults={"name": "供水灭火", "name_en": "Pump"})[0]])
    return kind


@pytest.fixture
def station_north(fire: Department, north: Region) -> Station:
    return Station.objects.create(
        code="S1",
        name="北站",
        name_en="North station",
        department=fire,
        department_ids=[fire.pk],
        region=north,
        point=Position(116.41, 39.96).as_point(),
    )


NewUnitMaker = Callable[..., Unit]


@pytest.fixture
def new_unit(fire: Department, north: Region, engine_type: UnitType, station_north: Station, now: datetime) -> NewUnitMaker:
    """Make a unit of the northern fire station: `new_unit("E7")`."""

    def make(code: str, **fields: Any) -> Unit:
        values: dict[str, Any] = {
            "type": engine_type,
            "department": fire,
            "department_ids": [fire.pk],
            "region": north,
            "station": station_north,
            "status_at": now - timedelta(hours=1),
        }
        return Unit.objects.create(code=code, **(values | fields))

    return make


@pytest.fixture
def engine_7(new_unit: NewUnitMaker) -> Unit:
    return new_unit("E7")


@pytest.fixture
def engine_8(new_unit: NewUnitMaker) -> Unit:
    return new_unit("E8")


def a_report(kind: IncidentType, now: datetime, **fields: Any) -> NewReport:
    """A phone call about something of this type in the north."""
    values: dict[str, Any] = {
        "source": "PHONE",
        "type_id": kind.pk,
        "place_words": "莲花池东路 12 号",
        "position": NORTH_POINT,
        "words": "二楼冒烟",
        "caller_name": "张女士",
        "caller_phone": "13800002201",
        "received_at": now,
    }
    return NewReport(**(values | fields))


@pytest.fixture
def northern_fire(call_taker: Actor, building_fire: IncidentType, north: Region, south: Region, now: datetime) -> Incident:
    return incidents.report_incident(call_taker, report=a_report(building_fire, now), now=now)


@pytest.fixture
def southern_pipe(call_taker: Actor, burst_pipe: IncidentType, north: Region, south: Region, now: datetime) -> Incident:
    return incidents.report_incident(call_taker, report=a_report(burst_pipe, now, position=SOUTH_POINT, words="路面冒水"), now=now)


@pytest.fixture
def moment(now: datetime) -> Moment:
    return Moment(at=now)


def user_of(actor: Actor) -> User:
    """The person's own row, to sign in with."""
    return User.objects.get(pk=actor.user_id)
