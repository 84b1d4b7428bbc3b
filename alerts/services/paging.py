"""Paging those on duty: an unanswered alarm goes up its chain, step by step, until somebody answers; nobody off duty is paged."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from access.models import User
from alerts import facts, permissions
from alerts.goals import Called, goals_of_post, goals_of_step
from alerts.models import Alarm, Chain, ChainStep, Escalation, Page, PageDelivery, State, Watch
from alerts.models.paging import LAST_STEP
from journal import services as journal
from journal.facts import Fact
from journal.services import Happening
from kit.errors import Invalid, NotFound, Refused
from resources import selectors as resources

CALL_WAITS = timedelta(seconds=60)
MOST = 500


class PageIsAnswered(Refused):
    code = "page_is_answered"
    says = _("Already answered: %(who)s.")


@transaction.atomic
def page_for_alarms(actor: Actor, *, alarm_ids: Sequence[int], now: datetime) -> int:
    """Start the chain of each of these alarms, which nobody acknowledged in time; says how many have one. Twice starts nothing twice."""
    if not alarm_ids:
        return 0
    policy.require(actor, permissions.PAGE, None)
    alarms = Alarm.objects.live().filter(pk__in=alarm_ids, state=State.UNACKED).exclude(rule__watch=Watch.NOBODY_ANSWERED).select_related("rule")
    chains = list(Chain.objects.filter(is_active=True, steps__isnull=False).distinct().prefetch_related("rules").order_by("code"))
    begun = 0
    for alarm in alarms.order_by("pk"):
        chain = _chain_for(alarm, chains)
        if chain is None:
            continue
        run, is_new = Escalation.objects.get_or_create(
            alarm=alarm, raised_at=alarm.raised_at,
            defaults={
                "chain": chain, "level": alarm.level, "began_at": now, "began_by": actor.label[:80], "next_at": now,
                "department_id": alarm.department_id, "department_ids": alarm.department_ids, "region_id": alarm.region_id,
            },
        )  # fmt: skip
        if is_new:
            begun += 1
            _advance(actor, run, now)
    return begun


def _chain_for(alarm: Alarm, chains: Iterable[Chain]) -> Chain | None:
    """The narrowest chain that fits: for the rule before for all, for the department before for all, for fewer levels before for more."""
    fitting = [chain for chain in chains if alarm.level <= chain.worst_level and chain.department_id in (None, *alarm.department_ids)]
    rules = {chain.pk: {rule.pk for rule in chain.rules.all()} for chain in fitting}
    wanted = [chain for chain in fitting if not rules[chain.pk] or alarm.rule_id in rules[chain.pk]]
    return min(wanted, key=lambda chain: (not rules[chain.pk], chain.department_id is None, chain.worst_level, chain.code), default=None)


@transaction.atomic
def move_on(actor: Actor, *, now: datetime) -> int:
    """Page the next of each chain whose time to answer is over, and end what nobody needs to answer any more; says how many moved."""
    policy.require(actor, permissions.PAGE, None)
    is_needless = Q(alarm__isnull=False) & ~Q(alarm__state=State.UNACKED, alarm__raised_at=F("raised_at")) | Q(called__until__isnull=False)
    rows = Escalation.objects.open().filter(Q(next_at__lte=now) | is_needless).order_by("pk")
    changing = list(rows.values_list("pk", flat=True)[:MOST])
    if not changing:
        return 0
    for run in Escalation.objects.locked(changing):
        if _is_needless(run):
            run.end(Escalation.State.OVER, now)
            run.save(update_fields=["state", "ended_at", "answered_by", "next_at"])
            _tell(actor, run, facts.EscalationOver(escalation_id=run.pk, alarm_id=run.alarm_id), [], now)
        elif run.next_at is not None and run.next_at <= now:
            _advance(actor, run, now)
    return len(changing)


def _is_needless(run: Escalation) -> bool:
    """The alarm was answered, shelved or is over, or was raised anew, which starts its chain anew; or the called post was stood down."""
    if run.called is not None and run.called.until is not None:
        return True
    return run.alarm is not None and (run.alarm.state != State.UNACKED or run.alarm.raised_at != run.raised_at)


@transaction.atomic
def call_post(actor: Actor, *, post_id: int, words: str, level: int, now: datetime) -> Escalation:
    """Page those on duty at a post about something in words; unanswered for a minute, the duty supervisor is called."""
    post = resources.posts(actor).filter(pk=post_id).first()
    if post is None:
        raise NotFound
    policy.require(actor, permissions.PAGE, None)
    said = words.strip()[:200]
    if not said or not 1 <= level <= 4:
        raise Invalid({"words": _("Say what it is about.")})
    run = Escalation.objects.create(
        post=post, words=said, level=level, began_at=now, began_by=actor.label[:80], next_at=now,
        department_id=post.department_id, department_ids=post.department_ids, region_id=post.region_id,
    )  # fmt: skip
    _tell(actor, run, facts.PostCalled(escalation_id=run.pk, post_id=post.pk, words=said), [], now)
    _advance(actor, run, now)
    return run


@transaction.atomic
def page_called_post(actor: Actor, *, call_id: int, now: datetime) -> Escalation | None:
    """Page those on duty at a post that an emergency called; unanswered for a minute, the duty supervisor. None once it was stood down.

    Twice pages nobody twice.
    """
    policy.require(actor, permissions.PAGE, None)
    call = resources.post_call(call_id)
    if call is None or call.until is not None:
        return None
    post = call.post
    run, is_new = Escalation.objects.get_or_create(
        called=call,
        defaults={
            "post": post, "words": call.reason[:200], "level": call.level, "began_at": now, "began_by": call.called_by, "next_at": now,
            "department_id": post.department_id, "department_ids": post.department_ids, "region_id": post.region_id,
        },
    )  # fmt: skip
    if is_new:
        _advance(actor, run, now)
    return run


@transaction.atomic
def answer_page(actor: Actor, *, page_id: int, now: datetime) -> Escalation:
    """Say "I have it": the escalation ends for everybody, and who may acknowledge the alarm has acknowledged it by that.

    A duty supervisor who is paged because posts that one emergency called stand empty has all of them by one answer. The alarm is locked
    before the escalation, as everywhere. Raises `PageIsAnswered` for the second of two at once.
    """
    from alerts.services.answering import acknowledge_alarms

    mine = Page.objects.filter(pk=page_id, person=actor.user_id, state__in=[Page.State.SENT, Page.State.ANSWERED])
    page = mine.select_related("escalation__called").first()
    if page is None or actor.user_id is None:
        raise NotFound
    run = page.escalation
    if run.state == Escalation.State.ANSWERED and page.state == Page.State.ANSWERED:
        return run
    alarm = Alarm.objects.live().filter(pk=run.alarm_id).first() if run.alarm_id is not None else None
    if alarm is not None and run.ended_at is None and policy.can(actor, permissions.ACKNOWLEDGE, alarm):
        acknowledge_alarms(actor, alarm_ids=[alarm.pk], now=now)
    own = Escalation.objects.filter(pages__step=LAST_STEP, pages__person=actor.user_id, pages__state=Page.State.SENT)
    with_it = Escalation.objects.together_with([run]).filter(pk__in=own) if page.step == LAST_STEP else Escalation.objects.none()
    for open_run in Escalation.objects.locked([run.pk, *with_it.values_list("pk", flat=True)]):
        _answered(actor, open_run, now)
    run.refresh_from_db()
    page.refresh_from_db()
    if page.state != Page.State.ANSWERED:
        raise PageIsAnswered(who=run.answered_by or _("nobody needs to any more"))
    return run


def close_escalations(actor: Actor, *, alarms: Sequence[Alarm], now: datetime) -> None:
    """Who acknowledges an alarm answers for its chain; who acknowledges that nobody answered, for the chain that this was about."""
    if not alarms:
        return
    unanswered = [int(alarm.subject.partition(":")[2]) for alarm in alarms if alarm.subject.startswith("escalation:")]
    mine = Escalation.objects.open().filter(alarm__in=[alarm.pk for alarm in alarms]) | Escalation.objects.open().filter(pk__in=unanswered)
    with_them = Escalation.objects.together_with(mine.select_related("called"))
    for run in Escalation.objects.locked([*mine.values_list("pk", flat=True), *with_them.values_list("pk", flat=True)]):
        _answered(actor, run, now)


@transaction.atomic
def note_delivery(actor: Actor, *, page_id: int, channel: str, receipt: str, why: str, now: datetime) -> PageDelivery:
    """A way outside the console took a page (`why` empty), or finally did not. Once for each way."""
    policy.require(actor, permissions.PAGE, None)
    page = Page.objects.select_for_update(of=("self",), no_key=True).select_related("escalation").filter(pk=page_id, person__isnull=False).first()
    if page is None or page.person_id is None:
        raise NotFound
    made, is_new = PageDelivery.objects.get_or_create(
        page=page, channel=channel[:40], defaults={"at": now, "receipt": receipt[:120], "why": why[:200]}
    )
    if is_new:
        fact: Fact = facts.PageDelivered(page_id=page.pk, person_id=page.person_id, channel=made.channel)
        if why:
            fact = facts.PageFailed(page_id=page.pk, person_id=page.person_id, channel=made.channel, why=made.why)
        _tell(actor, page.escalation, fact, [page.person_id], now)
    return made


def _answered(actor: Actor, run: Escalation, now: datetime) -> None:
    run.end(Escalation.State.ANSWERED, now, actor.label)
    run.save(update_fields=["state", "ended_at", "answered_by", "next_at"])
    people = list(run.pages.filter(state=Page.State.SENT).values_list("person_id", flat=True))
    if actor.user_id is not None:
        run.pages.filter(state=Page.State.SENT, person=actor.user_id).update(state=Page.State.ANSWERED, answered_at=now)
    _tell(actor, run, facts.PageAnswered(escalation_id=run.pk, alarm_id=run.alarm_id), [pk for pk in people if pk is not None], now)


def _advance(actor: Actor, run: Escalation, now: datetime) -> None:
    """Go on to the next step at which somebody can be paged; when there is none, to the duty supervisor."""
    if run.state == Escalation.State.EXHAUSTED:
        return
    steps: list[ChainStep] = list(run.chain.steps.select_related("post", "person").order_by("order")) if run.chain is not None else []
    if run.post is not None and run.step == 0:
        run.step = 1
        if _page(actor, run, 1, goals_of_post(run.post, now), now):
            run.next_at = now + CALL_WAITS
            run.save(update_fields=["step", "next_at"])
            return
    for place, step in enumerate(steps):
        if step.order <= run.step:
            continue
        run.step = step.order
        if _page(actor, run, step.order, goals_of_step(steps, place, now), now):
            run.next_at = now + timedelta(seconds=step.seconds)
            run.save(update_fields=["step", "next_at"])
            return
    run.state, run.exhausted_at, run.next_at = Escalation.State.EXHAUSTED, now, None
    run.save(update_fields=["step", "state", "exhausted_at", "next_at"])
    _tell(actor, run, facts.ChainExhausted(escalation_id=run.pk, alarm_id=run.alarm_id), [], now)
    last = [goal for post in resources.supervisor_posts(run.department_ids) for goal in goals_of_post(post, now)]
    _page(actor, run, LAST_STEP, last, now)


def _page(actor: Actor, run: Escalation, step: int, goals: Sequence[Called], now: datetime) -> bool:
    """Page those who are on duty and may know what it is about; write down who was not, and why. Says whether anybody was paged."""
    is_paged = False
    for goal in goals:
        reason = goal.reason or _may_not_know(run, goal.person)
        page = Page(escalation=run, step=step, post=goal.post, person=goal.person, at=now, reason=reason)
        page.state = Page.State.WITHHELD if reason else Page.State.SENT
        page.save()
        _tell(actor, run, _fact_of(run, page), [goal.person.pk] if goal.person is not None else [], now)
        is_paged = is_paged or not reason
    return is_paged


def _may_not_know(run: Escalation, person: User | None) -> str:
    if run.alarm is None or person is None or policy.can(Actor.of_user(person), permissions.VIEW, run.alarm):
        return ""
    return "NOT_ALLOWED"


def _fact_of(run: Escalation, page: Page) -> Fact:
    if page.person_id is None:
        return facts.PostEmpty(escalation_id=run.pk, alarm_id=run.alarm_id, post_id=page.post_id, step=page.step)
    if page.state == Page.State.WITHHELD:
        return facts.PageWithheld(
            escalation_id=run.pk, alarm_id=run.alarm_id, person_id=page.person_id, post_id=page.post_id, step=page.step, reason=page.reason
        )
    return facts.PersonPaged(
        page_id=page.pk, escalation_id=run.pk, alarm_id=run.alarm_id, person_id=page.person_id, post_id=page.post_id, step=page.step, level=run.level
    )


def _tell(actor: Actor, run: Escalation, fact: Fact, people: Sequence[int], now: datetime) -> None:
    alarm = run.alarm
    about = [
        f"escalation:{run.pk}",
        *([f"alarm:{alarm.pk}"] if alarm is not None else []),
        *([f"incident:{alarm.incident_id}"] if alarm is not None and alarm.incident_id is not None else []),
        *([f"post:{run.post_id}"] if run.post_id is not None else []),
        *(f"user:{pk}" for pk in people),
    ]
    scopes = [*policy.audience(permissions.VIEW, run), *(f"user:{pk}" for pk in people)]
    journal.record_many(actor, [Happening(fact, about, scopes, now)])
