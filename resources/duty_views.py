"""Pages of the roster: a week of it, a line with what can be done about it, leave, and the roster as a file."""

from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from access.faces import allowed, done, sheet
from kit.errors import Refused
from kit.naming import called
from resources import forms, permissions, selectors, services
from resources.models import Duty, Post

WEEK = 7
CSV_DAYS = 62
form_view = require_http_methods(["GET", "POST"])


@require_GET
@allowed(permissions.VIEW_ROSTER)
def roster(request: HttpRequest) -> HttpResponse:
    """A week of the roster; as CSV with `format=csv`, sixty-two days, in the shape in which it is taken in."""
    actor = request.actor  # type: ignore[attr-defined]
    first = _day(request.GET.get("from", ""))
    if request.GET.get("format") == "csv":
        return _csv(request, first)
    found = selectors.roster(actor, first=first, days=WEEK)
    context = {
        "roster": found,
        "today": timezone.localdate(),
        "previous": first - timedelta(days=WEEK),
        "next": first + timedelta(days=WEEK),
        "now": timezone.now(),
    }
    return render(request, "duty/roster.html", context)


def _csv(request: HttpRequest, first: date) -> HttpResponse:
    found = selectors.roster(request.actor, first=first, days=CSV_DAYS)  # type: ignore[attr-defined]
    lines = [
        (row.post.code, duty.shift.code if duty.shift else "", cell.day, duty.person.username)
        for row in found.rows
        for cell in row.cells
        for duty in cell.duties
        if duty.stands_in_for_id is None
    ]
    return sheet("roster", [forms.COLUMNS, *lines])


@form_view
@allowed(permissions.MANAGE_ROSTER)
def take_in(request: HttpRequest) -> HttpResponse:
    """Take in a roster file: all of it, or nothing and each wrong line with its reason."""
    form = forms.RosterFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            came = services.import_roster(request.actor, lines=form.cleaned_data["file"], now=timezone.now())  # type: ignore[attr-defined]
        except Refused as refusal:
            forms.refused(form, refusal)
        else:
            said = ngettext("%(n)s duty taken in, %(known)s known already.", "%(n)s duties taken in, %(known)s known already.", came.added)
            return done(said % {"n": came.added, "known": came.known}, go=request.path.removesuffix("import/"))
    return render(request, "duty/_import.html", {"form": form, "columns": ", ".join(forms.COLUMNS)}, status=422 if form.errors else 200)


