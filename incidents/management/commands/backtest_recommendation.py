"""`manage.py backtest_recommendation --as USERNAME [--department CODE] [--since DAY] [--until DAY]`: the recommendation on a history."""

from argparse import ArgumentParser
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from access import selectors as access
from access.actors import Actor
from incidents import backtest
from incidents.backtest import Backtest, Line


class Command(BaseCommand):
    requires_system_checks = ()
    help = "Ask at each call of the past which unit would have been recommended first, and compare with the one that went. Prints a table."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--as", dest="username", required=True, metavar="USERNAME", help="in whose name; may see how long things took")
        parser.add_argument("--department", metavar="CODE", help="only calls of this department")
        parser.add_argument("--since", type=date.fromisoformat, metavar="YYYY-MM-DD", help="calls from this day on; default a fortnight back")
        parser.add_argument("--until", type=date.fromisoformat, metavar="YYYY-MM-DD", help="calls before this day; default tomorrow")

    def handle(self, *args: Any, **given: Any) -> None:
        person = access.person_of_username(given["username"])
        if person is None:
            raise CommandError(f"There is nobody called {given['username']}.")
        codes = {department.code: department.pk for department in access.departments()}
        if given["department"] and given["department"] not in codes:
            raise CommandError(f"There is no department {given['department']}; there are {', '.join(sorted(codes))}.")
        until = given["until"] or timezone.localdate() + timedelta(days=1)
        since = given["since"] or until - timedelta(days=14)
        if since >= until:
            raise CommandError("The span is empty: --until must lie after --since.")
        found = backtest.run(
            Actor.of_user(person), since=_midnight(since), until=_midnight(until), department_id=codes.get(given["department"] or "")
        )
        self.stdout.write(table(found))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def table(found: Backtest) -> str:
    """The comparison as a Markdown table."""
    titles = [
        "first unit",
        "calls",
        "recommended = went",
        "recommended among sent",
        "nearest station = went",
        "modelled, recommended",
        "modelled, went",
        "true",
        "sooner",
    ]
    head = f"| {' | '.join(titles)} |"
    lines = [head, "| --- |" + " ---: |" * 8, *map(_row, found.lines), ""]
    lines.append(f"{found.read:,} calls from {found.since:%Y-%m-%d} to {found.until:%Y-%m-%d}, {found.compared:,} compared.")
    lines += [f"Left out, {count:,}: {why}." for why, count in sorted(found.left_out.items())]
    return "\n".join(lines)


def _row(line: Line) -> str:
    true = f"{line.true_median:.0f} s" if line.true_median is not None else "-"
    shares = [f"{share:.1%}" for share in (line.equal, line.among_sent, line.nearest_home_equal)]
    cells = [
        line.kind or "**all**",
        f"{line.calls:,}",
        *shares,
        f"{line.recommended_median:.0f} s",
        f"{line.went_median:.0f} s",
        true,
        f"{line.sooner:.1%}",
    ]
    return f"| {' | '.join(cells)} |"
