"""What this room announces."""

from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("insight.clock_set", says=_("{actor} set a clock from {before} to {after} seconds"))
class ClockSet(Fact):
    clock_id: int
    span: str
    group: str
    before: int | None
    after: int


@fact("insight.intervals_exported", says=_("{actor} exported how long things took ({rows} rows)"))
class IntervalsExported(Fact):
    rows: int
    since: str
    until: str
    department_id: int | None
    region_id: int | None
    group: str | None
