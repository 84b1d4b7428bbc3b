"""A small city that really runs (daphne, relay, PostgreSQL, Redis), and people in front of real browsers."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.gis.geos import MultiPolygon, Polygon
from django.contrib.sessions.backends.db import SessionStore
from django.core.management import call_command
from django.db import connections
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from access.models import Department, Membership, Region, User
from bench.browsers import FLAGS
from exchange.models import PhoneCall
from incidents import services as incidents
from incidents.models import DeskCall, Disposition, Incident, IncidentType, Plan, PlanItem
from incidents.services.common import Moment
from incidents.services.reporting import NewReport
from kit.geo import Position
from resources.models import Capability, Station, Unit, UnitType

PASSWORD = "a long enough secret"
DESK = {"width": 1920, "height": 1080}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Make sure there is a test database even when only journeys are run."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.django_db)
            item.add_marker(pytest.mark.browser)


@pytest.fixture(autouse=True)
def _django_db_marker() -> None:
    """Journeys write for real, so that other processes see it: no transaction is wrapped round them."""


@dataclass
class City:
    """Where it runs, and who may be signed in."""

    url: str
    people: dict[str, User]
    web: subprocess.Popen[bytes]

    def start_web(self) -> None:
        self.web = _web(int(self.url.rpartition(":")[2]))
        _wait(self.url)


def _environment() -> dict[str, str]:
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{connections['default'].settings_dict['NAME']}").geturl()
    pushing = {"PUSH_CONTACT": "mailto:duty@city.example", "PUSH_PRIVATE_KEY": "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"}  # RFC 8291's example
    return os.environ | {"DATABASE_URL": url, "DEBUG": "1", "CITY_NAME": "北京市", "LOG_LEVEL": "ERROR"} | pushing


def _web(port: int) -> "subprocess.Popen[bytes]":
    return _start("web", "-m", "daphne", "-b", "127.0.0.1", "-p", str(port), "command_center.asgi:application")


def _log(name: str) -> Path:
    return Path(settings.CITY_VAR) / "log" / f"journeys-{name}.log"


def _start(name: str, *command: str) -> "subprocess.Popen[bytes]":
    _log(name).parent.mkdir(parents=True, exist_ok=True)
    with _log(name).open("ab") as log:
        return subprocess.Popen([sys.executable, *command], cwd=settings.BASE_DIR, env=_environment(), stdout=log, stderr=log)


def _wait(url: str) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        try:
            urllib.request.urlopen(f"{url}/accounts/login/", timeout=5)
            return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"{url} did not answer within 60 s: {_log('web').read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="package")
def city(django_db_setup: None, django_db_blocker: Any) -> Iterator[City]:
    """The city, made once for all journeys and taken away after them."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"  # Playwright's loop runs in this thread, and only waits while we ask the database
    with django_db_blocker.unblock():
        people = _furnish()
        url = f"http://127.0.0.1:{_free_port()}"
        relay = _start("relay", "manage.py", "relay")
        running = City(url, people, _web(int(url.rpartition(":")[2])))
        _wait(url)
        yield running
        for process in (running.web, relay):
            process.terminate()
            process.wait(10)
        connections.close_all()
        call_command("flush", interactive=False, verbosity=0)
        connections.close_all()
        connections["default"].close_pool()  # type: ignore[attr-defined]
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def _furnish() -> dict[str, User]:
    now = timezone.now()
    root = Region.add_root(code="110000", name="北京市", name_en="Beijing", level="CITY", geometry=_square(116.2, 39.7, 116.6, 40.1))
    district = root.add_child(code="110101", name="北区", name_en="North", level="DISTRICT", geometry=_square(116.2, 39.9, 116.6, 40.1))
    fire = Department.objects.create(code="fire", name="消防救援", name_en="Fire and rescue")
    pump = Capability.objects.create(code="pump", name="供水灭火", name_en="Pump")
    engine = UnitType.objects.create(code="engine", name="水罐消防车", name_en="Engine")
    engine.capabilities.set([pump])
    blaze = IncidentType.objects.create(
        code="building-fire", name="建筑火灾", name_en="Building fire", kind="EMERGENCY", severity=2, department=fire, dispatch_seconds=60
    )
    blaze.capabilities.set([pump])
    IncidentType.objects.create(code="burst-pipe", name="供水管爆裂", name_en="Burst pipe", kind="SERVICE", severity=4, department=fire)
    plan = Plan.objects.create(type=blaze, level="II", name="建筑火灾预案", version=1, saved_at=now, saved_by="test")
    PlanItem.objects.create(plan=plan, order=1, title="疏散同楼人员", due_minutes=10)
    Disposition.objects.create(code="done", name="处置完毕", name_en="Dealt with")
    Disposition.objects.create(code="false-alarm", name="误报", name_en="False alarm")
    for number in range(1, 9):
        station = Station.objects.create(
            code=f"S{number}", name=f"第{number}消防站", name_en=f"Station {number}", department=fire, department_ids=[fire.pk],
            region=district, point=Position(116.25 + number * 0.04, 39.92 + number * 0.015).as_point(),
        )  # fmt: skip
        for letter in "AB":
            Unit.objects.create(
                code=f"E{number}{letter}", type=engine, department=fire, department_ids=[fire.pk], region=district, station=station, status_at=now
            )
    people = {}
    for name, label, role in (
        ("dispatcher", "李敏", "dispatcher"), ("second", "王芳", "dispatcher"),
        ("supervisor", "张伟", "supervisor"), ("calltaker", "赵静", "call_taker"), ("admin", "孙丽", "admin"),
    ):  # fmt: skip
        user = User.objects.create(username=name, name=label, password=PBKDF2PasswordHasher().encode(PASSWORD, "salt", 1000))
        Membership.objects.create(user=user, role=role, region=None if role == "admin" else root, starts_at=now - timedelta(days=1))
        people[name] = user
    return people


