"""The people in whose names a file is played: a call-taker, a dispatcher and the crews, with tokens that can do just that."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from access import selectors as access
from access import services
from access.actors import Actor
from access.models import User
from access.roles import Role

PLAYERS: dict[str, tuple[Role, tuple[str, ...]]] = {
    "call-taker": (Role.CALL_TAKER, ("incidents.view", "incidents.report", "incidents.backdate")),
    "dispatcher": (Role.DISPATCHER, ("incidents.view", "incidents.dispatch", "incidents.close", "incidents.backdate", "resources.view")),
    "crews": (Role.CREW, ("incidents.view", "incidents.advance", "incidents.backdate", "resources.view", "resources.report_position")),
}
WATCHERS = (Role.DISPATCHER, Role.SUPERVISOR, Role.CALL_TAKER)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The secrets of the three, and the keys by which they are revoked."""

    call_taker: str
    dispatcher: str
    crews: str
    keys: tuple[str, ...]


def open_accounts(actor: Actor, *, prefix: str, department_id: int | None, region_id: int | None, until: datetime, now: datetime) -> Tokens:
    """Accounts `<prefix>-call-taker` and so on, made when absent, with memberships and tokens that end by themselves at `until`.

    They may tell of times long past, which is what the role importer adds; a token narrows each to its own part.
    """
    found: dict[str, str] = {}
    keys = []
    for name, (role, actions) in PLAYERS.items():
        user = _account(actor, f"{prefix}-{name}")
        for each in (role, Role.IMPORTER):
            services.grant_membership(actor, user_id=user.pk, role=each, department_id=department_id, region_id=region_id, until=until, now=now)
        token, found[name] = services.issue_token(
            actor, user_id=user.pk, name=f"{prefix} {now:%Y-%m-%d %H:%M}", actions=list(actions), lifetime=until - now
        )
        keys.append(token.token_key)
    return Tokens(found["call-taker"], found["dispatcher"], found["crews"], tuple(keys))


def close_accounts(actor: Actor, tokens: Tokens) -> None:
    """Revoke the tokens: the play is over."""
    for key in tokens.keys:
        services.revoke_token(actor, token_key=key)


def let_desks_watch(actor: Actor, *, department_id: int | None, region_id: int | None, until: datetime, now: datetime) -> list[str]:
    """Let everyone who works at a desk somewhere see and do here what they may there, until a time; says who."""
    names = []
    for user, role in _at_desks(access.people()):
        services.grant_membership(actor, user_id=user.pk, role=role, department_id=department_id, region_id=region_id, until=until, now=now)
        names.append(user.username)
    return names


def _at_desks(people: Iterable[User]) -> list[tuple[User, Role]]:
    found = []
    for user in people:
        roles = {grant.role for grant in Actor.of_user(user).grants}
        role = next((one for one in WATCHERS if one in roles), None)
        if role is not None and Role.IMPORTER not in roles:
            found.append((user, role))
    return found


def _account(actor: Actor, username: str) -> User:
    """Nobody signs in as one of these: the password is thrown away."""
    known = access.person_of_username(username)
    return known or services.add_person(
        actor, username=username, name=username, password=secrets.token_urlsafe(24), department_id=None, language="zh-hans"
    )
