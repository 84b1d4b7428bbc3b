"""The restore drill: what an operator does after the worst day, from the archive alone."""

import os
import shutil
import signal
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from city.place import Place

from tests import tables

from .conftest import ROOT, City

PEOPLE = """
from access.models import Department, User
Department.objects.create(code="fire", name="消防救援", name_en="Fire and rescue")
for number in range(40):
    User.objects.create_user(username=f"person{number}", password=None, name=f"人员{number}")
"""
COUNT = "from access.models import User; print('people', User.objects.filter(username__startswith='person').count())"


@pytest.fixture(scope="module")
def city(found_city: Callable[[str], City], django_db_setup: None, django_db_blocker: Any) -> City:
    """A city with people and one stored photograph."""
    city = found_city("before")
    city.do("services")
    with django_db_blocker.unblock():
        tables.bring(Place(root=ROOT, home=Path(sys.prefix).parent, var=city.var))
    city.do("manage", "shell", "-v", "0", "-c", PEOPLE)
    (city.var / "media" / "attachments").mkdir(parents=True)
    (city.var / "media" / "attachments" / "photograph.jpg").write_bytes(b"\xff\xd8 a fire" * 1000)
    return city


@pytest.fixture(scope="module")
def archive(city: City, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The last backup of that city."""
    path = tmp_path_factory.mktemp("safe") / "city.tar"
    city.do("backup", str(path))
    return path


def test_an_operator_brings_the_city_back_from_its_archive_alone(city: City, archive: Path, found_city: Callable[[str], City]) -> None:
    after = found_city("after")

    said = after.do("restore", str(archive)).stdout

    assert "every count as in the archive" in said
    assert "people 40" in after.do("manage", "shell", "-v", "0", "-c", COUNT).stdout
    photograph = "media/attachments/photograph.jpg"
    assert (after.var / photograph).read_bytes() == (city.var / photograph).read_bytes()
    assert "No migrations to apply" in after.do("manage", "migrate").stdout
    after.do("manage", "verify_journal")
    after.do("down")


def test_the_archive_is_private_and_names_the_keys_it_does_not_hold(city: City, archive: Path) -> None:
    keys = [(city.var / name).read_bytes() for name in ("secret", "push-key")]

    assert archive.stat().st_mode & 0o077 == 0
    assert all(keys)
    assert not any(key in archive.read_bytes() for key in keys)
    with tarfile.open(archive) as opened:
        note = opened.extractfile("NOTE.txt").read().decode()  # type: ignore[union-attr]
    assert "does not hold the keys (SECRET_KEY, in var/secret; PUSH_PRIVATE_KEY, in var/push-key)" in note


def test_a_restore_never_overwrites_a_living_city(city: City, archive: Path) -> None:
    refusal = city.do("restore", str(archive), may_fail=True)

    assert refusal.returncode == 1
    assert "overwrites nothing" in refusal.stderr
    assert "people 40" in city.do("manage", "shell", "-v", "0", "-c", COUNT).stdout


def test_a_damaged_archive_is_refused_before_anything_is_touched(archive: Path, tmp_path: Path, found_city: Callable[[str], City]) -> None:
    damaged = tmp_path / "damaged.tar"
    shutil.copy(archive, damaged)
    with damaged.open("r+b") as file:
        file.seek(damaged.stat().st_size // 2)
        byte = file.read(1)
        file.seek(-1, 1)
        file.write(bytes([byte[0] ^ 0xFF]))

    refusal = found_city("never").do("restore", str(damaged), may_fail=True)

    assert refusal.returncode == 1
    assert "damaged" in refusal.stderr


def test_after_a_power_cut_the_city_starts_although_its_old_numbers_are_taken(city: City) -> None:
    run, lock = city.var / "run", city.var / "postgres" / "postmaster.pid"
    numbers = [int(file.read_text().split()[0]) for file in (run / "supervisord.pid", run / "redis.process", lock)]
    for number in numbers:
        os.kill(number, signal.SIGKILL)
    for file in (lock, run / ".s.PGSQL.5432.lock"):
        file.write_text(file.read_text().replace(str(numbers[-1]), str(os.getpid()), 1))

    city.do("services")

    assert "people 40" in city.do("manage", "shell", "-v", "0", "-c", COUNT).stdout
