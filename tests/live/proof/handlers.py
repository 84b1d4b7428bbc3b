import random

from django.db import connection

from journal.models import Entry
from journal.reactions import on
from tests.live.proof.facts import Ticked

FAILURES = 0.03


@on(Ticked)
def note(entry: Entry) -> None:
    """One row for each time it was done in effect; some attempts fail after their work."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO proof_reaction (entry_id, key) VALUES (%s, %s)", [entry.id, entry.data["key"]])
    if random.random() < FAILURES:
        raise RuntimeError("this attempt fails, and takes its work with it")
