"""Pages of sharing that are the same for every kind of thing: what is shown to us and by us, and the dialog in which a thing is shared."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from access.faces import done, signed_in
from access.forms import refused
from access.sharing import reading, verbs
from access.sharing.forms import ShareForm
from access.sharing.kinds import Kind, keeper_of
from kit import naming
from kit.errors import Refused


@require_GET
@signed_in
def listing(request: HttpRequest) -> HttpResponse:
    """What others show to us, and what is shown of what is ours, with who has looked."""
    actor, now = request.actor, timezone.now()  # type: ignore[attr-defined]
    context = {"given": reading.given(actor, now=now), "made": reading.made(actor, now=now), "most": reading.MOST_SHOWN}
    return render(request, "access/shared.html", context)


@require_GET
@signed_in
def receipt(request: HttpRequest, share_id: int) -> HttpResponse:
    """One sentence for who shared a thing: the other side has opened it. Nothing for any look but the first (`person`)."""
    found = reading.first_receipt(request.actor, share_id)  # type: ignore[attr-defined]
    if found is None or request.GET.get("person") != str(found.look.person_id):
        return HttpResponse(status=204)
    of = found.look.person.department
    who = f"{found.look.person} ({naming.called(of)})" if of is not None else str(found.look.person)
    said = _("%(who)s has opened what you share: %(what)s %(called)s") % {"who": who, "what": found.what, "called": found.called}
    return HttpResponse(said, content_type="text/plain")


def dialog(request: HttpRequest, kind: Kind, thing_id: int, *, called: str, told: dict[str, Any] | None = None, **context: Any) -> HttpResponse:
    """With whom a thing is shared, and with whom else; who calls has made sure that the reader may share it. `told`: what the page is told then."""
    now, keeper = timezone.now(), keeper_of(kind)
    form = ShareForm(request.POST or None, levels=keeper.levels)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.share(request.actor, kind=kind.name, subject_id=thing_id, terms=form.terms(now), now=now)  # type: ignore[attr-defined]
        except Refused as refusal:
            refused(form, refusal)
        else:
            return done(_("%(number)s is shared.") % {"number": called}, **(told or {}))
    shown = {
        "form": form,
        "levels": list(keeper.levels.values()),
        "shares": reading.shares_of(kind, thing_id),
        "called": called,
        "here": request.path,
        **context,
    }
    return render(request, "access/_share.html", shown, status=422 if form.is_bound else 200)
