"""The client in the documentation works as printed."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from access.actors import Actor
from incidents.models import Incident, IncidentType, Note
from tests.api.conftest import ProgramOf

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "use-the-api.md"


def _client() -> str:
    return re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)[0]


def test_the_client_is_short() -> None:
    assert len([line for line in _client().splitlines() if line.strip()]) <= 30


@pytest.mark.django_db(transaction=True)
def test_the_client_reports_reads_notes_and_follows(
    live_server: Any, program: ProgramOf, dispatcher: Actor, building_fire: IncidentType, north: object
) -> None:
    env = {**os.environ, "CITY_URL": live_server.url, "CITY_TOKEN": program(dispatcher).secret}

    done = subprocess.run([sys.executable, "-c", _client()], env=env, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    incident = Incident.objects.get()
    assert done.stdout.splitlines()[:2] == [f"incident {incident.number}", "state NEW"]
    assert Note.objects.get().text == "Camera 3 sees smoke"


@pytest.mark.django_db(transaction=True)
def test_the_client_says_what_was_wrong(live_server: Any, program: ProgramOf, dispatcher: Actor) -> None:
    env = {**os.environ, "CITY_URL": live_server.url, "CITY_TOKEN": program(dispatcher).secret}

    done = subprocess.run([sys.executable, "-c", _client()], env=env, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 1
    assert done.stderr.startswith("422 invalid: "), done.stderr
    assert "no such code: building-fire" in done.stderr
