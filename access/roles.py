"""Roles are sets of actions, written in code; who holds which role where is data (`Membership`).

Each room declares its own actions in its `permissions.py`, with the roles that have them: an action nobody declared
does not exist, and the permission matrix is complete because it is made from this register.
"""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Role(StrEnum):
    """What a person is for, in one department (or any) and one region (or any)."""

    CALL_TAKER = "call_taker"
    DISPATCHER = "dispatcher"
    SUPERVISOR = "supervisor"
    COMMANDER = "commander"
    CREW = "crew"
    LIAISON = "liaison"
    STATION_OFFICER = "station_officer"
    AUDITOR = "auditor"
    ADMIN = "admin"
    IMPORTER = "importer"
    INTEGRATOR = "integrator"
    DEVICE = "device"
    WALL = "wall"


LABELS: dict[Role, str | Promise] = {
    Role.CALL_TAKER: _("Call-taker"),
    Role.DISPATCHER: _("Dispatcher"),
    Role.SUPERVISOR: _("Watch supervisor"),
    Role.COMMANDER: _("Commander"),
    Role.CREW: _("Crew"),
    Role.LIAISON: _("Department liaison"),
    Role.STATION_OFFICER: _("Station officer"),
    Role.AUDITOR: _("Auditor"),
    Role.ADMIN: _("Administrator"),
    Role.IMPORTER: _("Data importer"),
    Role.INTEGRATOR: _("System integrator"),
    Role.DEVICE: _("Device"),
    Role.WALL: _("Wall screen"),
}

ROOM = (Role.CALL_TAKER, Role.DISPATCHER, Role.SUPERVISOR, Role.COMMANDER)
DESK = (Role.DISPATCHER, Role.SUPERVISOR, Role.COMMANDER)
FIELD = (Role.CREW, Role.LIAISON, Role.STATION_OFFICER)
MACHINES = (Role.IMPORTER, Role.INTEGRATOR)


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that may be done, its sentence and the roles that may do it."""

    name: str
    says: str | Promise
    roles: frozenset[Role]


_actions: dict[str, Action] = {}


def declare(name: str, says: str | Promise, *roles: Role) -> str:
    """Declare an action with its roles and return its name."""
    known = _actions.get(name)
    if known is not None and known.roles != frozenset(roles):
        raise ValueError(f"action {name} is declared twice, with different roles")
    _actions[name] = Action(name, says, frozenset(roles))
    return name


def actions() -> dict[str, Action]:
    """Every declared action by name."""
    return dict(_actions)


def having(action: str) -> frozenset[Role]:
    """The roles that have an action. Raises `KeyError` for an action nobody declared."""
    return _actions[action].roles


def of(role: str) -> frozenset[str]:
    """The actions a role has."""
    return frozenset(name for name, action in _actions.items() if role in action.roles)
