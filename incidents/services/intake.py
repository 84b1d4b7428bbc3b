"""The words that speak for types and the questions about them: added with a type; the settings pages change them."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.facts import ReferenceChanged
from incidents import permissions
from incidents.models import IncidentType, KeyQuestion, TypeRule
from incidents.services.reference import SCOPES
from journal import services as journal
from kit.errors import Invalid


@dataclass(frozen=True, slots=True)
class NewQuestion:
    """A key question to add. Ten points of `weight` raise the suggested level by one; `weight_no` counts for no."""

    text: str
    text_en: str
    kind: str
    order: int
    from_number: int
    weight: int
    weight_no: int


@transaction.atomic
def add_type_rule(
    actor: Actor, *, type_code: str, words: tuple[str, ...], words_en: tuple[str, ...], excludes: tuple[str, ...], weight: int
) -> TypeRule:
    """Add words that speak for a type, `weight` points each (1 to 100). Raises `Invalid` for an unknown type or no words."""
    policy.require(actor, permissions.MANAGE_TYPES, None)
    row = TypeRule(type=_type(type_code), words="\n".join(words), words_en="\n".join(words_en), excludes="\n".join(excludes), weight=weight)
    _check(row)
    row.save()
    after = {"type": type_code, "words": row.words, "words_en": row.words_en, "excludes": row.excludes, "weight": weight}
    journal.record(actor, ReferenceChanged(subject=f"typerule:{row.pk}", before={}, after=after), about=[row], scopes=SCOPES, at=None)
    return row


@transaction.atomic
def add_key_question(actor: Actor, *, type_code: str, question: NewQuestion) -> KeyQuestion:
    """Add a question to ask about a type, at most six. Raises `Invalid` for an unknown type or a place that is taken."""
    policy.require(actor, permissions.MANAGE_TYPES, None)
    row = KeyQuestion(
        type=_type(type_code),
        order=question.order,
        text=question.text,
        text_en=question.text_en,
        kind=question.kind,
        from_number=question.from_number,
        weight=question.weight,
        weight_no=question.weight_no,
    )
    _check(row)
    row.save()
    after = {"type": type_code, "order": row.order, "text": row.text, "weight": row.weight, "weight_no": row.weight_no}
    journal.record(actor, ReferenceChanged(subject=f"keyquestion:{row.pk}", before={}, after=after), about=[row], scopes=SCOPES, at=None)
    return row


def _type(code: str) -> IncidentType:
    found = IncidentType.objects.filter(code=code).first()
    if found is None:
        raise Invalid({"type": _("There is no such type.")})
    return found


def _check(row: TypeRule | KeyQuestion) -> None:
    try:
        row.full_clean()
    except ValidationError as error:
        raise Invalid({name: reasons[0] for name, reasons in error.message_dict.items()}) from error
