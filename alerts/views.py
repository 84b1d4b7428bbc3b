"""Pages of alarms: the strip, the list, one alarm, and what operators do about it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.faces import allowed, done, tagged, unchanged
from alerts import permissions, selectors, services, together
from alerts.forms import SHELVES, ShelveForm
from alerts.models import Alarm, State
from journal import labels
from journal import selectors as journal
from kit.errors import Refused

LIST = 200
TABS: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("standing", gettext_lazy("Standing"), (State.UNACKED, State.RETURNED, State.ACKED)),
    ("shelved", gettext_lazy("Shelved"), (State.SHELVED,)),
    ("suppressed", gettext_lazy("Suppressed"), (State.SUPPRESSED,)),
    ("over", gettext_lazy("Over"), (State.ENDED,)),
)


@require_GET
@allowed(permissions.VIEW)
def strip(request: HttpRequest) -> HttpResponse:
    """The strip as it stands now."""
    found = selectors.strip(request.actor, now=timezone.now())  # type: ignore[attr-defined]
    answer = unchanged(request, found.tag)
    return answer or tagged(render(request, "alerts/_strip.html", {"strip": found}), found.tag)


@require_GET
@allowed(permissions.VIEW)
def listing(request: HttpRequest) -> HttpResponse:
    """Every alarm by what became of it."""
    actor = request.actor  # type: ignore[attr-defined]
    shown = next((tab for tab in TABS if tab[0] == request.GET.get("show")), TABS[0])
    counts = selectors.tabs(actor)
    tabs = [(name, label, sum(counts.get(state, 0) for state in states) if State.ENDED not in states else None) for name, label, states in TABS]
    rows = list(selectors.listed(actor, shown[2])[: LIST + 1])
    selectors.say_what_of(actor, rows)
    context = {"rows": rows[:LIST], "is_cut": len(rows) > LIST, "tabs": tabs, "shown": shown[0], "strip": selectors.strip(actor, now=timezone.now())}
    return render(request, "alerts/alarms.html", context)


@require_GET
@allowed(permissions.VIEW)
def one(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """One alarm with what the operator does about it, and its story."""
    actor = request.actor  # type: ignore[attr-defined]
    found = selectors.alarm(actor, alarm_id)
    crews = selectors.crews_on_scene(actor, found.incident_id) if found.incident_id is not None and found.rule.watch == "WELFARE_DUE" else []
    context = {
        "alarm": found,
        "lines": journal.timeline(f"alarm:{found.pk}", limit=20),
        "crews": crews,
        "pages": selectors.pages_of_alarm(actor, found.pk),
    }
    return render(request, "alerts/_alarm.html", context)


@require_POST
@allowed(permissions.ACKNOWLEDGE)
def acknowledge(request: HttpRequest) -> HttpResponse:
    """Answer for these alarms (`ids`)."""
    ids = [int(each) for each in request.POST.get("ids", "").split(",") if each.isascii() and each.isdigit() and len(each) < 19]
    answered = services.acknowledge_alarms(request.actor, alarm_ids=ids, now=timezone.now())  # type: ignore[attr-defined]
    if not answered:
        return done(_("Somebody has acknowledged it already."))
    if len(answered) == 1:
        return done(_("Acknowledged: %(alarm)s") % {"alarm": _called(answered[0])})
    return done(ngettext("%(n)s alarm acknowledged.", "%(n)s alarms acknowledged.", len(answered)) % {"n": len(answered)})


@require_POST
@allowed(permissions.ACKNOWLEDGE)
def acknowledge_together(request: HttpRequest) -> HttpResponse:
    """Answer for the alarms chosen in the list (`number`); what came of each is told."""
    ids = [int(each) for each in request.POST.getlist("number") if each.isascii() and each.isdigit() and len(each) < 19]
    outcomes = together.acknowledge_each(request.actor, ids, now=timezone.now())  # type: ignore[attr-defined]
    refused = [each for each in outcomes if each.refusal]
    return render(request, "alerts/_together_report.html", {"outcomes": outcomes, "done": len(outcomes) - len(refused), "refused": len(refused)})


@require_http_methods(["GET", "POST"])
@allowed(permissions.SHELVE)
def shelve(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """Put an alarm aside for a time, with a reason."""
    actor = request.actor  # type: ignore[attr-defined]
    found = selectors.alarm(actor, alarm_id)
    form = ShelveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.shelve_alarm(actor, alarm_id=found.pk, now=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            undo = {"url": reverse("alarm_unshelve", args=[found.pk])}
            return done(_("Shelved: %(alarm)s") % {"alarm": _called(found)}, undo=undo)
    return render(request, "alerts/_shelve.html", {"alarm": found, "form": form, "shelves": SHELVES}, status=422 if form.errors else 200)


@require_POST
@allowed(permissions.SHELVE)
def unshelve(request: HttpRequest, alarm_id: int) -> HttpResponse:
    """Take an alarm off the shelf."""
    found = services.unshelve_alarm(request.actor, alarm_id=alarm_id, now=timezone.now())  # type: ignore[attr-defined]
    return done(_("Off the shelf: %(alarm)s") % {"alarm": _called(found)})


@require_POST
@allowed(permissions.CHECK_WELFARE)
def welfare(request: HttpRequest, assignment_id: int) -> HttpResponse:
    """The crew of an assignment is well."""
    check = services.confirm_welfare(request.actor, assignment_id=assignment_id, now=timezone.now())  # type: ignore[attr-defined]
    alarm = request.POST.get("alarm", "")
    asked_next = {"dialog": reverse("alarm", args=[int(alarm)])} if alarm.isascii() and alarm.isdigit() and len(alarm) < 19 else {}
    return done(_("%(unit)s is well.") % {"unit": check.assignment.unit.code}, incident=check.assignment.incident_id, **asked_next)


def _called(alarm: Alarm) -> str:
    return labels.resolve({"alarm": [str(alarm.pk)]})["alarm", str(alarm.pk)]