@form_view
@allowed(permissions.MANAGE_ROSTER)
def put(request: HttpRequest, post_id: int) -> HttpResponse:
    """Put somebody at a post for a shift of a day."""
    actor = request.actor  # type: ignore[attr-defined]
    post: Post | None = selectors.posts(actor).filter(pk=post_id).first()
    if post is None:
        raise Http404
    first = {"day": _day(request.GET.get("day", "")), "shift_id": request.GET.get("shift", "")}
    form = forms.PutForm(request.POST or None, initial=first, people=selectors.people_of_posts(actor), shifts=list(selectors.shifts()))
    if request.method == "POST" and form.is_valid():
        try:
            duty = services.roster_duty(actor, post_id=post.pk, now=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            forms.refused(form, refusal)
        else:
            return _changed(_("%(person)s is rostered.") % {"person": duty.person})
    return render(request, "duty/_put.html", {"form": form, "post": post}, status=422 if form.errors else 200)


@require_GET
@allowed(permissions.VIEW_ROSTER)
def one(request: HttpRequest, duty_id: int) -> HttpResponse:
    """One line of the roster, and what can be done about it."""
    return render(request, "duty/_duty.html", {"duty": _duty(request, duty_id), "now": timezone.now()})


@form_view
@allowed(permissions.MANAGE_ROSTER)
def stand_in(request: HttpRequest, duty_id: int) -> HttpResponse:
    """Name who stands in for a duty or a part of it."""
    duty, now = _duty(request, duty_id), timezone.now()
    first = {"starts_at": max(duty.starts_at, now), "ends_at": duty.ends_at}
    people = [each for each in selectors.people_of_posts(request.actor) if each.pk != duty.person_id]  # type: ignore[attr-defined]
    form = forms.StandInForm(request.POST or None, initial=first, people=people)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        # A field that still says the minute in which the duty begins means its beginning, seconds and all.
        begin = max(values["starts_at"], duty.starts_at) if values["starts_at"] + timedelta(minutes=1) > duty.starts_at else values["starts_at"]
        try:
            made = services.name_stand_in(request.actor, duty_id=duty.pk, now=now, **values | {"starts_at": begin})  # type: ignore[attr-defined]
        except Refused as refusal:
            forms.refused(form, refusal)
        else:
            return _changed(_("%(person)s stands in for %(other)s.") % {"person": made.person, "other": duty.person})
    return render(request, "duty/_stand_in.html", {"form": form, "duty": duty}, status=422 if form.errors else 200)


@form_view
@allowed(permissions.MANAGE_ROSTER)
def swap(request: HttpRequest, duty_id: int) -> HttpResponse:
    """Let two people change duties."""
    actor, duty, now = request.actor, _duty(request, duty_id), timezone.now()  # type: ignore[attr-defined]
    others = [(each, _said(each)) for each in selectors.other_duties(actor, duty, now=now)]
    form = forms.SwapForm(request.POST or None, duties=others)
    if request.method == "POST" and form.is_valid():
        try:
            services.swap_duties(actor, duty_id=duty.pk, now=now, **form.cleaned_data)
        except Refused as refusal:
            forms.refused(form, refusal)
        else:
            return _changed(_("The duties are changed."))
    return render(request, "duty/_swap.html", {"form": form, "duty": duty}, status=422 if form.errors else 200)


@form_view
@allowed(permissions.MANAGE_ROSTER)
def cancel(request: HttpRequest, duty_id: int) -> HttpResponse:
    """Take a line back."""
    duty = _duty(request, duty_id)
    form = forms.CancelForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.cancel_duty(request.actor, duty_id=duty.pk, now=timezone.now(), **form.cleaned_data)  # type: ignore[attr-defined]
        except Refused as refusal:
            forms.refused(form, refusal)
        else:
            return _changed(_("Taken off the roster."))
    return render(request, "duty/_cancel.html", {"form": form, "duty": duty}, status=422 if form.errors else 200)


@form_view
@allowed(permissions.MANAGE_ROSTER)
def leave(request: HttpRequest) -> HttpResponse:
    """Note that somebody is away."""
    actor = request.actor  # type: ignore[attr-defined]
    form = forms.LeaveForm(request.POST or None, people=selectors.people_of_posts(actor))
    if request.method == "POST" and form.is_valid():
        try:
            services.note_leave(actor, now=timezone.now(), **form.cleaned_data)
        except Refused as refusal:
            forms.refused(form, refusal)
        else:
            return _changed(_("The leave is noted."))
    return render(request, "duty/_leave.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
@allowed(permissions.MANAGE_ROSTER)
def cancel_leave(request: HttpRequest, leave_id: int) -> HttpResponse:
    """Take leave back."""
    services.cancel_leave(request.actor, leave_id=leave_id, now=timezone.now())  # type: ignore[attr-defined]
    return _changed(_("The leave is taken back."))


def _changed(sentence: str) -> HttpResponse:
    """The roster is drawn again where it stands; on another page only the sentence is said."""
    return done(sentence, roster=True)


def _duty(request: HttpRequest, duty_id: int) -> Duty:
    found = selectors.duty(request.actor, duty_id)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def _said(duty: Duty) -> str:
    at = timezone.localtime(duty.starts_at)
    return f"{at:%m-%d %H:%M} · {called(duty.post)} · {duty.person}"


def _day(text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = timezone.localdate()
    return min(max(found, date(2000, 1, 3)), date(2200, 1, 1))
