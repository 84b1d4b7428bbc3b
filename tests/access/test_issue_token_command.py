"""The first token comes from the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from access.actors import Actor
from journal.models import Entry


def test_an_operator_issues_the_first_token_and_it_opens_the_api(admin: Actor) -> None:
    out = StringIO()

    call_command("issue_token", "admin", "--days", "1", stdout=out)

    answer = Client().get("/api/v1/me/", headers={"Authorization": f"Token {out.getvalue().strip()}"})
    assert answer.json()["username"] == "admin"
    assert Entry.objects.get(name="access.token_issued").actor_label == "issue_token"


def test_nobody_gets_none(db: None) -> None:
    with pytest.raises(CommandError, match="no active person"):
        call_command("issue_token", "nobody")
