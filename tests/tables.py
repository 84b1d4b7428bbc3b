"""The tables of the tests: made by the migrations once for each state of them, then copied, which takes a second instead of twenty."""

from collections.abc import Iterator
from contextlib import contextmanager

from city.stamps import fingerprint
from django.conf import settings
from django.core.management import call_command
from django.db import connection

HALF_MADE = "city_half_made"


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
