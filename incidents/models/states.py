"""The state operators read, derived from the status and from how far the units have come; it is never stored."""

from django.db.models import Case, CharField, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from incidents.models.assignments import Assignment
from incidents.models.incidents import BEFORE_CONTROL, Incident, State


def with_state(incidents: "QuerySet[Incident]") -> "QuerySet[Incident]":
    """Adds `state` and `open_assignments`: the status, or for one not yet under control how far its units have come."""
    mine = Assignment.objects.open().filter(incident=OuterRef("pk")).order_by()
    count = mine.values("incident").annotate(n=Count("pk")).values("n")
    return incidents.annotate(
        open_assignments=Coalesce(Subquery(count), 0),
        state=Case(
            When(~Q(status__in=BEFORE_CONTROL), then=F("status")),
            When(Exists(mine.filter(on_scene_at__isnull=False)), then=Value(State.ON_SCENE)),
            When(Exists(mine.filter(en_route_at__isnull=False)), then=Value(State.EN_ROUTE)),
            When(Exists(mine), then=Value(State.DISPATCHED)),
            default=F("status"),
            output_field=CharField(),
        ),
    )
