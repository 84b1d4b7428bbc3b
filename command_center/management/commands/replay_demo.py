"""`manage.py replay_demo --speed 60`: play the demo city's day as life, through the REST API."""

import asyncio
import json
import logging
import time
from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone, translation

from access.actors import Actor
from command_center.demo import building, replay
from exchange.cad import accounts, checking, options, replaying
from exchange.cad.life import Life
from exchange.cad.replaying import Summary

TELL_SECONDS = 5.0
SHOWN = 20


class Command(BaseCommand):
    help = "Play the demo city's day through the REST API: reports, dispatches, every step of every unit, positions, closing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--speed", type=float, default=60.0, help="how many times as fast as life (default 60)")
        parser.add_argument("--limit", type=int, help="at most so many calls")
        parser.add_argument(
            "--hours", type=float, default=24.0, help="so many hours of calls (default 24: at speed 60 this takes 24 minutes and more)"
        )
        parser.add_argument("--seed", type=int, help="the same number and --start give the same day (default: by the time)")
        parser.add_argument("--start", metavar="ISO", help="when the first hour begins (default: so that the play ends at the present)")
        parser.add_argument("--url", help="address of the city (default: CITY_URL, else this machine at PORT)")
        parser.add_argument("--verify", action="store_true", help="read everything back and compare it to the second")

    def handle(self, *args: Any, **given: Any) -> None:
        self._told_at = 0.0
        logging.getLogger("httpx").setLevel(logging.WARNING)
        if not 0.01 <= given["speed"] <= 10_000 or not 0 < given["hours"] <= 48:
            raise CommandError("--speed lies between 0.01 and 10000, --hours between 0 and 48.")
        if not building.is_made():
            raise CommandError("There is no demo city here: make it with demo_city.")
        with translation.override("en"):
            self._play(given, timezone.now())

    def _play(self, given: dict[str, Any], now: datetime) -> None:
        actor = Actor.system("demo-replay")
        start = _moment(given["start"]) if given["start"] else replay.latest_start(given["hours"], given["speed"], now)
        seed = given["seed"] if given["seed"] is not None else int(now.timestamp())
        played = replay.lives(city_seed=building.seed_of_city(), seed=seed, start=start, hours=given["hours"], actor=actor)[: given["limit"]]
        if not played:
            raise CommandError("There is nothing to play.")
        length = max(life.closed_at for life in played) - played[0].received_at
        if played[0].received_at + length > now + length / given["speed"]:
            raise CommandError("At this speed the play would overtake the present: give an earlier --start.")
        until = now + length / given["speed"] + timedelta(days=1)
        with transaction.atomic():
            tokens = accounts.open_accounts(actor, prefix="demo", department_id=None, region_id=None, until=until, now=now)
        self.stderr.write(
            f"{len(played)} calls from {start.isoformat(timespec='seconds')}, seed {seed}: about {length.total_seconds() / given['speed']:.0f} s"
        )
        try:
            asyncio.run(self._run(given["url"] or options.city_url(), tokens, played, given))
        except KeyboardInterrupt as error:
            raise CommandError("stopped; what was sent stays") from error
        finally:
            accounts.close_accounts(actor, tokens)

    async def _run(self, url: str, tokens: accounts.Tokens, played: list[Life], given: dict[str, Any]) -> None:
        play = await replaying.play(url, tokens, played, speed=given["speed"], tell=self._tell)
        answer = play.summary.as_json()
        different: list[str] = []
        if given["verify"]:
            verdict = await checking.compare(url, tokens.dispatcher, play, played)
            answer["verified"], different = verdict.as_json(), verdict.different
        for sentence in [*play.summary.refused, *different][:SHOWN]:
            self.stderr.write(sentence)
        self.stdout.write(json.dumps(answer))
        if play.summary.refused or different:
            raise CommandError("not everything went as the day was made; see above")

    def _tell(self, summary: Summary, moment: datetime) -> None:
        if time.monotonic() - self._told_at >= TELL_SECONDS:
            self._told_at = time.monotonic()
            self.stderr.write(
                f"{moment.isoformat(timespec='seconds')}  {summary.calls} calls, {summary.commands} commands, lag p95 {summary.lag(95)} s"
            )


def _moment(text: str) -> datetime:
    """A time as given; without an offset it is by the city's clock."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"--start {text!r} is no time such as 2026-11-22T08:00.") from error
    return at if at.tzinfo else timezone.make_aware(at)
