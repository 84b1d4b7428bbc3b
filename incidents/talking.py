"""What is known of talking about an incident: its talk groups, those it may get, and who else uses them."""

from dataclasses import dataclass

from incidents.models import TalkGroupUse
from resources.models import TalkGroup

MOST = 200


@dataclass(frozen=True, slots=True)
class Offered:
    """A talk group that may be given, with the numbers of the incidents that use it now."""

    group: TalkGroup
    used_by: list[str]


def talk_groups(incident_id: int) -> list[TalkGroupUse]:
    """Those in use at an incident, as they were given."""
    return list(TalkGroupUse.objects.open().filter(incident=incident_id).select_related("group").order_by("given_at", "id"))


def offered(incident_id: int, department_ids: list[int]) -> list[Offered]:
    """The talk groups an incident does not have: free ones before those in use, its own departments' and shared ones before the others'."""
    uses: dict[int, list[str]] = {}
    for pk, number, at in TalkGroupUse.objects.open().values_list("group", "incident__number", "incident")[:MOST]:
        uses.setdefault(pk, []).append("" if at == incident_id else number)
    rows = [
        Offered(row, uses.get(row.pk, [])) for row in TalkGroup.objects.filter(is_active=True).select_related("department").order_by("code")[:MOST]
    ]
    free = [row for row in rows if "" not in row.used_by]
    return sorted(free, key=lambda row: (bool(row.used_by), not (row.group.is_shared or row.group.department_id in department_ids)))
