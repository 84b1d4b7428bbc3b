"""The list of incidents as JSON made by PostgreSQL in one query.

Fifty incidents through serializers cost about 47 ms of CPU, so made cost 3 ms (`bench/incident_list.py`). Who may see what is the
same EXISTS as everywhere: the page of ids is a queryset narrowed by `access.policy.visible`, compiled into this statement. The shape
is `shapes.reading.IncidentRow`; a test holds the two together.
"""

from datetime import datetime
from typing import Any

import orjson
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from incidents.models import Incident
from kit import paging

ROWS = """
WITH page (id, call_received_at) AS MATERIALIZED ({page})
SELECT page.id, page.call_received_at, json_build_object(
  'id', i.id, 'number', i.number, 'kind', i.kind,
  'type', json_build_object('code', t.code, 'name', t.name, 'name_en', t.name_en),
  'severity', i.severity, 'response_level', i.response_level, 'status', i.status,
  'state', CASE
    WHEN i.status NOT IN ('NEW', 'TRIAGE', 'PENDING') THEN i.status
    WHEN r.on_scene THEN 'ON_SCENE' WHEN r.en_route THEN 'EN_ROUTE' WHEN r.running IS NOT NULL THEN 'DISPATCHED' ELSE i.status END,
  'summary', i.summary, 'address', i.address,
  'point', CASE WHEN i.point IS NULL THEN NULL ELSE json_build_array(ST_X(i.point), ST_Y(i.point)) END,
  'department', json_build_object('code', d.code, 'name', d.name, 'name_en', d.name_en),
  'region', CASE WHEN g.id IS NULL THEN NULL ELSE json_build_object('code', g.code, 'name', g.name, 'name_en', g.name_en) END,
  'parent', p.number, 'merged_into', m.number, 'disposition', o.code,
  'reason', i.reason, 'review_on', i.review_on, 'reopened_count', i.reopened_count, 'external_id', i.external_id,
  'is_sample', i.is_sample, 'version', i.version,
  'milestones', json_build_object(
    'call_received', i.call_received_at, 'call_answered', i.call_answered_at, 'created', i.created_at, 'located', i.located_at,
    'classified', i.classified_at, 'recommendation_shown', i.recommendation_shown_at, 'first_assigned', i.first_assigned_at,
    'first_acknowledged', i.first_acknowledged_at, 'first_en_route', i.first_en_route_at, 'first_on_scene', i.first_on_scene_at,
    'controlled', i.controlled_at, 'last_cleared', i.last_cleared_at, 'resolved', i.resolved_at, 'verified', i.verified_at,
    'closed', i.closed_at),
  'assignments', coalesce(r.running, '[]'::json))::text
FROM page
JOIN incidents_incident i ON i.id = page.id
JOIN incidents_incidenttype t ON t.id = i.type_id
JOIN access_department d ON d.id = i.department_id
LEFT JOIN access_region g ON g.id = i.region_id
LEFT JOIN incidents_incident p ON p.id = i.parent_id
LEFT JOIN incidents_incident m ON m.id = i.merged_into_id
LEFT JOIN incidents_disposition o ON o.id = i.disposition_id
LEFT JOIN LATERAL (
  SELECT bool_or(a.on_scene_at IS NOT NULL) AS on_scene, bool_or(a.en_route_at IS NOT NULL) AS en_route,
    json_agg(json_build_object('id', a.id, 'unit', json_build_object('id', u.id, 'code', u.code), 'is_primary', a.is_primary, 'step', a.step)
      ORDER BY a.dispatched_at, a.id) AS running
  FROM incidents_assignment a JOIN resources_unit u ON u.id = a.unit_id
  WHERE a.incident_id = i.id AND a.step NOT IN ('CLEARED', 'DECLINED', 'CANCELLED')
) r ON true
ORDER BY page.call_received_at DESC, page.id DESC
"""


def page(narrowed: QuerySet[Incident], *, cursor: str | None, limit: int | None) -> bytes:
    """A page of these incidents, newest first, as `{"items": [...], "next": cursor}`; points are longitude, latitude (WGS-84)."""
    size = paging.bounded(limit)
    ids = narrowed.order_by("-call_received_at", "-id").values_list("pk", "call_received_at")
    if cursor is not None:
        at, pk = paging.decode(cursor, datetime, int)
        ids = ids.extra(where=["(incidents_incident.call_received_at, incidents_incident.id) < (%s, %s)"], params=[at, pk])
    rows = _fetch(ids[: size + 1])
    following = paging.encode([rows[size - 1][1], rows[size - 1][0]]) if len(rows) > size else None
    items = ",".join([row[2] for row in rows[:size]])
    return b'{"items":[%b],"next":%b}' % (items.encode(), orjson.dumps(following))


def _fetch(ids: "QuerySet[Incident, tuple[int, datetime]]") -> list[tuple[int, Any, str]]:
    try:
        compiled, params = ids.query.sql_with_params()
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(ROWS.format(page=compiled), params)
        rows: list[tuple[int, Any, str]] = cursor.fetchall()
    return rows
