"""`manage.py intervals --from ISO --to ISO --json`: how long things took."""

import json
from argparse import ArgumentParser
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from access import selectors as access
from access.actors import Actor
from insight import selectors
from insight.selectors import Question, SpanFigures

LINE = "{group:<30} {span:<9} {n:>7} {p50:>8} {p90:>8} {p95:>8} {reversed:>8} {share:>8} {overdue:>7}"


class Command(BaseCommand):
    help = "How long things took, per call group and for all: n and percentiles in seconds, and the share within the clocks."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from", dest="since", metavar="ISO", help="calls from this time on; a date means its beginning (default: the first call)"
        )
        parser.add_argument("--to", dest="until", metavar="ISO", help="calls before this time; a date means its end (default: the last call)")
        parser.add_argument("--zone", default=settings.TIME_ZONE, help="zone of times without an offset; the city's unless given")
        parser.add_argument("--group", help="one call group alone")
        parser.add_argument("--department", metavar="CODE", help="one responsible department alone")
        parser.add_argument("--region", metavar="CODE", help="one region with all below it alone")
        parser.add_argument("--as", dest="username", metavar="USERNAME", help="what this person may analyse; everything unless given")
        parser.add_argument("--json", action="store_true", help="one JSON object")

    def handle(self, *args: Any, **given: Any) -> None:
        actor = self._actor(given["username"])
        question = self._question(actor, given)
        figures = selectors.intervals(actor, question)
        size = selectors.size(actor, question)
        if not given["json"]:
            self._table(figures)
            return
        groups: dict[str, dict[str, Any]] = {}
        for one in figures:
            if one.group is not None:
                groups.setdefault(one.group, {})[one.span.code] = one.as_json()
        answer = {
            "from": question.since.isoformat(),
            "to": question.until.isoformat(),
            "zone": given["zone"],
            "incidents": size.incidents,
            "assignments": size.assignments,
            "open_incidents": size.open,
            "all": {one.span.code: one.as_json() for one in figures if one.group is None},
            "groups": groups,
        }
        self.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1))

    def _actor(self, username: str | None) -> Actor:
        if username is None:
            return Actor.system("intervals")
        user = access.person_of_username(username)
        if user is None:
            raise CommandError(f"There is no person {username!r}.")
        return Actor.of_user(user)

    def _question(self, actor: Actor, given: dict[str, Any]) -> Question:
        try:
            zone = ZoneInfo(given["zone"])
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise CommandError(f"--zone {given['zone']!r} is no time zone.") from error
        first, last = selectors.first_and_last_call(actor)
        now = timezone.now()
        since = _moment(given["since"], zone, is_end=False) if given["since"] else first or now
        until = _moment(given["until"], zone, is_end=True) if given["until"] else (last or now) + timedelta(microseconds=1)
        department = access.department_of_code(given["department"]) if given["department"] else None
        region = access.region_of_code(given["region"]) if given["region"] else None
        for name, found in (("department", department), ("region", region)):
            if given[name] and found is None:
                raise CommandError(f"There is no {name} {given[name]!r}.")
        return Question(since, until, now, department.pk if department else None, region.pk if region else None, given["group"])

    def _table(self, figures: list[SpanFigures]) -> None:
        heads = ("group", "span", "n", "p50", "p90", "p95", "reversed", "share", "overdue")
        self.stdout.write(LINE.format(**{name: name for name in heads}))
        with translation.override("en"):
            for one in figures:
                times = {name: "-" if (value := getattr(one, name)) is None else f"{value:.1f}" for name in ("p50", "p90", "p95")}
                share = "-" if one.share is None else f"{one.share:.1%}"
                name = "all" if one.group is None else one.group or "(none)"
                rest = {"n": one.n, "reversed": one.reversed, "overdue": one.overdue}
                self.stdout.write(LINE.format(group=name[:30], span=one.span.code, share=share, **times, **rest))


def _moment(text: str, zone: ZoneInfo, *, is_end: bool) -> datetime:
    try:
        if len(text) == 10:
            day = date.fromisoformat(text) + timedelta(days=1 if is_end else 0)
            return datetime(day.year, day.month, day.day, tzinfo=zone)
        at = datetime.fromisoformat(text)
    except (ValueError, OverflowError) as error:
        raise CommandError(f"{text!r} is not a time such as 2020-04-07, 2020-04-07T08:00 or 2020-04-07T08:00-07:00.") from error
    return at if at.tzinfo else at.replace(tzinfo=zone)
