"""Posts that an emergency calls to duty: held besides their shifts until they are stood down."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from access import policy
from access.actors import Actor
from journal import services as journal
from journal.facts import Fact
from resources import facts, permissions
from resources.models import Post, PostCall


@transaction.atomic
def call_posts(actor: Actor, *, post_ids: Collection[int], cause: str, before: str, level: int, reason: str, now: datetime) -> list[PostCall]:
    """Call these posts to duty on account of `cause` at a response level (1 the gravest), and say which were not called already.

    What is called on account of `before` (empty: nothing) is carried on without being called anew, or stood down when it is not among these.
    """
    posts = {post.pk: post for post in Post.objects.filter(pk__in=post_ids, is_active=True).order_by("pk")}
    for post in posts.values():
        policy.require(actor, permissions.CALL_POSTS, post)
    held = _locked(before) if before else []
    for call in held:
        if call.post_id in posts:
            call.cause, call.level, call.reason = cause, level, reason[:300]
            call.save(update_fields=["cause", "level", "reason"])
        else:
            _stand_down(actor, call, now)
    known = {call.post_id for call in held}
    return [_called(actor, post, cause, level, reason, now) for post in posts.values() if post.pk not in known]


@transaction.atomic
def stand_posts_down(actor: Actor, *, cause: str, now: datetime) -> int:
    """Let the posts go that were called on account of `cause`; says how many. Twice changes nothing."""
    calls = _locked(cause)
    for call in calls:
        policy.require(actor, permissions.CALL_POSTS, call.post)
        _stand_down(actor, call, now)
    return len(calls)


def _locked(cause: str) -> list[PostCall]:
    rows = PostCall.objects.open().filter(cause=cause).select_for_update(of=("self",), no_key=True)
    return list(rows.select_related("post").order_by("pk"))


def _called(actor: Actor, post: Post, cause: str, level: int, reason: str, now: datetime) -> PostCall:
    call = PostCall.objects.create(post=post, cause=cause, level=level, reason=reason[:300], since=now, called_by=actor.label[:80])
    _tell(actor, facts.PostCalledIn(call_id=call.pk, post_id=post.pk, level=level, reason=call.reason), call, now)
    return call


def _stand_down(actor: Actor, call: PostCall, now: datetime) -> None:
    call.until = now
    call.save(update_fields=["until"])
    _tell(actor, facts.PostStoodDown(call_id=call.pk, post_id=call.post_id), call, now)


def _tell(actor: Actor, fact: Fact, call: PostCall, now: datetime) -> None:
    journal.record(actor, fact, about=[call.post, call.cause], scopes=policy.audience(permissions.VIEW_ROSTER, call.post), at=now)
