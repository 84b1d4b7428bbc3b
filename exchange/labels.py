"""How telephone calls and what became of them are called in the timeline."""

from collections.abc import Callable

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.models import PhoneCall, PhoneLink
from journal import labels


def _calls(ids: list[str]) -> dict[str, str]:
    rows = PhoneCall.objects.filter(pk__in=ids).values_list("pk", "rung_at")
    return {str(pk): _("the telephone call of %(time)s") % {"time": f"{timezone.localtime(rung_at):%H:%M:%S}"} for pk, rung_at in rows}


def _choices(choices: type[TextChoices]) -> Callable[[list[str]], dict[str, str]]:
    return lambda ids: {value: str(label) for value, label in choices.choices if value in ids}


def register() -> None:
    """Tell the journal how to name this room's subjects and codes."""
    labels.register("phonecall", _calls)
    labels.register("callback", _choices(PhoneCall.Outcome))
    labels.register("phonelink", _choices(PhoneLink.State))
