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


@fact("insight.watch_report_written", says=_("{actor} wrote the hand-over of {post}"))
class WatchReportWritten(Fact):
    report_id: int
    post_id: int
    digest: str


@fact("insight.watch_report_signed", says=_("{actor} read the hand-over of {post} and signed it"))
class WatchReportSigned(Fact):
    report_id: int
    post_id: int
    written_by_id: int
    digest: str


@fact("insight.watch_report_exported", says=_("{actor} took out the hand-over of {post}"))
class WatchReportExported(Fact):
    report_id: int
    post_id: int


@fact("insight.intervals_exported", says=_("{actor} exported how long things took ({rows} rows)"))
class IntervalsExported(Fact):
    rows: int
    since: str
    until: str
    department_id: int | None
    region_id: int | None
    group: str | None
