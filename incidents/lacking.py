"""What open incidents are short of, for many at once: what their run cards ask for and nobody who was sent, or promised by neighbours, fills."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from incidents import cards
from incidents.cards import Standing
from incidents.choosing import Server, fill
from incidents.models import AidRequest, Assignment, GreaterAlarm, Incident, RunCard
from incidents.models.aid import AID_COMING
from incidents.models.assignments import Step
from resources.models import Capability


@dataclass(frozen=True, slots=True)
class Lack:
    """A capability of which so many units are missing."""

    capability: Capability
    count: int


def lacking(
    incidents: Sequence[Incident], sent: Mapping[int, Sequence[Assignment]], able: Mapping[int, frozenset[int]]
) -> dict[int, tuple[Lack, ...]]:
    """By incident: what is missing, in the order of its cards. `sent` are its assignments, `able` what each of their units can do."""
    standings = _standings(incidents)
    promised = _promised(incidents)
    found: dict[int, tuple[Lack, ...]] = {}
    for incident in incidents:
        needed = cards.needed(incident, standings[incident.pk])
        servers = [Server(each.unit_id, able.get(each.unit_id, frozenset())) for each in sent.get(incident.pk, ()) if _counts(each)]
        helpers = [Server(-1 - number, frozenset({capability_id})) for number, capability_id in enumerate(promised[incident.pk])]
        filled = fill(needed.slots, sent=[*servers, *helpers], free=[], cost=lambda _unit_id, _chosen: 0.0)
        missing = Counter(each.slot.capability_id for each in filled if each.unit_id is None)
        found[incident.pk] = tuple(Lack(needed.capabilities[pk], count) for pk, count in missing.items())
    return found


def _counts(assignment: Assignment) -> bool:
    """Who is at it, and who was on scene and has done its part: what that can do is not sent again."""
    return assignment.is_open() or (assignment.step == Step.CLEARED and assignment.on_scene_at is not None)


def _standings(incidents: Sequence[Incident]) -> dict[int, Standing]:
    """As `cards.standing` says it of one, in two questions for all."""
    of_type: dict[int, list[RunCard]] = defaultdict(list)
    for card in cards.cards_in_force().filter(type__in={incident.type_id for incident in incidents}):
        of_type[card.type_id].append(card)
    struck: dict[int, list[GreaterAlarm]] = defaultdict(list)
    for one in GreaterAlarm.objects.filter(incident__in=incidents, withdrawn_at=None).order_by("alarm"):
        struck[one.incident_id].append(one)
    return {incident.pk: _standing(incident, of_type[incident.type_id], struck[incident.pk]) for incident in incidents}


def _standing(incident: Incident, own: Sequence[RunCard], struck: Sequence[GreaterAlarm]) -> Standing:
    begins_with = cards.begins(own, incident.severity)
    alarm = max([begins_with, *(one.alarm for one in struck)])
    return Standing(
        alarm=alarm,
        begins_with=begins_with,
        cards=tuple(card for card in own if card.alarm <= alarm),
        further=tuple(card for card in own if card.alarm > alarm),
        struck=tuple(struck),
    )


def _promised(incidents: Sequence[Incident]) -> dict[int, list[int]]:
    """The capabilities that neighbours have promised, one for each unit."""
    found: dict[int, list[int]] = defaultdict(list)
    rows = AidRequest.objects.filter(incident__in=incidents, state__in=AID_COMING).values_list("incident_id", "capability_id", "committed")
    for incident_id, capability_id, count in rows:
        found[incident_id] += [capability_id] * count
    return found
