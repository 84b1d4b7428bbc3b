"""What must hold before the map can work, said at the start and not at midnight."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

from gis.coordinates import System

PROBE = "SELECT cardinality(show_trgm(chr(21271) || chr(20140) || chr(36335))) > 0"


@register(Tags.database)
def trigrams_see_chinese(app_configs: Sequence[Any] | None, databases: Sequence[str] | None, **options: Any) -> list[CheckMessage]:
    """In a database whose character class is C, pg_trgm sees no Chinese and every search of three characters finds nothing."""
    problems: list[CheckMessage] = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm'")
            if cursor.fetchone() is None:
                continue  # before the first migration
            cursor.execute(PROBE)
            if not cursor.fetchone()[0]:
                problems.append(
                    Error(
                        "pg_trgm does not see Chinese characters in this database.",
                        hint="Create the database with a UTF-8 character class (LC_CTYPE C.UTF-8), not C.",
                        id="gis.E001",
                    )
                )
    return problems


@register()
def geocoder_can_be_asked(app_configs: Sequence[Any] | None, **options: Any) -> list[CheckMessage]:
    """The address of an outside geocoder takes the words, and the system of its coordinates is one we know."""
    problems: list[CheckMessage] = []
    url = settings.GEOCODER_URL
    if url and (urlsplit(url).scheme not in {"http", "https"} or "{q}" not in url):
        problems.append(Error(f"GEOCODER_URL: {url!r} is no http address with {{q}}.", id="gis.E002"))
    if settings.GEOCODER_DATUM not in set(System):
        problems.append(Error(f"GEOCODER_DATUM: there is no system {settings.GEOCODER_DATUM!r}.", id="gis.E003"))
    return problems
