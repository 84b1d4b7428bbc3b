"""Run inside the stage: tables for the proof, and people with sessions in two departments. Prints what it made as JSON."""

import json

import django

django.setup()

from django.contrib import auth  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import timezone  # noqa: E402

from access.models import Department, Membership, User  # noqa: E402

SUBJECTS = 12
TABLES = """
CREATE TABLE IF NOT EXISTS proof_subject (id int PRIMARY KEY, n int NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS proof_reaction (entry_id bigint NOT NULL, key text NOT NULL);
CREATE INDEX IF NOT EXISTS proof_reaction_entry ON proof_reaction (entry_id);
INSERT INTO proof_subject SELECT generate_series(0, %s) ON CONFLICT DO NOTHING;
"""


def session(user: User) -> str:
    store = SessionStore()
    store[auth.SESSION_KEY] = str(user.pk)
    store[auth.BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[auth.HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return store.session_key


def main() -> None:
    with connection.cursor() as cursor:
        cursor.execute(TABLES, [SUBJECTS - 1])
    made: dict[str, list[str]] = {"scopes": [], "cookies": []}
    departments = [Department.objects.get_or_create(code=f"proof-{n}", defaults={"name": f"Proof {n}"})[0] for n in range(2)]
    made["scopes"] = [f"incidents.view@{one.pk}:*" for one in departments]
    for number, mine in enumerate(([0, 1], [0, 1], [0], [1], [0, 1], [0, 1])):
        user, is_new = User.objects.get_or_create(username=f"proof-{number}", defaults={"name": f"Proof {number}", "password": "!"})
        if is_new:
            for one in mine:
                Membership.objects.create(user=user, role="dispatcher", department=departments[one], starts_at=timezone.now())
        made["cookies"].append(session(user))
    print(json.dumps(made))


if __name__ == "__main__":
    main()
