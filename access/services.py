"""Verbs about people, memberships, tokens, departments and regions."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.contrib.gis.geos import MultiPolygon
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from access import facts, permissions, policy, roles
from access.actors import Actor
from access.models import BrokenGlass, Department, Membership, Region, SavedFilter, Token, User
from access.roles import Role
from journal import services as journal
from kit import text
from kit.errors import Forbidden, Invalid, NotFound, Refused

GLASS_SECONDS = 3600
MOST_DESKS, MOST_PARTS = 12, 12
MOST_FILTERS = 60
REASON_LENGTH = 6
PEOPLE_SCOPE = f"{permissions.MANAGE_PEOPLE}@*:*"


class GlassNeedsReason(Refused):
    code = "glass_needs_reason"
    says = _("Say why you need wider authority, in at least six characters.")


class WiderThanOwn(Refused):
    code = "wider_than_own"
    says = _("A token may not do more than its person: %(actions)s.")


def _raise_epoch(actor: Actor, user_id: int) -> None:
    """Every open socket of the person notices that its authority changed."""
    User.objects.filter(pk=user_id).update(epoch=F("epoch") + 1)
    epoch = User.objects.values_list("epoch", flat=True).get(pk=user_id)
    fact = facts.AuthorityChanged(user_id=user_id, epoch=epoch)
    journal.record(actor, fact, about=[f"user:{user_id}"], scopes=[f"user:{user_id}"], at=None)


@transaction.atomic
def renew_authority(actor: Actor, *, user_ids: Collection[int]) -> None:
    """What these people may see has changed elsewhere (a room let them in or out): their open sockets come back with it."""
    for user_id in sorted(set(user_ids)):
        _raise_epoch(actor, user_id)


@transaction.atomic
def add_person(actor: Actor, *, username: str, name: str, password: str, department_id: int | None, language: str) -> User:
    """Add a person who can sign in. Raises `Invalid` for a taken name or a weak password."""
    policy.require(actor, permissions.MANAGE_PEOPLE, None)
    if User.objects.filter(username=username).exists():
        raise Invalid({"username": _("This name is taken.")})
    user = User(username=username, name=text.tidy_words(name), department_id=department_id, language=language)
    try:
        user.clean_fields(exclude=["password"])
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid({"person": " ".join(error.messages)}) from error
    user.set_password(password)
    user.save()
    journal.record(actor, facts.PersonAdded(user_id=user.pk), about=[user], scopes=[PEOPLE_SCOPE], at=None)
    return user


@transaction.atomic
def set_password(actor: Actor, *, user_id: int, password: str) -> None:
    """Give a person a new password; whoever is signed in with the old one is signed out. Raises `Invalid` for a weak one."""
    policy.require(actor, permissions.MANAGE_PEOPLE, None)
    user = _locked_person(user_id)
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid({"password": " ".join(error.messages)}) from error
    user.set_password(password)
    user.save(update_fields=["password"])
    journal.record(actor, facts.PasswordSet(user_id=user.pk), about=[user], scopes=[PEOPLE_SCOPE], at=None)
    _raise_epoch(actor, user.pk)


@transaction.atomic
def deactivate_person(actor: Actor, *, user_id: int, now: datetime) -> None:
    """End a person's access everywhere: memberships end, tokens go, open sockets close."""
    policy.require(actor, permissions.MANAGE_PEOPLE, None)
    user = _locked_person(user_id)
    user.is_active = False
    user.save(update_fields=["is_active"])
    Membership.objects.in_force(now).filter(user=user).update(until=now)
    Token.objects.filter(user=user).delete()
    journal.record(actor, facts.PersonDeactivated(user_id=user.pk), about=[user], scopes=[PEOPLE_SCOPE], at=None)
    _raise_epoch(actor, user.pk)


@transaction.atomic
def grant_membership(
    actor: Actor, *, user_id: int, role: Role, department_id: int | None, region_id: int | None, until: datetime | None, now: datetime
) -> Membership:
    """Give a person a role in a department (None: any) and a region with all below it (None: any), until a time (None: open)."""
    policy.require(actor, permissions.MANAGE_PEOPLE, None)
    user = _locked_person(user_id)
    if until is not None and until <= now:
        raise Invalid({"until": _("The end must be in the future.")})
    membership = Membership.objects.create(user=user, role=role.value, department_id=department_id, region_id=region_id, starts_at=now, until=until)
    fact = facts.MembershipGranted(
        user_id=user.pk,
        membership_id=membership.pk,
        role=role.value,
        department_id=department_id,
        region_id=region_id,
        until=until.isoformat() if until else None,
    )
    journal.record(actor, fact, about=[user], scopes=[PEOPLE_SCOPE], at=None)
    _raise_epoch(actor, user.pk)
    return membership


