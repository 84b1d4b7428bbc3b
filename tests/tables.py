"""The tables of the tests: made by the migrations once for each state of them, then copied, which takes a second instead of twenty."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from city import backups, engines, environment
from city.place import Place
from city.stamps import fingerprint
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg.conninfo import make_conninfo

HALF_MADE = "city_half_made"
OF_THE_TESTS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_WEB_URL", "REDIS_URL", "PORT", "CSRF_TRUSTED_ORIGINS", "VAR", "CITY_STACK")


def template() -> str:
    """The name of a database with all tables and no rows but what migrations write; made when this server has none of this state."""
    name = f"city_made_{_state()[:12]}"
    with connection._nodb_cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'city_made_%%'")
        present = [row[0] for row in cursor]
        if name in present:
            return name
        for old in (*present, HALF_MADE):
            cursor.execute(f'DROP DATABASE IF EXISTS "{old}"')
        cursor.execute(f'CREATE DATABASE "{HALF_MADE}"')
    with _connected_to(HALF_MADE):
        call_command("migrate", verbosity=0, interactive=False)
    with connection._nodb_cursor() as cursor:
        cursor.execute(f'ALTER DATABASE "{HALF_MADE}" RENAME TO "{name}"')
    return name


def bring(place: Place) -> None:
    """Copy the tables into the empty database of another city, whose services run."""
    engine, file = engines.postgres(place), place.var / "tables.dump"
    params = connection.get_connection_params()
    here = make_conninfo(**{name: params[name] for name in ("host", "port", "user", "password") if name in params}, dbname=template())
    subprocess.run([engine.bin / "pg_dump", "-Fc", "--compress=0", "-f", file, "-d", here], env=engine.environment(), check=True, timeout=60)
    with without_services_of_the_tests():
        backups.load(place, engine, environment.url_of(place, "postgres", "city"), file)


@contextmanager
def without_services_of_the_tests() -> Iterator[None]:
    """A block in which the environment names no database, broker or port of this run, so that another city uses its own."""
    mine = {name: os.environ.pop(name) for name in OF_THE_TESTS if name in os.environ}
    try:
        yield
    finally:
        os.environ.update(mine)


def _state() -> str:
    return fingerprint(settings.BASE_DIR / "requirements.txt", *sorted(settings.BASE_DIR.glob("*/migrations/*.py")))


@contextmanager
def _connected_to(name: str) -> Iterator[None]:
    usual = settings.DATABASES["default"]["NAME"]
    connection.close()
    connection.close_pool()
    settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.close_pool()
        settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = usual
