"""`./city manage issue_token PERSON`: the first token, before anybody can ask the API for one."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from access import selectors, services
from access.actors import Actor
from kit.errors import Refused


class Command(BaseCommand):
    help = "Issue a token for a person or machine account and print its secret, this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person", help="user name")
        parser.add_argument("--name", default="command line", help="what it is for")
        parser.add_argument("--days", type=int, default=30)
        parser.add_argument("--action", action="append", default=[], dest="actions", help="narrow it to this action; may be repeated")

    def handle(self, *args: Any, **options: Any) -> None:
        person = selectors.person_of_username(options["person"])
        if person is None:
            raise CommandError(f"there is no active person {options['person']}")
        try:
            _token, secret = services.issue_token(
                Actor.system("issue_token"),
                user_id=person.pk,
                name=options["name"],
                actions=options["actions"],
                lifetime=timedelta(days=options["days"]),
            )
        except Refused as refusal:
            raise CommandError(refusal.sentence) from refusal
        self.stdout.write(secret)
