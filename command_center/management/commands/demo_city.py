"""`manage.py demo_city --once`: the demo city for a first visit."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from django.utils.translation import gettext as _

from access.actors import Actor
from command_center.demo import breathing, building
from command_center.demo.sample import organisation


class Command(BaseCommand):
    help = "Make the demo city (sample data): ground, departments, stations, units, people and the last 24 hours."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do nothing when the demo city is there already")
        parser.add_argument("--seed", type=int, default=1, help="another number gives another city and another day")

    def handle(self, *args: Any, **options: Any) -> None:
        self._began = time.monotonic()
        if options["once"] and building.is_made():
            building.mend(Actor.system("demo_city"), now=timezone.now(), progress=self._progress)
            self.stderr.write(_("The demo city is there already."))
        else:
            made = building.make(Actor.system("demo_city"), seed=options["seed"], now=timezone.now().replace(microsecond=0), progress=self._progress)
            self.stderr.write(
                _("Demo city made: %(stations)s stations, %(units)s units, %(incidents)s incidents closed and %(open)s open.")
                % {"stations": made.stations, "units": made.units, "incidents": made.incidents, "open": made.open_incidents}
            )
        # The watch looks at once when the city starts: crews that nobody breathed for yet would be a flood of alarms.
        breathing.breathe(now=timezone.now())
        self.stdout.write(self._note())

    def _note(self) -> str:
        """What a first visitor must know: the set-up shows it whenever the city starts."""
        lines = [_("Demo accounts, all with the password %(password)s (sample data only):") % {"password": building.password()}]
        lines += [f"  {one['username']:<11} {one['name']} ({one['name_en']})" for one in organisation()["people"]]
        return "\n".join(lines)

    def _progress(self, what: str, done: int, whole: int) -> None:
        if done in (0, whole) or done % 100 == 0:
            self.stderr.write(f"{time.monotonic() - self._began:6.1f} s  {what} {done}/{whole}")
