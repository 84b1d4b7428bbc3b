"""Pages about oneself: profile, language, tokens, and authority taken by breaking the glass."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from access import permissions, policy, roles, selectors, services
from access.faces import back, signed_in
from access.forms import FilterForm, GlassForm, LanguageForm, LayoutForm
from kit.errors import Refused


@require_GET
@signed_in
def profile(request: HttpRequest) -> HttpResponse:
    """Who one is here, what one may do and until when."""
    actor = request.actor  # type: ignore[attr-defined]
    memberships = list(selectors.memberships_of(request.user.pk))
    now = timezone.now()
    context = {
        "person": request.user,
        "memberships": [each for each in memberships if each.until is None or each.until > now],
        "ended": sum(1 for each in memberships if each.until is not None and each.until <= now),
        "tokens": selectors.tokens_of(request.user.pk),
        "may_break_glass": policy.can(actor, permissions.BREAK_GLASS, None),
        "glass": GlassForm(),
        "glass_minutes": services.GLASS_SECONDS // 60,
    }
    return render(request, "access/profile.html", context)


@require_POST
@signed_in
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language one reads, on every desk."""
    form = LanguageForm(request.POST)
    answer = redirect("profile")
    if form.is_valid():
        services.set_language(request.actor, language=form.cleaned_data["language"])  # type: ignore[attr-defined]
        answer.set_cookie(settings.LANGUAGE_COOKIE_NAME, form.cleaned_data["language"], max_age=31_536_000, samesite="Lax")
    return answer


@require_POST
@signed_in
def layout(request: HttpRequest) -> HttpResponse:
    """Remember the size of a part of the screen, so that it follows the person to every desk of this kind."""
    form = LayoutForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    services.keep_layout(request.actor, **form.cleaned_data)  # type: ignore[attr-defined]
    return HttpResponse(status=204)


@require_POST
@signed_in
def save_filter(request: HttpRequest) -> HttpResponse:
    """Keep the filter of a list under a name."""
    form = FilterForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the filter a name."))
        return back(request)
    try:
        kept = services.save_filter(request.actor, **form.cleaned_data)  # type: ignore[attr-defined]
        messages.info(request, _("The filter “%(name)s” is saved.") % {"name": kept.name})
    except Refused as refusal:
        messages.error(request, refusal.in_full)
    return back(request)


@require_POST
@signed_in
def forget_filter(request: HttpRequest, filter_id: int) -> HttpResponse:
    """Delete a saved filter of one's own."""
    services.forget_filter(request.actor, filter_id=filter_id)  # type: ignore[attr-defined]
    return back(request)


@require_POST
@signed_in
def break_glass(request: HttpRequest) -> HttpResponse:
    """Take a role elsewhere for an hour, with a reason."""
    form = GlassForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose a role and say why."))
        return redirect("profile")
    values = form.cleaned_data
    try:
        services.break_glass(
            request.actor,  # type: ignore[attr-defined]
            role=roles.Role(values["role"]),
            department_id=values["department_id"],
            region_id=values["region_id"],
            reason=values["reason"],
            now=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("profile")


@require_POST
@signed_in
def give_back(request: HttpRequest, membership_id: int) -> HttpResponse:
    """Give back authority taken by breaking the glass."""
    services.end_membership(request.actor, membership_id=membership_id, now=timezone.now())  # type: ignore[attr-defined]
    return redirect("profile")


@require_POST
@signed_in
def revoke_token(request: HttpRequest) -> HttpResponse:
    """Revoke a token of one's own."""
    services.revoke_token(request.actor, token_key=request.POST.get("token", ""))  # type: ignore[attr-defined]
    messages.info(request, _("The token is revoked."))
    return redirect("profile")
