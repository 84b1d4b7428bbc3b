"""Verbs of this room: set a clock; take figures out of the house."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.permissions import AUDITORS
from incidents import permissions as incident_permissions
from insight import facts, permissions
from insight.models import Clock
from insight.selectors import Question, SpanFigures, intervals
from journal import services as journal
from kit.errors import Invalid


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
