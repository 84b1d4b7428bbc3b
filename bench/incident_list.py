"""The list of fifty incidents: CPU of the application for one answer, against DRF's nested serializers with good prefetch.

Both answer the same rows with the same fields to the same signed-in caller through the same authentication, permission and view
machinery of DRF; what differs is how rows become JSON. CPU is `time.process_time` of this process, the database's own is not in it.
"""

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Point, Polygon
from django.db import connection, transaction
from django.db.models import Prefetch, QuerySet
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from rest_framework import generics, pagination, serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer

from access import policy
from access.actors import Actor
from access.models import Department, Membership, Region, Token, User
from access.rest.throttles import CallerThrottle
from bench import harness
from bench.harness import Row
from incidents import permissions
from incidents.api.reading import IncidentsView
from incidents.models import Assignment, Incident, IncidentType
from incidents.models.states import with_state
from incidents.shapes.reading import MILESTONES
from resources.models import Unit, UnitType

INCIDENTS = 400
UNITS_EACH = 3
ANSWERS = 40


class NameSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()
    name_en = serializers.CharField()


class UnitSerializer(serializers.ModelSerializer[Unit]):
    class Meta:
        model = Unit
        fields = ["id", "code"]


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    unit = UnitSerializer()

    class Meta:
        model = Assignment
        fields = ["id", "unit", "is_primary", "step"]


MilestonesSerializer = type(
    "MilestonesSerializer",
    (serializers.Serializer,),
    {name: serializers.DateTimeField(source=f"{name}_at") for name in MILESTONES},
)


class IncidentSerializer(serializers.ModelSerializer[Incident]):
    """As the documentation of DRF would write it; the point is read from GEOS, not through OGR."""

    type = NameSerializer()
    department = NameSerializer()
    region = NameSerializer()
    point = serializers.SerializerMethodField()
    parent = serializers.CharField(source="parent.number", default=None)
    merged_into = serializers.CharField(source="merged_into.number", default=None)
    disposition = serializers.CharField(source="disposition.code", default=None)
    state = serializers.CharField()
    shared = serializers.CharField(source="seen", allow_null=True)
    milestones = MilestonesSerializer(source="*")
    assignments = AssignmentSerializer(many=True)

    class Meta:
        model = Incident
        fields = [
            *("id", "number", "kind", "type", "severity", "response_level", "status", "state", "summary", "address", "point", "department"),
            *("region", "parent", "merged_into", "disposition", "reason", "review_on", "reopened_count", "external_id", "is_sample", "version"),
            *("shared", "milestones", "assignments"),
        ]

    def get_point(self, incident: Incident) -> list[float] | None:
        return [incident.point.x, incident.point.y] if incident.point else None


class ByTime(pagination.CursorPagination):
    page_size = 50
    ordering = ("-call_received_at", "-id")


class TextbookView(generics.ListAPIView[Incident]):
    serializer_class = IncidentSerializer
    pagination_class = ByTime
    renderer_classes = [JSONRenderer]
    permission_classes = [IsAuthenticated]
    throttle_classes = [CallerThrottle]

    def get_queryset(self) -> QuerySet[Incident]:
        running = Assignment.objects.open().select_related("unit").order_by("dispatched_at", "id")
        rows = policy.visible(self.request.actor, permissions.VIEW, with_state(Incident.objects.all()))  # type: ignore[attr-defined]
        related = rows.select_related("type", "department", "region", "disposition", "parent", "merged_into").defer("region__geometry")
        return related.prefetch_related(Prefetch("assignments", running))


