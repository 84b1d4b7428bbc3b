"""Questions about hand-overs: what one would hand over, what waits to be signed, what was signed."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from access import policy
from access.actors import Actor
from insight import permissions
from insight.models import WatchReport
from kit import paging
from kit.errors import NotFound
from kit.paging import Page
from resources import selectors as resources
from resources.models import Duty

LATE = timedelta(hours=2)


def duty_to_hand_over(actor: Actor, *, now: datetime) -> Duty | None:
    """The duty a person holds, or held until at most two hours ago and nobody has taken over."""
    if actor.user_id is None:
        return None
    held = resources.duty_of(actor.user_id, now)
    if held is not None:
        return held
    rows = Duty.objects.planned().filter(person=actor.user_id, left_at=None, ends_at__gt=now - LATE, ends_at__lte=now, starts_at__lt=now)
    return rows.select_related("post", "shift").order_by("-ends_at").first()


def reports(actor: Actor) -> QuerySet[WatchReport]:
    """Every report the actor may read, the newest first, without its content."""
    rows = policy.visible(actor, permissions.VIEW_REPORTS, WatchReport.objects.filter(withdrawn_at=None))
    return rows.select_related("post", "written_by", "signed_by").defer("content", "words").order_by("-written_at", "-pk")


def report(actor: Actor, report_id: int) -> WatchReport:
    """One report as it was written. Raises `NotFound` when there is none the actor may read."""
    rows = policy.visible(actor, permissions.VIEW_REPORTS, WatchReport.objects.filter(pk=report_id))
    found = rows.select_related("post", "duty", "written_by", "signed_by").first()
    if found is None:
        raise NotFound
    return found


def waiting(actor: Actor) -> list[WatchReport]:
    """Reports nobody has signed, the oldest first, at most twenty."""
    return list(reports(actor).filter(signed_at=None).order_by("written_at", "pk")[:20])


def signing_duty(actor: Actor, report: WatchReport, *, now: datetime) -> Duty | None:
    """The actor's own duty with which a report can be signed: at the same post, running or beginning within twelve hours."""
    if report.signed_at is not None or report.withdrawn_at is not None or actor.user_id is None:
        return None
    return next((duty for duty in resources.next_at_post(report.duty, now=now) if duty.person_id == actor.user_id), None)


def report_page(actor: Actor, *, cursor: str | None, limit: int | None) -> Page[WatchReport]:
    """Reports the actor may read, the newest first."""
    rows = reports(actor)
    if cursor is not None:
        at, pk = paging.decode(cursor, datetime, int)
        rows = rows.filter(Q(written_at__lt=at) | Q(written_at=at, pk__lt=pk))
    size = paging.bounded(limit)
    found = list(rows[: size + 1])
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], paging.encode([last.written_at, last.pk]) if last is not None else None)