@transaction.atomic
def end_membership(actor: Actor, *, membership_id: int, now: datetime) -> None:
    """End a membership now; a person may also give back authority taken by breaking the glass."""
    membership = Membership.objects.in_force(now).select_for_update(of=("self",), no_key=True).filter(pk=membership_id).first()
    if membership is None:
        raise NotFound
    gives_back = membership.user_id == actor.user_id and membership.kind == Membership.Kind.BREAK_GLASS
    if not gives_back:
        policy.require(actor, permissions.MANAGE_PEOPLE, None)
    membership.until = max(now, membership.starts_at)
    membership.save(update_fields=["until"])
    fact = facts.MembershipEnded(user_id=membership.user_id, membership_id=membership.pk)
    journal.record(actor, fact, about=[f"user:{membership.user_id}"], scopes=[PEOPLE_SCOPE], at=None)
    _raise_epoch(actor, membership.user_id)


@transaction.atomic
def break_glass(actor: Actor, *, role: Role, department_id: int | None, region_id: int | None, reason: str, now: datetime) -> Membership:
    """Take a role elsewhere for an hour, with a reason that everyone who audits will read."""
    policy.require(actor, permissions.BREAK_GLASS, None)
    if len(reason.strip()) < REASON_LENGTH:
        raise GlassNeedsReason
    if role not in (*roles.ROOM, Role.LIAISON) or actor.user_id is None:
        raise Invalid({"role": _("This role cannot be taken.")})
    until = now + timedelta(seconds=GLASS_SECONDS)
    membership = Membership.objects.create(
        user_id=actor.user_id,
        role=role.value,
        department_id=department_id,
        region_id=region_id,
        kind=Membership.Kind.BREAK_GLASS,
        reason=reason.strip()[:300],
        starts_at=now,
        until=until,
    )
    BrokenGlass.objects.create(membership=membership, broken_at=now)
    fact = facts.GlassBroken(user_id=actor.user_id, membership_id=membership.pk, reason=membership.reason, until=until.isoformat())
    journal.record(actor, fact, about=[f"user:{actor.user_id}"], scopes=[PEOPLE_SCOPE, f"{permissions.READ_JOURNAL}@*:*"], at=None)
    _raise_epoch(actor, actor.user_id)
    return membership


@transaction.atomic
def issue_token(actor: Actor, *, user_id: int, name: str, actions: list[str], lifetime: timedelta) -> tuple[Token, str]:
    """Issue a token for a person or machine account; the secret is returned this once and stored only as a hash.

    Raises `WiderThanOwn` when the token would do what its person may not do anywhere.
    """
    policy.require(actor, permissions.ISSUE_TOKENS, None)
    user = _locked_person(user_id)
    known = roles.actions()
    unknown = sorted(set(actions) - known.keys())
    if unknown:
        raise Invalid({"actions": _("Unknown actions: %s") % ", ".join(unknown)})
    person = Actor.of_user(user)
    wider = sorted(action for action in actions if not policy.can(person, action, None))
    if wider:
        raise WiderThanOwn(actions=", ".join(wider))
    token, secret = Token.objects.create(user=user, expiry=lifetime, name=name, actions=sorted(set(actions)))
    fact = facts.TokenIssued(
        user_id=user.pk, token_key=token.token_key, actions=tuple(token.actions), expires_at=token.expiry.isoformat() if token.expiry else None
    )
    journal.record(actor, fact, about=[user], scopes=[PEOPLE_SCOPE], at=None)
    return token, secret


@transaction.atomic
def revoke_token(actor: Actor, *, token_key: str) -> None:
    """Revoke a token at once; its open sockets close."""
    token = Token.objects.select_for_update(of=("self",), no_key=True).filter(token_key=token_key).first()
    if token is None:
        raise NotFound
    if token.user_id != actor.user_id:
        policy.require(actor, permissions.ISSUE_TOKENS, None)
    user_id = token.user_id
    token.delete()
    journal.record(actor, facts.TokenRevoked(user_id=user_id, token_key=token_key), about=[f"user:{user_id}"], scopes=[PEOPLE_SCOPE], at=None)
    _raise_epoch(actor, user_id)


@transaction.atomic
def add_department(actor: Actor, *, code: str, name: str, name_en: str, phone: str = "") -> Department:
    """Add a department."""
    policy.require(actor, permissions.MANAGE_REFERENCE, None)
    if Department.objects.filter(code=code).exists():
        raise Invalid({"code": _("This code is taken.")})
    department = Department.objects.create(code=code, name=name, name_en=name_en, phone=phone)
    journal.record(actor, facts.DepartmentAdded(department_id=department.pk), about=[department], scopes=[PEOPLE_SCOPE], at=None)
    return department


