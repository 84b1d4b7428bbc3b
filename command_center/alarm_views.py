"""Settings: play an alarm rule over what was recorded, before it is saved."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from access.faces import allowed
from alerts import permissions, rehearsing, selectors
from alerts.models import AlarmRule
from command_center.catalogues import BY_SLUG

DAYS = (1, 7, 14, 28)


@require_POST
@allowed(permissions.MANAGE_RULES)
def rehearse(request: HttpRequest) -> HttpResponse:
    """What the rule as the form has it would have raised in the last recorded days; the form's own errors when it may not be so."""
    actor = request.actor  # type: ignore[attr-defined]
    sent, days = request.POST.get("rule", ""), request.POST.get("days", "")
    row = get_object_or_404(AlarmRule, pk=int(sent)) if sent.isascii() and sent.isdigit() and len(sent) < 10 else AlarmRule()
    form: Any = BY_SLUG["alarm-rules"].form_class()(request.POST, instance=row)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        until = selectors.recorded_until()
        since = until - timedelta(days=int(days) if days in map(str, DAYS) else 14)
        types = [each.pk for each in form.cleaned_data["types"]]
        keepers = [each.pk for each in form.cleaned_data["suppressed_by"]]
        found = rehearsing.rehearse(actor, row=form.instance, type_ids=types, kept_back_by=keepers, since=since, until=until)
        context |= {"rehearsal": found, "shown": selectors.called(actor, found.shown), "top": selectors.unit_codes(found.top)}
    return render(request, "alerts/_rehearsal.html", context, status=422 if form.errors else 200)
