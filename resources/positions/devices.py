"""Trackers and phones that report for a unit without being signed in: each has an identifier and a key, and can be revoked."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import policy
from access.actors import Actor
from journal import services as journal
from kit.errors import Invalid, NotFound, Refused
from kit.text import tidy
from resources import facts, permissions
from resources.models import PositionDevice, Unit

KEY_BYTES = 24
LONGEST_IDENTIFIER = 80


class IdentifierTaken(Refused):
    code = "identifier_taken"
    says = _("The device %(identifier)s reports for another unit already. Revoke it first.")


@dataclass(frozen=True, slots=True)
class Speaker:
    """A device that showed who it is, and the unit it reports for."""

    device_id: int
    unit_id: int


def digest(key: str) -> str:
    """How a key is kept: SHA-256. Keys are made here from 192 random bits, so nothing slower is needed."""
    return hashlib.sha256(key.encode()).hexdigest()


@transaction.atomic
def register_device(actor: Actor, *, unit_id: int, identifier: str, needs_key: bool, now: datetime) -> tuple[PositionDevice, str]:
    """Let a device report for a unit; gives its key, this once. `needs_key` False trusts the identifier alone (closed networks only).

    Raises `IdentifierTaken`, `Invalid`.
    """
    unit = Unit.objects.in_service().filter(pk=unit_id).first()
    if unit is None:
        raise NotFound
    policy.require(actor, permissions.MANAGE, unit)
    name = tidy(identifier)
    if not 0 < len(name) <= LONGEST_IDENTIFIER:
        raise Invalid({"identifier": _("An identifier has 1 to 80 characters.")})
    if PositionDevice.objects.filter(identifier=name, revoked_at=None).exists():
        raise IdentifierTaken(identifier=name)
    key = secrets.token_urlsafe(KEY_BYTES)
    device = PositionDevice.objects.create(unit=unit, identifier=name, key_digest=digest(key), needs_key=needs_key, registered_at=now)
    fact = facts.PositionDeviceRegistered(unit_id=unit.pk, device_id=device.pk, needs_key=needs_key)
    journal.record(actor, fact, about=[unit], scopes=policy.audience(permissions.VIEW, unit), at=now)
    return device, key


@transaction.atomic
def revoke_device(actor: Actor, *, device_id: int, now: datetime) -> None:
    """Let a device report no longer. Once revoked, it stays so; the same identifier may be registered again with another key."""
    device = PositionDevice.objects.select_for_update(of=("self",), no_key=True).select_related("unit").filter(pk=device_id).first()
    if device is None:
        raise NotFound
    policy.require(actor, permissions.MANAGE, device.unit)
    if device.revoked_at is not None:
        return
    device.revoked_at = now
    device.save(update_fields=["revoked_at"])
    fact = facts.PositionDeviceRevoked(unit_id=device.unit_id, device_id=device.pk)
    journal.record(actor, fact, about=[device.unit], scopes=policy.audience(permissions.VIEW, device.unit), at=now)


def speaker_of(identifier: str, key: str) -> Speaker | None:
    """Who speaks: its key as identifier, or its identifier with its key, or the identifier alone where that was allowed."""
    devices = PositionDevice.objects.filter(revoked_at=None, unit__is_active=True)
    found = devices.filter(key_digest=digest(key or identifier)).first()
    if found is not None:
        return Speaker(found.pk, found.unit_id) if not key or identifier == found.identifier else None
    if key:
        return None
    trusted = devices.filter(identifier=identifier, needs_key=False).first()
    return Speaker(trusted.pk, trusted.unit_id) if trusted else None
