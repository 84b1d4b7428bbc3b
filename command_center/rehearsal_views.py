"""Settings: run a changed rule over the reports since yesterday, before it is saved."""

from datetime import datetime, time, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from access.faces import allowed
from command_center.catalogues import BY_SLUG
from incidents import permissions, suggesting
from incidents.models import TypeRule


@require_POST
@allowed(permissions.MANAGE_TYPES)
def rehearse(request: HttpRequest) -> HttpResponse:
    """Which reports would be typed differently with the rule as the form has it; the form's own errors when it may not be so."""
    sent = request.POST.get("rule", "")
    row = get_object_or_404(TypeRule, pk=int(sent)) if sent.isascii() and sent.isdigit() and len(sent) < 10 else TypeRule()
    form: Any = BY_SLUG["type-rules"].form_class()(request.POST, instance=row)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        yesterday = timezone.localdate() - timedelta(days=1)
        since = timezone.make_aware(datetime.combine(yesterday, time.min))
        context["rehearsal"] = suggesting.rehearse(request.actor, changed=form.instance, since=since)  # type: ignore[attr-defined]
    return render(request, "settings/_rehearsal.html", context, status=422 if form.errors else 200)
