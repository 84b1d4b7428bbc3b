"""While a call is taken: which types the words speak for, what to ask, and the level the answers suggest. Nothing here writes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from access.faces import allowed
from incidents import permissions, selectors, suggesting
from incidents.assessing import assess
from incidents.forms import answers_of
from incidents.models import KeyQuestion
from incidents.models.reference import Severity


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on the form, and what is answered so far."""

    question: KeyQuestion
    answer: str


@require_POST
@allowed(permissions.REPORT)
def suggest_type(request: HttpRequest) -> HttpResponse:
    """The types that the words speak for; nothing is chosen by it."""
    return render(request, "incidents/_type_suggestion.html", _suggestions(request.POST))


@require_POST
@allowed(permissions.REPORT)
def questions(request: HttpRequest) -> HttpResponse:
    """What to ask about the chosen type; answers given already stay."""
    return render(request, "incidents/_questions.html", _questions(request.POST))


@require_POST
@allowed(permissions.REPORT)
def suggest_level(request: HttpRequest) -> HttpResponse:
    """The level that the answers suggest, with its reasons."""
    return render(request, "incidents/_level_suggestion.html", _questions(request.POST))


def context(values: Mapping[str, str]) -> dict[str, Any]:
    """What the call form shows of all this, for a form that comes back too."""
    chosen = values.get("severity", "")
    return {
        **_suggestions(values),
        **_questions(values),
        "severities": Severity.choices,
        "chosen_severity": int(chosen) if chosen.isdigit() else None,
    }


def _suggestions(values: Mapping[str, str]) -> dict[str, Any]:
    type_id = _type_id(values)
    words = values.get("words", "") if type_id else f"{values.get('type_words', '')}\n{values.get('words', '')}"
    found = suggesting.suggested_types(words)
    other = next((each.type.pk for each in found if each.type.pk != type_id), None)
    return {"suggestions": found, "chosen_type": type_id, "offered_type": None if found and found[0].type.pk == type_id else other}


def _questions(values: Mapping[str, str]) -> dict[str, Any]:
    type_ = next((each for each in selectors.incident_types() if each.pk == _type_id(values)), None)
    if type_ is None:
        return {"asked": [], "assessment": None}
    own, answers = suggesting.key_questions(type_.pk), answers_of(values)
    asked = [Asked(question, answers.get(question.pk, "")) for question in own]
    return {"asked": asked, "assessment": assess(type_.severity, own, answers)}


def _type_id(values: Mapping[str, str]) -> int | None:
    sent = values.get("type", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else None
