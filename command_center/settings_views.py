"""Settings: lists and forms of reference data, and people with their roles."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access import permissions, policy, roles, selectors
from access import services as access
from access.faces import allowed, sheet, signed_in
from access.forms import MembershipForm, PersonForm
from access.models import User
from command_center import services
from command_center.catalogues import BY_SLUG, CATALOGUES, LABELS, Catalogue, shown
from kit.errors import Refused

PAGE = 100
MOST_EXPORTED = 5000
form_view = require_http_methods(["GET", "POST"])


def _catalogue(request: HttpRequest, slug: str) -> Catalogue:
    found = BY_SLUG.get(slug)
    if found is None or found.page:
        raise Http404
    policy.require(request.actor, found.action, None)  # type: ignore[attr-defined]
    return found


def settings_page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page of the settings, beside the list of what the reader may edit."""
    groups: dict[Any, list[Catalogue]] = {}
    for each in CATALOGUES:
        if policy.can(request.actor, each.action, None):  # type: ignore[attr-defined]
            groups.setdefault(each.group, []).append(each)
    may_people = policy.can(request.actor, permissions.MANAGE_PEOPLE, None)  # type: ignore[attr-defined]
    return render(request, template, {"groups": groups, "may_people": may_people, **context}, status=status)


@require_GET
@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """The first kind of reference data the reader may edit."""
    for each in CATALOGUES:
        if policy.can(request.actor, each.action, None):  # type: ignore[attr-defined]
            return redirect(each.page) if each.page else redirect("settings_list", each.slug)
    policy.require(request.actor, permissions.MANAGE_REFERENCE, None)  # type: ignore[attr-defined]
    raise Http404


@require_GET
@signed_in
def listing(request: HttpRequest, slug: str) -> HttpResponse:
    """The rows of one kind, narrowed and in pages; as CSV with `format=csv`."""
    catalogue = _catalogue(request, slug)
    words, retired = request.GET.get("q", "").strip()[:80], "retired" in request.GET
    rows = catalogue.rows(words, with_retired=retired)
    if request.GET.get("format") == "csv":
        return _csv(catalogue, rows[:MOST_EXPORTED])
    start = int(request.GET["after"]) if request.GET.get("after", "").isdigit() else 0
    found = list(rows[start : start + PAGE + 1])
    context = {
        "catalogue": catalogue,
        "headings": [LABELS.get(column, column) for column in catalogue.columns],
        "rows": [(row, [shown(row, column) for column in catalogue.columns]) for row in found[:PAGE]],
        "total": rows.count(),
        "words": words,
        "retired": retired,
        "has_retired": "is_active" in catalogue.fields,
        "query": urlencode({key: value for key, value in (("q", words), ("retired", "1" if retired else "")) if value}),
        "next": start + PAGE if len(found) > PAGE else None,
        "previous": max(0, start - PAGE) if start else None,
    }
    return settings_page(request, "settings/list.html", context)


def _csv(catalogue: Catalogue, rows: Any) -> HttpResponse:
    headings = [LABELS.get(column, column) for column in catalogue.columns]
    return sheet(catalogue.slug, [headings, *([shown(row, column) for column in catalogue.columns] for row in rows)])


@form_view
@signed_in
def edit(request: HttpRequest, slug: str, pk: int | None = None) -> HttpResponse:
    """The form of one row, or of a new one."""
    catalogue = _catalogue(request, slug)
    row = get_object_or_404(catalogue.model, pk=pk) if pk is not None else catalogue.model()
    form: Any = catalogue.form_class()(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid():
        try:
            services.keep_reference(request.actor, catalogue=catalogue, row=form.instance, links=form.links())  # type: ignore[attr-defined]
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.info(request, _("%(row)s is saved.") % {"row": form.instance})
            return redirect("settings_list", slug)
    return settings_page(request, "settings/edit.html", {"catalogue": catalogue, "form": form, "row": row}, 422 if form.errors else 200)


@require_GET
@allowed(permissions.MANAGE_PEOPLE)
def people(request: HttpRequest) -> HttpResponse:
    """Everybody, with the roles they hold now."""
    words = request.GET.get("q", "").strip()[:80]
    found = selectors.people()
    if words:
        found = found.filter(username__icontains=words) | found.filter(name__icontains=words)
    return settings_page(
        request, "settings/people.html", {"people": found.prefetch_related("memberships")[:500], "words": words, "now": timezone.now()}
    )


@form_view
@allowed(permissions.MANAGE_PEOPLE)
def add_person(request: HttpRequest) -> HttpResponse:
    """Add a person who can sign in."""
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            person = access.add_person(request.actor, **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as refusal:
            for name, reason in getattr(refusal, "fields", {"": refusal.sentence}).items():
                form.add_error(name if name in form.fields else None, str(reason))
        else:
            return redirect("settings_person", person.pk)
    return settings_page(request, "settings/person_new.html", {"form": form}, 422 if form.errors else 200)


@form_view
@allowed(permissions.MANAGE_PEOPLE)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: memberships, giving one."""
    found = get_object_or_404(User, pk=pk)
    form = MembershipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            access.grant_membership(
                request.actor,  # type: ignore[attr-defined]
                user_id=found.pk, role=roles.Role(values["role"]), department_id=values["department_id"],
                region_id=values["region_id"], until=values["until"], now=timezone.now(),
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            return redirect("settings_person", pk)
    context = {"person": found, "form": form, "memberships": selectors.memberships_of(found.pk), "now": timezone.now()}
    return settings_page(request, "settings/person.html", context, 422 if form.errors else 200)


@require_POST
@allowed(permissions.MANAGE_PEOPLE)
def end_membership(request: HttpRequest, membership_id: int) -> HttpResponse:
    """End a role now."""
    access.end_membership(request.actor, membership_id=membership_id, now=timezone.now())  # type: ignore[attr-defined]
    return redirect("settings_person", int(request.POST.get("person", "0")))


@require_POST
@allowed(permissions.MANAGE_PEOPLE)
def deactivate(request: HttpRequest, pk: int) -> HttpResponse:
    """End a person's access everywhere."""
    access.deactivate_person(request.actor, user_id=pk, now=timezone.now())  # type: ignore[attr-defined]
    return redirect("settings_person", pk)
