"""Questions about pages: one's own that wait for an answer, and what became of an escalation."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from access import policy
from access.actors import Actor
from alerts import labels, permissions
from alerts.models import Alarm, Chain, Escalation, Page
from alerts.models.paging import LAST_STEP
from resources.models import Post

MOST = 20


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A page that waits for the reader's answer; `posts` are those that stand empty, where the reader is paged for them."""

    page: Page
    posts: tuple[Post, ...]


def own_pages(actor: Actor) -> list[OwnPage]:
    """The pages of the actor that nobody has answered yet, the gravest first; one for each escalation, at most twenty.

    Where the actor is the last to be paged for posts that one emergency called, one page stands for all of them, as one answer does.
    """
    if actor.user_id is None:
        return []
    rows = Page.objects.filter(person=actor.user_id, state=Page.State.SENT, escalation__ended_at=None).order_by("-at", "-id")
    found: dict[object, dict[int, Page]] = {}
    alarm = [f"escalation__alarm__{name}" for name in ("rule", "unit", "help_call", "incident__type")]
    whole = (*alarm, "escalation__called", "escalation__post", "post")
    for page in rows.select_related(*whole)[:200]:
        run = page.escalation
        found.setdefault(run.matter if page.step == LAST_STEP and run.matter is not None else run.pk, {}).setdefault(run.pk, page)
    own = [OwnPage(next(iter(pages.values())), _empty_posts(pages.values())) for pages in found.values()]
    return sorted(own, key=lambda each: (each.page.escalation.level, each.page.escalation.began_at, each.page.pk))[:MOST]


def _empty_posts(pages: Iterable[Page]) -> tuple[Post, ...]:
    runs = [page.escalation for page in pages if page.step == LAST_STEP]
    return tuple(sorted((run.post for run in runs if run.post is not None), key=lambda post: post.code))


def say_what_of(actor: Actor, alarms: Sequence[Alarm]) -> None:
    """Write on those of these alarms that say a page went unanswered what it was about (`told_of`), and at which posts the actor may see."""
    leads = {each: int(each.subject.partition(":")[2]) for each in alarms if each.subject.startswith("escalation:")}
    if not leads:
        return
    seen = policy.visible(actor, permissions.VIEW, Escalation.objects.all()).select_related("called", "post", "alarm__rule")
    runs = seen.in_bulk(leads.values())
    others = list(seen.filter(pk__in=Escalation.objects.together_with(runs.values())).order_by("post__code"))
    for alarm, lead in leads.items():
        if run := runs.get(lead):
            same = [each for each in others if run.matter is not None and each.matter == run.matter]
            posts = _(", ").join(labels.named(each.post.name, each.post.name_en) for each in same or [run] if each.post is not None)
            alarm.told_of = " · ".join(part for part in (labels.about(run), posts) if part)


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


@dataclass(frozen=True, slots=True)
class Run:
    """An escalation as it stands, with everybody who was paged or was not, in order."""

    state: str
    answered_by: str
    began_at: datetime
    ended_at: datetime | None
    paged: list[Page]


def run_with_pages(run: Escalation) -> Run:
    """An escalation that the actor was found to see, with its pages; at most fifty."""
    pages = list(run.pages.select_related("person", "post").order_by("at", "id")[:50])
    return Run(run.state, run.answered_by, run.began_at, run.ended_at, pages)


def escalations(actor: Actor, *, since: datetime, until: datetime) -> QuerySet[Escalation]:
    """The escalations of a period that the actor may see, the newest first."""
    rows = Escalation.objects.filter(began_at__gte=since, began_at__lt=until)
    return policy.visible(actor, permissions.VIEW, rows).select_related("alarm__rule", "chain", "post").order_by("-began_at", "-id")
