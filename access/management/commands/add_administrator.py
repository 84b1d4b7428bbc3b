"""The first person of a bare city: an administrator, who adds all the others in the settings."""

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from access import services
from access.actors import Actor
from access.roles import Role
from kit.errors import Refused


class Command(BaseCommand):
    help = "Adds a person with the role of administrator; the password is asked for, or read as one line from standard input."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", default="")

    def handle(self, *args: Any, username: str, name: str, **options: Any) -> None:
        password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        actor = Actor.system("set-up")
        try:
            person = services.add_person(
                actor, username=username, name=name or username, password=password, department_id=None, language=settings.LANGUAGE_CODE
            )
            services.grant_membership(actor, user_id=person.pk, role=Role.ADMIN, department_id=None, region_id=None, until=None, now=timezone.now())
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{username} may sign in and add people, departments and regions in the settings.")