@transaction.atomic
def add_region(
    actor: Actor,
    *,
    parent_id: int | None,
    code: str,
    name: str,
    name_en: str,
    level: Region.Level,
    geometry: MultiPolygon | None,
    is_approximate: bool,
    source: str,
) -> Region:
    """Add a region below another (None: a root); geometry is WGS-84 (SRID 4326), longitude first, already checked."""
    policy.require(actor, permissions.MANAGE_REFERENCE, None)
    if Region.objects.filter(code=code).exists():
        raise Invalid({"code": _("This code is taken.")})
    fields = {
        "code": code,
        "name": name,
        "name_en": name_en,
        "level": level,
        "geometry": geometry,
        "is_approximate": is_approximate,
        "source": source,
    }
    region: Region = Region.add_root(**fields) if parent_id is None else Region.objects.defer("geometry").get(pk=parent_id).add_child(**fields)
    journal.record(actor, facts.RegionAdded(region_id=region.pk), about=[region], scopes=[PEOPLE_SCOPE], at=None)
    return region


@transaction.atomic
def redraw_region(actor: Actor, *, region_id: int, geometry: MultiPolygon, is_approximate: bool, source: str) -> Region:
    """Give a region another outline; geometry is WGS-84 (SRID 4326), longitude first, already checked. Its place in the tree stays."""
    policy.require(actor, permissions.MANAGE_REFERENCE, None)
    region: Region | None = Region.objects.select_for_update(of=("self",), no_key=True).filter(pk=region_id).first()
    if region is None:
        raise NotFound
    before = {"source": region.source, "is_approximate": region.is_approximate}
    region.geometry, region.is_approximate, region.source = geometry, is_approximate, source
    region.save(update_fields=["geometry", "is_approximate", "source"])
    fact = facts.ReferenceChanged(subject=f"region:{region.pk}", before=before, after={"source": source, "is_approximate": is_approximate})
    journal.record(actor, fact, about=[region], scopes=[PEOPLE_SCOPE], at=None)
    return region


def _locked_person(user_id: int) -> User:
    user = User.objects.select_for_update(of=("self",), no_key=True).filter(pk=user_id).first()
    if user is None:
        raise NotFound
    return user


@transaction.atomic
def keep_layout(actor: Actor, *, desk: str, part: str, size: int | None) -> None:
    """Remember how large a person wants a part of the screen on desks of a kind ("1920x1080"; pixels, None: as it comes); no news to anybody.

    At most twelve kinds of desk are remembered; one more takes the place of another.
    """
    if actor.user_id is None:
        return
    user = _locked_person(actor.user_id)
    sizes = user.layouts.pop(desk, {})
    sizes.pop(part, None)
    if size is not None and len(sizes) < MOST_PARTS:
        sizes[part] = size
    kept = list(user.layouts.items())[-(MOST_DESKS - 1) :]
    user.layouts = dict(kept) | ({desk: sizes} if sizes else {})
    user.save(update_fields=["layouts"])


def set_language(actor: Actor, *, language: str) -> None:
    """Remember the language a person reads; their own choice, so no fact is recorded."""
    if actor.user_id is not None:
        User.objects.filter(pk=actor.user_id).update(language=language)


@transaction.atomic
def save_filter(actor: Actor, *, page: str, name: str, query: str, is_shared: bool) -> SavedFilter:
    """Keep a filter of a list under a name, for oneself or everybody of one's department; one of the same name is replaced.

    `query` is the query part of the list's address. Raises `Invalid` without a name, without a department to share with, or past sixty.
    """
    if actor.user_id is None:
        raise Forbidden
    owner = _locked_person(actor.user_id)
    if not name.strip() or not query.strip():
        raise Invalid({"name": _("Give the filter a name.")})
    if is_shared and owner.department_id is None:
        raise Invalid({"is_shared": _("You belong to no department with which it could be shared.")})
    known = SavedFilter.objects.filter(owner=owner)
    if known.exclude(page=page, name=name.strip()).count() >= MOST_FILTERS:
        raise Invalid({"name": _("You keep sixty filters already. Delete one first.")})
    values = {"query": query, "department_id": owner.department_id if is_shared else None}
    kept, _is_new = SavedFilter.objects.update_or_create(owner=owner, page=page, name=name.strip(), defaults=values)
    fact = facts.FilterSaved(filter_id=kept.pk, page=page, is_shared=is_shared)
    journal.record(actor, fact, about=[owner], scopes=[f"user:{owner.pk}"], at=None)
    return kept


@transaction.atomic
def forget_filter(actor: Actor, *, filter_id: int) -> None:
    """Delete a saved filter of one's own. Raises `NotFound` for another's."""
    kept = SavedFilter.objects.filter(pk=filter_id, owner_id=actor.user_id).first()
    if kept is None:
        raise NotFound
    fact = facts.FilterForgotten(filter_id=kept.pk, page=kept.page)
    journal.record(actor, fact, about=[f"user:{kept.owner_id}"], scopes=[f"user:{kept.owner_id}"], at=None)
    kept.delete()
