"""Questions about pages: one's own that wait for an answer, and what became of an escalation."""

from datetime import datetime

from django.db.models import QuerySet

from access import policy
from access.actors import Actor
from alerts import permissions
from alerts.models import Chain, Escalation, Page

MOST = 20


def own_pages(actor: Actor) -> list[Page]:
    """The pages of the actor that nobody has answered yet, the gravest first; one for each escalation, at most twenty."""
    if actor.user_id is None:
        return []
    rows = Page.objects.filter(person=actor.user_id, state=Page.State.SENT, escalation__ended_at=None).order_by("-at", "-id")
    found: dict[int, Page] = {}
    alarm = [f"escalation__alarm__{name}" for name in ("rule", "unit", "help_call", "incident__type")]
    whole = (*alarm, "escalation__called", "post")
    for page in rows.select_related(*whole)[:200]:
        found.setdefault(page.escalation_id, page)
    return sorted(found.values(), key=lambda page: (page.escalation.level, page.escalation.began_at, page.pk))[:MOST]


def chain_codes() -> set[str]:
    """The codes of all chains, in use or not."""
    return set(Chain.objects.values_list("code", flat=True))


def has_pages(actor: Actor) -> bool:
    """Whether a page of the actor waits for an answer."""
    return actor.user_id is not None and Page.objects.filter(person=actor.user_id, state=Page.State.SENT, escalation__ended_at=None).exists()


def pages_of_alarm(actor: Actor, alarm_id: int) -> list[Page]:
    """Who was paged for an alarm the actor may see, who was not and why, in order; at most fifty."""
    runs = policy.visible(actor, permissions.VIEW, Escalation.objects.filter(alarm=alarm_id))
    rows = Page.objects.filter(escalation__in=runs).select_related("person", "post", "escalation").order_by("at", "id")
    return list(rows[:50])


def escalations(actor: Actor, *, since: datetime, until: datetime) -> QuerySet[Escalation]:
    """The escalations of a period that the actor may see, the newest first."""
    rows = Escalation.objects.filter(began_at__gte=since, began_at__lt=until)
    return policy.visible(actor, permissions.VIEW, rows).select_related("alarm__rule", "chain", "post").order_by("-began_at", "-id")
