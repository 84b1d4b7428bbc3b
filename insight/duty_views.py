"""The page of who is on duty, and the hand-over: written by who leaves, read and signed by who comes, kept."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access import policy
from access.faces import allowed, done, sheet
from insight import handing_over, permissions, report_sheet, services, watch_reports
from insight.forms import HandOverForm
from kit.errors import Refused
from resources import permissions as resource_permissions
from resources import selectors as resources

AHEAD = timedelta(days=7)
MOST_GAPS = 50
OWN_DAYS, OWN_MOST = 31, 8


@require_GET
@allowed(resource_permissions.VIEW_ROSTER)
def page(request: HttpRequest) -> HttpResponse:
    """Who is on duty, and what the reader has to do with it."""
    return render(request, "duty/now.html", _watch(request))


def _watch(request: HttpRequest) -> dict[str, Any]:
    actor, now = request.actor, timezone.now()  # type: ignore[attr-defined]
    gaps = resources.gaps(actor, since=now, until=now + AHEAD)
    mine = resources.duty_of(actor.user_id, now)
    own = resources.duties_of_person(actor.user_id, since=now, days=OWN_DAYS)
    ahead = [each for each in own if mine is None or each.pk != mine.pk][:OWN_MOST]
    may_read = policy.can(actor, permissions.VIEW_REPORTS, None)
    return {
        "to_hand_over": handing_over.duty_to_hand_over(actor, now=now) if policy.can(actor, permissions.HAND_OVER, None) else None,
        "waiting": handing_over.waiting(actor) if may_read else [],
        "may_read": may_read,
        "watch": resources.watch_at(actor, now),
        "gaps": gaps[:MOST_GAPS],
        "more_gaps": len(gaps) - MOST_GAPS,
        "mine": mine,
        "ahead": ahead,
        "now": now,
    }


@require_http_methods(["GET", "POST"])
@allowed(permissions.HAND_OVER)
def hand_over(request: HttpRequest) -> HttpResponse:
    """What the reader's watch hands over, as it is now; sent, it is written down."""
    actor, now = request.actor, timezone.now()  # type: ignore[attr-defined]
    form = HandOverForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            report = services.write_report(actor, words=form.cleaned_data["words"], now=now)
        except Refused as refusal:
            form.add_error(None, refusal.in_full)
        else:
            return redirect("watch_report", report.pk)
    duty = handing_over.duty_to_hand_over(actor, now=now)
    content = watch_reports.watch_report(actor, duty=duty, now=now) if duty is not None else None
    context = {"form": form, "duty": duty, "content": content, "now": now}
    return render(request, "duty/hand_over.html", context, status=422 if form.is_bound else 200)


@require_GET
@allowed(permissions.VIEW_REPORTS)
def listing(request: HttpRequest) -> HttpResponse:
    """Hand-overs, the newest first."""
    found = handing_over.report_page(request.actor, cursor=request.GET.get("cursor"), limit=None)  # type: ignore[attr-defined]
    return render(request, "duty/reports.html", {"reports": found.rows, "next": found.next_cursor})


@require_GET
@allowed(permissions.VIEW_REPORTS)
def report(request: HttpRequest, report_id: int) -> HttpResponse:
    """One hand-over as it was written, to read, sign and print."""
    actor, now = request.actor, timezone.now()  # type: ignore[attr-defined]
    found = handing_over.report(actor, report_id)
    context = {
        "report": found,
        "content": found.content,
        "coming": handing_over.signing_duty(actor, found, now=now),
        "is_whole": found.digest == watch_reports.digest_of(found.content, found.words),
    }
    return render(request, "duty/report.html", context)


@require_POST
@allowed(permissions.HAND_OVER)
def sign(request: HttpRequest, report_id: int) -> HttpResponse:
    """The reader has read it and takes the post."""
    signed = services.sign_report(request.actor, report_id=report_id, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("You have the post: %(post)s.") % {"post": report_sheet.named(signed.post)}, go=request.path.removesuffix("sign/"))


@require_GET
@allowed(permissions.VIEW_REPORTS)
def export(request: HttpRequest, report_id: int) -> HttpResponse:
    """The hand-over as CSV; that it was taken out is recorded."""
    found = services.export_report(request.actor, report_id=report_id, now=timezone.now())  # type: ignore[attr-defined]
    return sheet(f"watch-{found.post.code}-{timezone.localtime(found.written_at):%Y%m%d-%H%M}", report_sheet.rows(found))
