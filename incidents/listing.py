"""The list of incidents as JSON made by PostgreSQL in one query.

Fifty incidents through serializers cost the application more than twelve times as much (`bench/incident_list.py`). Who may see what
is the same EXISTS as everywhere: `access.policy.visible`, compiled into this statement. The shape is `shapes.reading.IncidentRow`;
a test holds the two together.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from django.db import connection

from access import narrowing
from access.actors import Actor
from access.models import Share
from access.sharing.reading import DEPTH, Seen
from incidents import seeing
from incidents.models import Incident
from kit import paging

ROWS = """
WITH page (id, call_received_at, is_own) AS MATERIALIZED ({page})
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
  'is_sample', i.is_sample, 'version', i.version, 'shared', NULL,
  'milestones', json_build_object(
    'call_received', i.call_received_at, 'call_answered', i.call_answered_at, 'created', i.created_at, 'located', i.located_at,
    'classified', i.classified_at, 'recommendation_shown', i.recommendation_shown_at, 'first_assigned', i.first_assigned_at,
    'first_acknowledged', i.first_acknowledged_at, 'first_en_route', i.first_en_route_at, 'first_on_scene', i.first_on_scene_at,
    'controlled', i.controlled_at, 'last_cleared', i.last_cleared_at, 'resolved', i.resolved_at, 'verified', i.verified_at,
    'closed', i.closed_at),
  'assignments', coalesce(r.running, '[]'::json))::text, page.is_own
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


STATE = """CASE WHEN incidents_incident.status NOT IN ('NEW', 'TRIAGE', 'PENDING') THEN incidents_incident.status ELSE coalesce((
  SELECT CASE WHEN bool_or(a.on_scene_at IS NOT NULL) THEN 'ON_SCENE' WHEN bool_or(a.en_route_at IS NOT NULL) THEN 'EN_ROUTE' ELSE 'DISPATCHED' END
  FROM incidents_assignment a WHERE a.incident_id = incidents_incident.id AND a.step NOT IN ('CLEARED', 'DECLINED', 'CANCELLED')
  HAVING count(*) > 0), incidents_incident.status) END"""
OPEN = "incidents_incident.status NOT IN ('CLOSED', 'RETURNED', 'MERGED', 'CANCELLED')"
BELOW = """incidents_incident.region_id IN (
  SELECT below.id FROM access_region below, access_region top WHERE top.id = %s AND starts_with(below.path, top.path))"""
CONDITIONS = {
    "state": f"{STATE} = ANY(%s)",
    "open": f"({OPEN}) = %s",
    "severity": "incidents_incident.severity = %s",
    "kind": "incidents_incident.kind = %s",
    "type": "incidents_incident.type_id = %s",
    "department": "incidents_incident.department_id = %s",
    "region": BELOW,
    "received_since": "incidents_incident.call_received_at >= %s",
    "received_before": "incidents_incident.call_received_at < %s",
    "external_id": "incidents_incident.external_id = %s",
}
AFTER = "(incidents_incident.call_received_at, incidents_incident.id) < (%s, %s)"
NEWEST_FIRST = "ORDER BY incidents_incident.call_received_at DESC, incidents_incident.id DESC LIMIT %s"


def page(actor: Actor, wanted: Mapping[str, Any], *, cursor: str | None, limit: int | None) -> bytes:
    """A page of the incidents the actor may see, newest first, as `{"items": [...], "next": cursor}`; points are longitude, latitude (WGS-84)."""
    size = paging.bounded(limit)
    narrowed = narrowing.known_sql(actor, seeing.KIND, Incident, "id", "call_received_at")
    if narrowed is None:
        return b'{"items":[],"next":null}'
    sql, params = narrowed
    conditions = [OPEN if name == "open" and value else CONDITIONS[name] for name, value in wanted.items()]
    params += [value for name, value in wanted.items() if not (name == "open" and value)]
    if cursor is not None:
        conditions.append(AFTER)
        params += paging.decode(cursor, datetime, int)
    ids = " AND ".join([sql, *conditions])
    with connection.cursor() as database:
        database.execute(ROWS.format(page=f"{ids} {NEWEST_FIRST}"), [*params, size + 1])
        rows: list[tuple[int, datetime, str, bool]] = database.fetchall()
    following = paging.encode([rows[size - 1][1], rows[size - 1][0]]) if len(rows) > size else None
    # An identifier of another system is never told of shared ones, and so is not to be guessed either.
    shared = _masked(actor, {row[0]: row[2] for row in rows[:size] if not row[3] and "external_id" not in wanted})
    items = ",".join([row[2] if row[3] else shared[row[0]] for row in rows[:size] if row[3] or row[0] in shared])
    return b'{"items":[%b],"next":%b}' % (items.encode(), orjson.dumps(following))


def _masked(actor: Actor, rows: dict[int, str]) -> dict[int, str]:
    """The rows that others share, by id, with what the actor may not see of them taken out; one that was taken back meanwhile is missing."""
    if not rows:
        return {}
    known = seeing.known(actor).filter(pk__in=rows)
    return {row.pk: orjson.dumps(_mask(orjson.loads(rows[row.pk]), row, row.seen)).decode() for row in known if row.seen is not None}


def _mask(item: dict[str, Any], row: Incident, how: Seen) -> dict[str, Any]:
    knows_situation = how.depth >= DEPTH[Share.Level.SITUATION]
    return item | {
        "summary": row.summary,
        "address": row.address,
        "point": [row.point.x, row.point.y] if row.point else None,
        "reason": row.reason,
        "external_id": row.external_id,
        "parent": None,
        "merged_into": None,
        "assignments": item["assignments"] if knows_situation else [],
        "shared": {"id": how.share.pk, "level": how.level, "by": str(how.share.by), "until": how.share.until.isoformat(), "note": how.share.note},
    }
