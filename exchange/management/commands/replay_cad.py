"""`manage.py replay_cad FILE --profile sffd --speed 60`: play a CAD export as life, through the REST API."""

import asyncio
import json
import logging
import sys
import time
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone, translation

from access.actors import Actor
from exchange.cad import accounts, checking, importing, options, replaying, slicing
from exchange.cad.life import Life, lives
from exchange.cad.lines import FileUnreadable
from exchange.cad.profiles import Profile, ProfileUnusable
from exchange.cad.reading import Reading
from exchange.cad.replaying import Play, Summary
from exchange.cad.slicing import Slice, StartImpossible

TELL_SECONDS = 5.0
SHOWN = 20


class Command(BaseCommand):
    help = "Play a CAD export as life through the REST API: report, dispatch, every step of every unit, positions, closing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        options.add_to(parser)
        parser.add_argument("--speed", type=float, default=60.0, help="how many times as fast as life (default 60)")
        parser.add_argument(
            "--start", metavar="ISO", help="a moment of the file: begin there; any other: the first call comes then; 'latest': end at the present"
        )
        parser.add_argument("--minutes", type=float, help="only the calls of so many minutes of the file")
        parser.add_argument("--limit", type=int, help="at most so many calls")
        parser.add_argument("--url", help="address of the city (default: CITY_URL, else this machine at PORT)")
        parser.add_argument("--mark", help="name of this play; the same name again does nothing twice (default: the time)")
        parser.add_argument("--verify", action="store_true", help="read everything back and compare it to the second")
        parser.add_argument("--show-to-desks", action="store_true", help="let everyone at a desk of this city watch and act, for a day")

    def handle(self, *args: Any, **given: Any) -> None:
        self._told_at = 0.0
        logging.getLogger("httpx").setLevel(logging.WARNING)
        if not 0.01 <= given["speed"] <= 10_000:
            raise CommandError("--speed lies between 0.01 and 10000.")
        try:
            profile = options.profile_of(given)
            chosen = self._chosen(given, profile)
        except (ProfileUnusable, FileUnreadable, StartImpossible) as error:
            raise CommandError(str(error)) from error
        if not chosen.calls:
            raise CommandError(f"Nothing to play: {chosen.says}.")
        self.stderr.write(f"{len(chosen.calls)} calls; {chosen.says}")
        with translation.override("en"):
            self._play(given, profile, chosen)

    def _chosen(self, given: dict[str, Any], profile: Profile) -> Slice:
        reading = Reading(given["file"], profile)
        calls = [call for batch in reading.batches(importing.ROWS_HELD) for call in batch]
        if reading.told.rejected:
            self.stderr.write(f"{len(reading.told.rejected)} rows cannot be used; import_cad --dry-run writes them down")
        is_latest = given["start"] == "latest"
        start = None if is_latest or not given["start"] else _moment(given["start"], profile)
        return slicing.choose(
            calls, start=start, is_latest=is_latest, minutes=given["minutes"], limit=given["limit"], speed=given["speed"], now=timezone.now()
        )

    def _play(self, given: dict[str, Any], profile: Profile, chosen: Slice) -> None:
        actor, now = Actor.system("cad-replay"), timezone.now()
        length = max(call.last_at() for call in chosen.calls) - chosen.calls[0].received_at
        until = now + length / given["speed"] + timedelta(days=1)
        with transaction.atomic():
            reference = importing.found(actor, profile, now=now)
            reference.make_units(chosen.calls)
            mark = given["mark"] or f"{now:%Y%m%dT%H%M%S}"
            played = list(lives(chosen.calls, reference, profile, mark=mark, shift=chosen.shift))
            place = {"department_id": reference.department.pk, "region_id": reference.region.pk if reference.region else None}
            tokens = accounts.open_accounts(actor, prefix="cad", **place, until=until, now=now)
            if given["show_to_desks"]:
                watching = accounts.let_desks_watch(actor, **place, until=now + timedelta(days=1), now=now)
                self.stderr.write(f"watching: {', '.join(watching) or 'nobody works at a desk here'}")
        url = given["url"] or options.city_url()
        try:
            asyncio.run(self._run(url, tokens, played, given))
        except KeyboardInterrupt as error:
            raise CommandError("stopped; what was sent stays, and the same --mark goes on where this stopped") from error
        finally:
            accounts.close_accounts(actor, tokens)

    async def _run(self, url: str, tokens: accounts.Tokens, played: list[Life], given: dict[str, Any]) -> None:
        play = await replaying.play(url, tokens, played, speed=given["speed"], tell=self._tell)
        answer = play.summary.as_json()
        if given["verify"]:
            verdict = await checking.compare(url, tokens.dispatcher, play, played)
            answer["verified"] = verdict.as_json()
            self._complain(verdict.different)
        self._complain(play.summary.refused)
        self.stdout.write(json.dumps(answer))
        _fail_unless(play, answer)

    def _tell(self, summary: Summary, moment: datetime) -> None:
        if time.monotonic() - self._told_at >= TELL_SECONDS:
            self._told_at = time.monotonic()
            says = f"{moment.isoformat(timespec='seconds')}  {summary.calls} calls, {summary.commands} commands, lag p95 {summary.lag(95)} s"
            self.stderr.write(says, ending="\r" if sys.stderr.isatty() else "\n")

    def _complain(self, sentences: list[str]) -> None:
        for sentence in sentences[:SHOWN]:
            self.stderr.write(sentence)
        if len(sentences) > SHOWN:
            self.stderr.write(f"... and {len(sentences) - SHOWN} more")


def _fail_unless(play: Play, answer: dict[str, Any]) -> None:
    if play.summary.refused or answer.get("verified", {}).get("different"):
        raise CommandError("not everything went as the file says; see above")


def _moment(text: str, profile: Profile) -> datetime:
    """A time as given; without an offset it is by the clock of the file."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise StartImpossible(f"--start {text!r} is no time such as 2020-04-09T17:00.") from error
    return at if at.tzinfo else at.replace(tzinfo=profile.zone)