def measure() -> list[Row]:
    """One row of the table; both must answer the same."""
    with transaction.atomic():
        secret = _city()
        ask_us, ask_them = _asker(IncidentsView.as_view(), secret), _asker(TextbookView.as_view(), secret)
        _check_equal(ask_us(), ask_them())
        with CaptureQueriesContext(connection) as ours:
            ask_us()
        with CaptureQueriesContext(connection) as theirs:
            ask_them()
        runs = harness.in_turns({"product": lambda: _cpu(ask_us), "nested": lambda: _cpu(ask_them)})
        transaction.set_rollback(True)
    product, nested = (harness.median(values) * 1e3 for values in (runs["product"], runs["nested"]))
    note = f"{len(ours)} queries against {len(theirs)}, signing in by token included"
    gate = "<= 1/12; <= 3 queries"
    is_met = product <= nested / 12 and len(ours) <= 3
    return [Row("list of 50 incidents, app CPU", "ms", product, nested, gate, is_met, "DRF nested serializers with prefetch", runs, note)]


def _cpu(ask: Callable[[], bytes]) -> float:
    began = time.process_time()
    for _ in range(ANSWERS):
        ask()
    return (time.process_time() - began) / ANSWERS


def _asker(view: Callable[..., Any], secret: str) -> Callable[[], bytes]:
    factory = RequestFactory(headers={"Authorization": f"Token {secret}", "Accept": "application/json"})

    def ask() -> bytes:
        request = factory.get("/api/v1/incidents/", headers={"host": "localhost"})
        request.actor = Actor.anonymous()
        response = view(request)
        if hasattr(response, "render"):
            response.render()
        assert response.status_code == 200, response.content
        return bytes(response.content)

    return ask


def _check_equal(ours: bytes, theirs: bytes) -> None:
    mine, nested = json.loads(ours)["items"], json.loads(theirs)["results"]
    assert [row["number"] for row in mine] == [row["number"] for row in nested]
    assert len(mine) == 50
    assert mine[0].keys() == nested[0].keys()
    assert [row["state"] for row in mine] == [row["state"] for row in nested]
    assert [row["assignments"] for row in mine] == [row["assignments"] for row in nested]


def _city() -> str:
    """A city with open incidents, and a dispatcher of five districts with a token; gives the token."""
    now = datetime.now(UTC)
    fire = Department.objects.create(code="bench-list", name="消防救援", name_en="Fire")
    city = Region.add_root(code="bench-list", name="市", level="CITY", geometry=_box(0, 100))
    districts = [city.add_child(code=f"bench-list-{n}", name=f"区{n}", level="DISTRICT", geometry=_box(n, 200)) for n in range(5)]
    kind = IncidentType.objects.create(code="bench-list", name="建筑火灾", name_en="Building fire", kind="EMERGENCY", severity=2)
    engine = UnitType.objects.create(code="bench-list", name="水罐车", name_en="Engine")
    same = {"department": fire, "department_ids": [fire.pk]}
    incidents = Incident.objects.bulk_create(
        Incident(
            number=f"20261122-{90_000 + n}",
            type=kind,
            kind="EMERGENCY",
            severity=1 + n % 4,
            status="PENDING",
            address=f"莲花池东路 {n} 号",
            summary="二楼冒烟，有人被困",
            point=Point(116.3 + n / 5000, 39.9, srid=4326),
            region=districts[n % 5],
            call_received_at=now - timedelta(minutes=n),
            created_at=now - timedelta(minutes=n),
            located_at=now - timedelta(minutes=n),
            first_assigned_at=now - timedelta(minutes=n),
            **same,
        )
        for n in range(INCIDENTS)
    )
    units = Unit.objects.bulk_create(Unit(code=f"BL{n}", type=engine, status_at=now, **same) for n in range(INCIDENTS * UNITS_EACH))
    Assignment.objects.bulk_create(
        Assignment(incident=incidents[n // UNITS_EACH], unit=unit, step="EN_ROUTE", dispatched_at=now, en_route_at=now)
        for n, unit in enumerate(units)
    )
    person = User.objects.create(username="bench-list", name="调度员", password="!")
    for district in districts:
        Membership.objects.create(user=person, role="dispatcher", region=district, starts_at=now - timedelta(days=1))
    return str(Token.objects.create(user=person, expiry=timedelta(hours=1), name="bench")[1])


def _box(west: float, south: float) -> MultiPolygon:
    return MultiPolygon(Polygon.from_bbox((west / 10, south / 10, west / 10 + 0.1, south / 10 + 0.1)), srid=4326)
