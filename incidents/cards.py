"""What has to go: the run cards of a type of incident up to the alarm that an incident has."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from incidents.choosing import Slot
from incidents.models import GreaterAlarm, Incident, IncidentType, RunCard, RunCardLine
from resources.models import Capability


@dataclass(frozen=True, slots=True)
class Standing:
    """Which alarm an incident has: `begins_with` follows from its level, `alarm` counts what people struck, too.

    `cards` are those that apply, `further` those of greater alarms; both by alarm. No cards: the type's own capabilities are what is needed.
    """

    alarm: int
    begins_with: int
    cards: tuple[RunCard, ...]
    further: tuple[RunCard, ...]
    struck: tuple[GreaterAlarm, ...]

    def lines(self) -> list[RunCardLine]:
        """The lines of every card that applies: a greater alarm adds to the lesser ones."""
        return [line for card in self.cards for line in card.lines.all()]

    def versions(self) -> list[str]:
        """The cards that apply, as `alarm:version`."""
        return [f"{card.alarm}:{card.version}" for card in self.cards]


@dataclass(frozen=True, slots=True)
class Needed:
    """What an incident needs in order: a slot for each unit, and the capabilities by id."""

    slots: tuple[Slot, ...]
    capabilities: dict[int, Capability]


def current_cards(type_: IncidentType) -> list[RunCard]:
    """The cards of a type in force, by alarm, with their lines."""
    return list(RunCard.objects.filter(type=type_, is_current=True).prefetch_related("lines__capability").order_by("alarm"))


def cards_in_force() -> QuerySet[RunCard]:
    """Every card in force with its lines, by type and alarm."""
    return RunCard.objects.filter(is_current=True).select_related("type").prefetch_related("lines__capability").order_by("type__code", "alarm")


def versions_of(type_: IncidentType, alarm: int) -> QuerySet[RunCard]:
    """Every version of a card, newest first, with its lines."""
    return RunCard.objects.filter(type=type_, alarm=alarm).prefetch_related("lines__capability").order_by("-version")


def standing(incident: Incident) -> Standing:
    """The alarm of an incident and the cards that follow from it."""
    cards = current_cards(incident.type)
    struck = list(GreaterAlarm.objects.filter(incident=incident, withdrawn_at=None).order_by("alarm"))
    begins_with = begins(cards, incident.severity)
    alarm = max([begins_with, *(one.alarm for one in struck)])
    return Standing(
        alarm=alarm,
        begins_with=begins_with,
        cards=tuple(card for card in cards if card.alarm <= alarm),
        further=tuple(card for card in cards if card.alarm > alarm),
        struck=tuple(struck),
    )


def begins(cards: Sequence[RunCard], severity: int) -> int:
    """The alarm that an incident of a level (1 the gravest) begins with."""
    return max([1, *(card.alarm for card in cards if card.from_severity is not None and severity <= card.from_severity)])


def needed(incident: Incident, now_standing: Standing) -> Needed:
    """What the cards that apply ask for; without any card for the type, one unit for each of the type's capabilities."""
    lines = now_standing.lines()
    if lines or now_standing.cards or now_standing.further:
        slots = tuple(
            Slot(line.capability_id, alarm=card.alarm, is_own=line.is_own)
            for card in now_standing.cards
            for line in card.lines.all()
            for _ in range(line.count)
        )
        return Needed(slots, {line.capability_id: line.capability for line in lines})
    of_type = list(incident.type.capabilities.all())
    return Needed(tuple(Slot(each.pk) for each in of_type), {each.pk: each for each in of_type})
