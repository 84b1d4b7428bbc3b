"""Verbs of this room: set a clock; take figures out of the house; hand a watch over."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.permissions import AUDITORS
from incidents import permissions as incident_permissions
from insight import facts, handing_over, permissions
from insight.models import Clock, WatchReport
from insight.selectors import Question, SpanFigures, intervals
from insight.watch_reports import digest_of, watch_report
from journal import services as journal
from kit.errors import Forbidden, Invalid, NotFound, Refused
from resources import services as resources

MOST_WORDS = 4_000


class NothingToHandOver(Refused):
    code = "nothing_to_hand_over"
    says = _("You hold no post that could be handed over.")


class ReportIsSigned(Refused):
    code = "report_is_signed"
    says = _("This hand-over is signed already: %(who)s.")


class ReportWithdrawn(Refused):
    code = "report_withdrawn"
    says = _("This hand-over was written anew. Read the new one.")


class NotTheNext(Forbidden):
    code = "not_the_next"
    says = _("Only who comes next at this post can sign.")


@transaction.atomic
def set_clock(actor: Actor, *, span: str, group: str, seconds: int, percent: int, source: str) -> Clock:
    """Say how long a span may take (seconds) and how often in a hundred; `group` "" is for all call groups."""
    policy.require(actor, permissions.SET_CLOCK, None)
    if span not in Clock.Span.values or not 1 <= percent <= 100 or not 1 <= seconds <= 2_000_000:
        raise Invalid({"clock": _("There is no such clock.")})
    known = Clock.objects.select_for_update(no_key=True).filter(span=span, group=group).first()
    before = known.seconds if known else None
    clock = known or Clock(span=span, group=group)
    clock.seconds, clock.percent, clock.source = seconds, percent, source[:120]
    clock.save()
    fact = facts.ClockSet(clock_id=clock.pk, span=span, group=group, before=before, after=seconds)
    journal.record(actor, fact, about=[clock], scopes=[f"{permissions.SET_CLOCK}@*:*"], at=None)
    return clock


@transaction.atomic
def export_intervals(actor: Actor, *, question: Question) -> list[SpanFigures]:
    """The figures of a question, to be taken away; that somebody took them is recorded."""
    policy.require(actor, incident_permissions.ANALYSE, None)
    figures = intervals(actor, question)
    fact = facts.IntervalsExported(
        rows=len(figures),
        since=question.since.isoformat(),
        until=question.until.isoformat(),
        department_id=question.department_id,
        region_id=question.region_id,
        group=question.group,
    )
    journal.record(actor, fact, about=[], scopes=AUDITORS, at=None)
    return figures


@transaction.atomic
def write_report(actor: Actor, *, words: str, now: datetime) -> WatchReport:
    """Write down what the actor's watch hands over, as it is now; an unsigned one of the same duty is withdrawn by that.

    Raises `NothingToHandOver`, `ReportIsSigned`.
    """
    policy.require(actor, permissions.HAND_OVER, None)
    duty = handing_over.duty_to_hand_over(actor, now=now)
    if duty is None or actor.user_id is None:
        raise NothingToHandOver
    said = words.strip()
    if len(said) > MOST_WORDS:
        raise Invalid({"words": _("At most 4,000 characters.")})
    resources.hold_duty(actor, duty_id=duty.pk)
    before = WatchReport.objects.select_for_update(of=("self",), no_key=True).filter(duty=duty, withdrawn_at=None).first()
    if before is not None and before.signed_by is not None:
        raise ReportIsSigned(who=before.signed_by)
    WatchReport.objects.filter(duty=duty, withdrawn_at=None).update(withdrawn_at=now)
    content = watch_report(actor, duty=duty, now=now)
    report = WatchReport.objects.create(
        post=duty.post, duty=duty, written_by_id=actor.user_id, since=duty.starts_at, written_at=now, content=content, words=said,
        digest=digest_of(content, said), department_id=duty.post.department_id,
        department_ids=duty.post.department_ids, region_id=duty.post.region_id,
    )  # fmt: skip
    fact = facts.WatchReportWritten(report_id=report.pk, post_id=duty.post_id, digest=report.digest)
    journal.record(actor, fact, about=[report, duty.post], scopes=policy.audience(permissions.VIEW_REPORTS, report), at=now)
    return report


@transaction.atomic
def sign_report(actor: Actor, *, report_id: int, now: datetime) -> WatchReport:
    """The coming person has read the hand-over and takes the post: from now on, and the leaving one is off duty.

    Raises `ReportIsSigned` for the second of two at once, `ReportWithdrawn`, `NotTheNext`.
    """
    report = WatchReport.objects.select_for_update(of=("self",), no_key=True).select_related("duty", "post").filter(pk=report_id).first()
    if report is None:
        raise NotFound
    policy.require(actor, permissions.HAND_OVER, report)
    if report.signed_by is not None:
        raise ReportIsSigned(who=report.signed_by)
    if report.withdrawn_at is not None:
        raise ReportWithdrawn
    coming = handing_over.signing_duty(actor, report, now=now)
    if coming is None:
        raise NotTheNext
    resources.take_over(actor, leaving_id=report.duty_id, coming_id=coming.pk, now=now)
    report.signed_at, report.signed_by_id = now, actor.user_id
    report.save(update_fields=["signed_at", "signed_by"])
    fact = facts.WatchReportSigned(report_id=report.pk, post_id=report.post_id, written_by_id=report.written_by_id, digest=report.digest)
    scopes = [*policy.audience(permissions.VIEW_REPORTS, report), f"user:{report.written_by_id}"]
    journal.record(actor, fact, about=[report, report.post], scopes=scopes, at=now)
    return report


@transaction.atomic
def export_report(actor: Actor, *, report_id: int, now: datetime) -> WatchReport:
    """A report, to be taken away; that somebody took it is recorded."""
    report = handing_over.report(actor, report_id)
    fact = facts.WatchReportExported(report_id=report.pk, post_id=report.post_id)
    journal.record(actor, fact, about=[report, report.post], scopes=policy.audience(permissions.VIEW_REPORTS, report), at=now)
    return report