def _square(west: float, south: float, east: float, north: float) -> MultiPolygon:
    return MultiPolygon(Polygon.from_bbox((west, south, east, north)), srid=4326)


@pytest.fixture
def nothing_left_open(city: City, django_db_blocker: Any) -> Iterator[None]:
    """What is still open is closed after the test, whoever reported it, and no call is parked: the next one begins in a quiet city."""
    from access.actors import Actor

    def forget_calls() -> None:
        for calls in (PhoneCall, DeskCall):
            calls.objects.all().delete()

    with django_db_blocker.unblock():
        forget_calls()  # a page that closes may park its call after its test is over
    yield
    actor = Actor.system("test")
    with django_db_blocker.unblock():
        forget_calls()
        for incident in Incident.objects.open():
            now = timezone.now()
            for each in incident.assignments.open():
                incidents.advance_assignment(actor, assignment_id=each.pk, step="CLEARED", moment=Moment(at=now), now=now)
            for task in incident.tasks.exclude(state__in=["VERIFIED", "CANCELLED"]):
                incidents.advance_task(actor, task_id=task.pk, state="CANCELLED", reason="test over", now=now)
            incidents.close_incident(actor, incident_id=incident.pk, disposition="done", at=now, now=now)


@pytest.fixture
def fire_at(city: City, nothing_left_open: None, django_db_blocker: Any) -> Callable[..., Incident]:
    """A building burns: `fire_at("莲花池东路 12 号")`; it is closed after the test."""
    from access.actors import Actor

    actor = Actor.system("test")

    def report(place: str, *, lon: float = 116.4, lat: float = 39.98, kind: str = "building-fire", minutes: float = 0) -> Incident:
        with django_db_blocker.unblock():
            now = timezone.now()
            type_ = IncidentType.objects.get(code=kind)
            said = NewReport(
                source="PHONE", type_id=type_.pk, place_words=place, position=Position(lon, lat), words="二楼冒烟",
                received_at=now - timedelta(minutes=minutes), caller_name="张女士", caller_phone="13800002201",
            )  # fmt: skip
            return incidents.report_incident(actor, report=said, now=now)

    return report


@pytest.fixture(scope="package")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="package")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium less the window that nobody sees."""
    yield from opened(playwright, "CHROMIUM_SHELL_PATH")


def opened(playwright: Playwright, variable: str) -> Iterator[Browser]:
    program = os.environ.get(variable)
    if not program:
        pytest.skip(f"{variable} is not set: ./city test fetches Chromium")
    browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
    yield browser
    browser.close()


Sit = Callable[..., Page]


@pytest.fixture
def sit(city: City, browser: Browser, nothing_left_open: None, django_db_blocker: Any) -> Iterator[Sit]:
    """Somebody sits down at a desk of their own, signed in: `sit("dispatcher", "/ops/", theme="dark", language="en")`.

    Whatever the console or the content policy complains of fails the test.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_for(
        name: str | None, path: str = "/ops/", *, theme: str = "light", language: str = "zh-hans", size: dict[str, int] | None = None
    ) -> Page:
        context = browser.new_context(viewport=size or DESK, locale="zh-CN", timezone_id="Asia/Shanghai", reduced_motion="reduce")  # type: ignore[arg-type]
        contexts.append(context)
        cookies = {"theme": theme, "django_language": language}
        if name is not None:
            with django_db_blocker.unblock():
                cookies["sessionid"] = sign_in(city.people[name])
        context.add_cookies([{"name": key, "value": value, "url": city.url} for key, value in cookies.items()])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text + str(message.location)) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(city.url + path)
        assert name is None or "/accounts/login/" not in page.url, f"{name} is not signed in"
        if path.startswith("/ops/"):
            page.wait_for_selector("#map[data-ready=true]")
            page.wait_for_selector("#link-state[data-state=up]")
        return page

    open_for.complaints = complaints  # type: ignore[attr-defined]
    open_for.contexts = contexts  # type: ignore[attr-defined]
    yield open_for
    for context in contexts:
        context.close()
    assert complaints == []


def sign_in(user: User) -> str:
    user.refresh_from_db()  # signing in by hand strengthens the stored hash of a password, which ends sessions made with the old one
    store = SessionStore()
    store[auth.SESSION_KEY] = str(user.pk)
    store[auth.BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return str(store.session_key)
