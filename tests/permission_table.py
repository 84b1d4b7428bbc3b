"""Every address of the city, who may use it, and with what: one row for each method.

ADDING AN ADDRESS? Add a row below; `tests/test_permission_matrix.py` fails until there is one. A row is

    page("POST", "incidents/<str:number>/close/", CLOSE, INCIDENT, {"disposition": "done"})
    api("POST", "incidents/<number:number>/close/", CLOSE, INCIDENT, {"disposition": "done"})

method; route as in urls.py; who: PUBLIC, SIGNED_IN or the action's name; the thing it is done to (a fire in the northern district, a unit
of the northern fire station, or NOTHING in particular); a body that is valid, so that it is the permission that answers. `{department}`
and the like in route and body are filled in by the test. Every row is then asked by every person of the cast: who lacks the action gets
403, who may not know of the thing 404, who has it anything but 401, 403, 404 and 5xx.
"""

from dataclasses import dataclass, field
from typing import Any

from access.permissions import ISSUE_TOKENS, MANAGE_PEOPLE, MANAGE_REFERENCE, READ_JOURNAL
from alerts.permissions import ACKNOWLEDGE, CHECK_WELFARE, MANAGE_RULES, SHELVE
from alerts.permissions import VIEW as VIEW_ALARMS
from exchange.permissions import CLAIM_PHONE_CALL, REPORT_CALLER_LOCATION, REPORT_PHONE_CALL, VIEW_CALLER_LOCATION, VIEW_PHONE_CALLS
from incidents.permissions import (
    ADVANCE,
    ANALYSE,
    CLOSE,
    CONTROL,
    DISPATCH,
    EDIT,
    HOLD,
    MANAGE_CARDS,
    MANAGE_PLANS,
    MANAGE_TYPES,
    MERGE,
    NOTE,
    REPORT,
    REQUEST_AID,
    RESOLVE,
    SEE_CALLER,
    SET_LEVEL,
    STRIKE_ALARM,
    SWITCH_MODE,
    TASK,
    TRIAGE,
    VERIFY,
    VIEW,
    VIEW_AID,
)
from resources.permissions import MANAGE, REPORT_POSITION, SET_STATUS, VIEW_TRACK
from resources.permissions import VIEW as VIEW_UNITS

PUBLIC, SIGNED_IN = "public", "signed in"
NOTHING, INCIDENT, UNIT, ALARM = "nothing", "incident", "unit", "alarm"


@dataclass(frozen=True)
class Row:
    """One method of one address. `also` are further statuses that one who may can get; `hidden` is the answer about a thing
    that one may not know of."""

    method: str
    route: str
    who: str
    thing: str = NOTHING
    body: Any = None
    is_api: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    also: tuple[int, ...] = ()
    query: str = ""
    hidden: int = 404

    @property
    def name(self) -> str:
        return f"{self.method} {self.route}{self.query}"


def page(method: str, route: str, who: str, thing: str = NOTHING, body: Any = None, *, also: tuple[int, ...] = (), query: str = "") -> Row:
    """A page for people; one who is not signed in is led to the door."""
    return Row(method, route, who, thing, body, False, {}, also, query)


def api(
    method: str,
    route: str,
    who: str,
    thing: str = NOTHING,
    body: Any = None,
    *,
    also: tuple[int, ...] = (),
    headers: dict[str, str] | None = None,
    query: str = "",
    hidden: int = 404,
) -> Row:
    """An address of the API, below /api/v1/; one who is not signed in gets 401."""
    return Row(method, f"api/v1/{route}", who, thing, body, True, headers or {}, also, query, hidden)


OWN = "incidents/<number:number>"
BECAUSE = {"reason": "误报"}
AREA = {"type": "Polygon", "coordinates": [[[116.40, 39.95], [116.41, 39.95], [116.41, 39.96], [116.40, 39.95]]]}
AML = 'A"ML=1;lt=+39.95000;lg=+116.40000;rd=50;lc=90;pm=W;ml=56'
REPORT_BODY = {"source": "PARTNER", "type": "building-fire", "place_words": "东路", "point": [116.40, 39.95]}

API = (
    api("GET", "schema/", PUBLIC),
    api("GET", "docs/", PUBLIC),
    api("GET", "me/", SIGNED_IN),
    api("GET", "tokens/", SIGNED_IN),
    api("GET", "tokens/", ISSUE_TOKENS, query="?person=somebody"),
    api("POST", "tokens/", ISSUE_TOKENS, body={"person": "sensor", "name": "t"}),
    api("POST", "tokens/<slug:key>/revoke/", ISSUE_TOKENS),
    api("GET", "departments/", SIGNED_IN),
    api("GET", "regions/", SIGNED_IN),
    api("GET", "facts/", SIGNED_IN),
    api("GET", "run-cards/", SIGNED_IN),
    api("GET", "aid-requests/", SIGNED_IN),
    api("GET", "aid-requests/<id:id>/", SIGNED_IN, also=(404,)),
    api("POST", "aid-requests/<id:id>/advance/", SIGNED_IN, body={"state": "COMMITTED"}, also=(404,)),
    api("GET", f"{OWN}/aid/", VIEW, INCIDENT),
    api("POST", f"{OWN}/aid/", REQUEST_AID, INCIDENT, {"neighbour": "nobody", "capability": "pump"}),
    api("POST", f"{OWN}/alarm/", STRIKE_ALARM, INCIDENT, {"alarm": 2}),
    api("POST", f"{OWN}/withdraw-alarm/", STRIKE_ALARM, INCIDENT, {"alarm": 2}),
    api("GET", "journal/", READ_JOURNAL),
    api("GET", "units/", SIGNED_IN),
    api("POST", "units/", MANAGE, body={"code": "X1", "type": "engine", "department": "fire", "region": "110101"}),
    api("GET", "units/<id:id>/", VIEW_UNITS, UNIT),
    api("POST", "units/<id:id>/status/", SET_STATUS, UNIT, {"availability": "AVAILABLE", "activity": "AT_STATION"}),
    api("POST", "units/<id:id>/key/", SET_STATUS, UNIT, {"key": "5"}),
    api("POST", "units/<id:id>/end-distress/", SET_STATUS, UNIT),
    api("PATCH", "units/<id:id>/", MANAGE, UNIT, {"name": "七号"}, headers={"If-Match": '"1"'}, also=(412,)),
    api("GET", "units/<id:id>/devices/", MANAGE, UNIT),
    api("POST", "units/<id:id>/devices/", MANAGE, UNIT, {"identifier": "tracker-7"}),
    api("POST", "position-devices/<id:id>/revoke/", MANAGE, also=(404,)),
    api("GET", "areas/", SIGNED_IN),
    api("POST", "areas/", MANAGE, body={"name": "积水点", "department": "fire", "region": "110101", "area": AREA}),
    api("POST", "areas/<id:id>/retire/", MANAGE, also=(404,)),
    api("GET", "units/positions/", SIGNED_IN),
    api("POST", "units/<id:id>/position/", REPORT_POSITION, UNIT, {"point": [116.4, 39.9], "at": "{now}"}, hidden=403),
    api("GET", "units/<id:id>/track/", VIEW_TRACK, UNIT, query="?from={hour_ago}&to={now}"),
    api("POST", "positions/", REPORT_POSITION, body={"positions": []}),
    api("POST", "caller-locations/", REPORT_CALLER_LOCATION, body={"number": "13800002201", "aml": AML}),
    api("POST", "phone-calls/events/", REPORT_PHONE_CALL, body={"system": "pbx", "call": "1", "event": "ringing", "at": "2026-11-22T10:00:00Z"}),
    api("GET", "stations/", SIGNED_IN),
    api("POST", "stations/", MANAGE, body={"code": "S9", "name": "新站", "department": "fire", "region": "110101", "point": [116.4, 39.95]}),
    api("GET", "unit-types/", SIGNED_IN),
    api("GET", "capabilities/", SIGNED_IN),
    api("GET", "local-statuses/", SIGNED_IN),
    api("GET", "incident-types/", SIGNED_IN),
    api("POST", "reports/candidates/", REPORT, body={"place_words": "东路"}),
    api("GET", "incidents/<number:number>/reports/", VIEW, INCIDENT),
    api("GET", "incident-types/<slug:slug>/questions/", REPORT, also=(404,)),
    api("POST", "incident-types/suggest/", REPORT, body={"words": "冒烟"}),
    api("GET", "dispositions/", SIGNED_IN),
    api("POST", "reports/", REPORT, INCIDENT, {**REPORT_BODY, "incident": "{number}"}),
    api("GET", "incidents/", SIGNED_IN),
    api("GET", f"{OWN}/", VIEW, INCIDENT),
    api("PATCH", f"{OWN}/", EDIT, INCIDENT, {"summary": "二楼"}, headers={"If-Match": '"1"'}),
    api("GET", f"{OWN}/callers/", SEE_CALLER, INCIDENT),
    api("GET", f"{OWN}/timeline/", VIEW, INCIDENT),
    api("GET", f"{OWN}/recommendation/", VIEW, INCIDENT),
    api("POST", f"{OWN}/triage/", TRIAGE, INCIDENT),
    api("POST", f"{OWN}/validate/", TRIAGE, INCIDENT),
    api("POST", f"{OWN}/control/", CONTROL, INCIDENT),
    api("POST", f"{OWN}/resolve/", RESOLVE, INCIDENT),
    api("POST", f"{OWN}/verify/", VERIFY, INCIDENT),
    api("POST", f"{OWN}/close/", CLOSE, INCIDENT, {"disposition": "done"}),
    api("POST", f"{OWN}/reopen/", CLOSE, INCIDENT, BECAUSE),
    api("POST", f"{OWN}/hold/", HOLD, INCIDENT, {**BECAUSE, "review_on": "2099-01-01"}),
    api("POST", f"{OWN}/resume/", HOLD, INCIDENT),
    api("POST", f"{OWN}/return/", HOLD, INCIDENT, BECAUSE),
    api("POST", f"{OWN}/cancel/", HOLD, INCIDENT, BECAUSE),
    api("POST", f"{OWN}/transfer/", HOLD, INCIDENT, {**BECAUSE, "department": "water"}),
    api("POST", f"{OWN}/merge/", MERGE, INCIDENT, {"into": "{other_number}"}),
    api("POST", f"{OWN}/unmerge/", MERGE, INCIDENT),
    api("POST", f"{OWN}/link/", MERGE, INCIDENT, {"parent": "{other_number}"}),
    api("POST", f"{OWN}/unlink/", MERGE, INCIDENT),
    api("POST", f"{OWN}/raise/", SET_LEVEL, INCIDENT, {"kind": "MAJOR", "severity": 1}),
    api("POST", f"{OWN}/response-level/", SET_LEVEL, INCIDENT, {"level": "II", **BECAUSE}),
    api("GET", f"{OWN}/assignments/", VIEW, INCIDENT),
    api("POST", f"{OWN}/assignments/", DISPATCH, INCIDENT, {"unit": "{free_unit}"}),
    api("POST", f"{OWN}/assignments/stacked/", DISPATCH, INCIDENT, {"unit": "{free_unit}"}),
    api("GET", "assignments/<id:id>/", VIEW, INCIDENT),
    api("POST", "assignments/<id:id>/advance/", ADVANCE, INCIDENT, {"step": "EN_ROUTE"}),
    api("POST", "assignments/<id:id>/decline/", ADVANCE, INCIDENT, BECAUSE),
    api("POST", "assignments/<id:id>/cancel/", DISPATCH, INCIDENT, {}),
    api("GET", "alarms/", SIGNED_IN),
    api("GET", "alarms/<id:id>/", VIEW_ALARMS, ALARM),
    api("POST", "alarms/<id:id>/acknowledge/", ACKNOWLEDGE, ALARM),
    api("POST", "alarms/<id:id>/shelve/", SHELVE, ALARM, {"seconds": 900, "reason": "检修"}),
    api("POST", "alarms/<id:id>/unshelve/", SHELVE, ALARM),
    api("POST", "assignments/<id:id>/welfare/", CHECK_WELFARE, INCIDENT),
    api("GET", f"{OWN}/tasks/", VIEW, INCIDENT),
    api("POST", f"{OWN}/tasks/", TASK, INCIDENT, {"title": "关阀", "department": "fire"}),
    api("POST", "tasks/<id:id>/advance/", "incidents.answer_task", INCIDENT, {"state": "ACKNOWLEDGED"}),
    api("GET", f"{OWN}/notes/", VIEW, INCIDENT),
    api("POST", f"{OWN}/notes/", NOTE, INCIDENT, {"text": "x"}),
    api("POST", "notes/<id:id>/strike/", "own note", INCIDENT),
    api("GET", f"{OWN}/attachments/", VIEW, INCIDENT),
    api("POST", f"{OWN}/attachments/", NOTE, INCIDENT, {"file": "{file}"}),
    api("GET", "attachments/<id:id>/", VIEW, INCIDENT),
)

PAGES = (
    page("GET", "", PUBLIC),
    page("POST", "i18n/setlang/", PUBLIC, body={"language": "en"}),
    page("GET", "healthz", PUBLIC),
    page("GET", "readyz", PUBLIC, also=(503,)),
    page("GET", "metrics", PUBLIC, also=(404,)),
    page("GET", "api/", PUBLIC, also=(404,)),
    page("GET", "api/<anything:address>", PUBLIC, also=(404,)),
    page("POST", "osmand", PUBLIC, also=(400, 401, 429)),
    page("GET", "osmand/", PUBLIC, also=(400, 401, 429)),
    page("GET", "profile/", SIGNED_IN),
    page("POST", "profile/language/", SIGNED_IN, body={"language": "en"}),
    page("POST", "profile/filters/", SIGNED_IN, body={"page": "incidents", "query": "q=x", "name": "x"}),
    page("POST", "profile/filters/<int:filter_id>/forget/", SIGNED_IN, also=(404,)),
    page("POST", "profile/layout/", SIGNED_IN, body={"desk": "1920x1080", "part": "panel-size", "size": "320"}),
    page("POST", "profile/break-glass/", SIGNED_IN, body={"role": "dispatcher", "reason": "大面积停电需要支援"}),
    page("POST", "profile/give-back/<int:membership_id>/", MANAGE_PEOPLE),
    page("POST", "profile/revoke-token/", ISSUE_TOKENS, body={"token": "{key}"}),
    page("GET", "basemap/city.pmtiles", SIGNED_IN, also=(404,)),
    page("GET", "basemap/city.json", SIGNED_IN),
    page("GET", "gis/regions.geojson", SIGNED_IN),
    page("GET", "gis/tiles/<slug:layer>/<int:z>/<int:x>/<int:y>.mvt", SIGNED_IN),
    page("POST", "caller-location/", VIEW_CALLER_LOCATION, body={"number": "13800002201"}),
    page("GET", "incidents/", VIEW),
    page("GET", "incidents/export.csv", VIEW),
    page("GET", "incidents/export.geojson", VIEW),
    page("GET", "incidents/together/", VIEW, query="?number={number}"),
    page("POST", "incidents/together/", VIEW, body={"number": "{number}", "verb": "note", "words": "x"}, also=(422,)),
    page("GET", "phone-calls/", VIEW_PHONE_CALLS),
    page("GET", "phone-calls/ringing/", VIEW_PHONE_CALLS),
    page("GET", "phone-calls/of/<uuid:call_key>/", CLAIM_PHONE_CALL),
    page("POST", "phone-calls/<int:call_id>/claim/", CLAIM_PHONE_CALL),
    page("POST", "phone-calls/<int:call_id>/release/", CLAIM_PHONE_CALL, also=(404,)),
    page("POST", "phone-calls/<int:call_id>/call-back/", CLAIM_PHONE_CALL),
    page("POST", "phone-calls/<int:call_id>/settle/", CLAIM_PHONE_CALL),
    page("GET", "intake/", REPORT),
    page("GET", "intake/parked/", REPORT),
    page("GET", "intake/elsewhere/", REPORT, query="?q=x"),
    page("GET", "intake/pins/", EDIT),
    page("POST", "intake/pins/<str:number>/", EDIT, INCIDENT, {"outcome": "UNKNOWN"}, also=(404,)),
    page("POST", "intake/place/", REPORT, body={"place": "东路", "lon": "116.4", "lat": "39.95"}),
    page("POST", "intake/number/", REPORT, body={"caller_phone": "13800002201"}),
    page("GET", "intake/<uuid:call_key>/", REPORT),
    page("POST", "intake/<uuid:call_key>/save/", REPORT, body={"words": "冒烟"}),
    page("POST", "intake/<uuid:call_key>/park/", REPORT),
    page("POST", "intake/<uuid:call_key>/resume/", REPORT, also=(404,)),
    page("POST", "intake/<uuid:call_key>/discard/", REPORT, body={"reason": "SILENT"}, also=(404,)),
    page("POST", "intake/<uuid:call_key>/restore/", REPORT, also=(404,)),
    page("GET", "incidents/new/", REPORT),
    page("POST", "incidents/suggest-type/", REPORT, body={"words": "冒烟"}),
    page("POST", "incidents/questions/", REPORT, body={"type": "{type}"}),
    page("POST", "incidents/suggest-level/", REPORT, body={"type": "{type}"}),
    page("POST", "incidents/new/", REPORT, body={"type": "{type}", "place": "东路", "lon": "116.4", "lat": "39.95"}),
    page("GET", "incidents/<str:number>/", VIEW, INCIDENT),
    page("GET", "incidents/<str:number>/panel/", VIEW, INCIDENT),
    page("GET", "incidents/<str:number>/body/", VIEW, INCIDENT),
    page("GET", "incidents/<str:number>/timeline/", VIEW, INCIDENT),
    page("POST", "incidents/<str:number>/triage/", TRIAGE, INCIDENT),
    page("POST", "incidents/<str:number>/callers/", SEE_CALLER, INCIDENT),
    page("GET", "incidents/<str:number>/dispatch/", DISPATCH, INCIDENT),
    page("GET", "incidents/<str:number>/aid/", REQUEST_AID, INCIDENT),
    page("POST", "incidents/<str:number>/aid/", REQUEST_AID, INCIDENT, {"neighbour": "nobody", "capability": "pump", "asked": 1}),
    page("GET", "aid/", VIEW_AID),
    page("GET", "aid/<int:request_id>/", VIEW_AID, also=(404,)),
    page("POST", "aid/<int:request_id>/", VIEW_AID, body={"state": "DECLINED"}, also=(404,)),
    page("GET", "settings/plans/", MANAGE_PLANS),
    page("GET", "settings/plans/<slug:code>/<slug:level>/", MANAGE_PLANS, also=(404,)),
    page("POST", "settings/plans/<slug:code>/<slug:level>/", MANAGE_PLANS, body={"based_on": 0}, also=(404,)),
    page("POST", "incidents/<str:number>/here/", VIEW, INCIDENT, {"doing": "looking"}),
    page("GET", "incidents/<str:number>/respond/", SET_LEVEL, INCIDENT),
    page("POST", "incidents/<str:number>/respond/", SET_LEVEL, INCIDENT, {"level": "II", "reason": "x"}),
    page("POST", "activations/<int:activation_id>/stand-down/", SET_LEVEL, also=(404,)),
    page("GET", "mode/", VIEW),
    page("POST", "mode/", SWITCH_MODE, body={"level": "II", "typed": "2", "reason": "x"}, also=(422,)),
    page("GET", "mode/chip/", VIEW),
    page("GET", "mode/effects/", VIEW),
    page("POST", "mode/<int:mode_id>/end/", SWITCH_MODE, body={"reason": "x"}, also=(404,)),
    page("GET", "settings/run-cards/", MANAGE_CARDS),
    page("GET", "settings/run-cards/<slug:code>/<int:alarm>/", MANAGE_CARDS, also=(404,)),
    page("POST", "settings/run-cards/<slug:code>/<int:alarm>/", MANAGE_CARDS, body={"based_on": 0}, also=(404,)),
    page("GET", "incidents/<str:number>/aid/", REQUEST_AID, INCIDENT),
    page("POST", "incidents/<str:number>/aid/", REQUEST_AID, INCIDENT, {"neighbour": "nobody", "capability": "pump", "asked": 1}),
    page("GET", "aid/", VIEW_AID),
    page("GET", "aid/<int:request_id>/", VIEW_AID, also=(404,)),
    page("POST", "aid/<int:request_id>/", VIEW_AID, body={"state": "DECLINED"}, also=(404,)),
    page("GET", "settings/run-cards/", MANAGE_CARDS),
    page("GET", "settings/run-cards/<slug:code>/<int:alarm>/", MANAGE_CARDS, also=(404,)),
    page("POST", "settings/run-cards/<slug:code>/<int:alarm>/", MANAGE_CARDS, body={"based_on": 0}, also=(404,)),
    page("POST", "incidents/<str:number>/alarm/", STRIKE_ALARM, INCIDENT, {"alarm": 2}),
    page("POST", "incidents/<str:number>/alarm/withdraw/", STRIKE_ALARM, INCIDENT, {"alarm": 2}),
    page("POST", "incidents/<str:number>/send/", DISPATCH, INCIDENT, {"unit": "{free_unit}"}),
    page("GET", "incidents/<str:number>/status/", VIEW, INCIDENT),
    page("POST", "incidents/<str:number>/status/", VIEW, INCIDENT, {"verb": "control"}),
    page("GET", "incidents/<str:number>/note/", NOTE, INCIDENT),
    page("POST", "incidents/<str:number>/note/", NOTE, INCIDENT, {"words": "x"}),
    page("POST", "incidents/<str:number>/notes/<int:note_id>/strike/", "own note", INCIDENT),
    page("GET", "incidents/<str:number>/edit/", EDIT, INCIDENT),
    page("POST", "incidents/<str:number>/edit/", EDIT, INCIDENT, {"version": "1", "type_id": "{type}", "severity": "2", "address": "东路"}),
    page("GET", "incidents/<str:number>/task/", TASK, INCIDENT),
    page("POST", "incidents/<str:number>/task/", TASK, INCIDENT, {"title": "关阀", "department_id": "{department}"}),
    page("GET", "incidents/<str:number>/close/", CLOSE, INCIDENT),
    page("POST", "incidents/<str:number>/close/", CLOSE, INCIDENT, {"disposition": "done"}),
    page("GET", "incidents/<str:number>/merge/", MERGE, INCIDENT),
    page("POST", "incidents/<str:number>/merge/", MERGE, INCIDENT, {"target": "{other_number}", "verb": "merge"}),
    page("GET", "incidents/<str:number>/near/", MERGE, INCIDENT, query="?q=东路"),
    page("GET", "incidents/<str:number>/unmerge/", MERGE, INCIDENT),
    page("POST", "incidents/<str:number>/unmerge/", MERGE, INCIDENT),
    page("POST", "incidents/new/same/", REPORT, body={"place": "东路"}),
    page("POST", "incidents/<str:number>/calls/", REPORT, INCIDENT, {"place": "东路", "words": "x"}),
    page("POST", "incidents/<str:number>/reports/<int:report_id>/split/", MERGE, INCIDENT),
    page("POST", "incidents/<str:number>/unlink/", MERGE, INCIDENT),
    page("GET", "tasks/<int:task_id>/", "incidents.answer_task", INCIDENT),
    page("POST", "tasks/<int:task_id>/", "incidents.answer_task", INCIDENT, {"state": "ACKNOWLEDGED"}),
    page("POST", "tasks/<int:task_id>/advance/", "incidents.answer_task", INCIDENT, {"state": "ACKNOWLEDGED"}),
    page("POST", "incidents/<str:number>/files/", NOTE, INCIDENT, {"file": "{file}"}),
    page("GET", "attachments/<int:attachment_id>/", VIEW, INCIDENT),
    page("POST", "assignments/recall/", DISPATCH, body={"ids": "{assignment}"}),
    page("GET", "assignments/<int:assignment_id>/", ADVANCE, INCIDENT),
    page("POST", "assignments/<int:assignment_id>/advance/", ADVANCE, INCIDENT, {"step": "EN_ROUTE"}),
    page("POST", "assignments/<int:assignment_id>/decline/", ADVANCE, INCIDENT, BECAUSE),
    page("GET", "alarms/", VIEW_ALARMS),
    page("GET", "alarms/strip/", VIEW_ALARMS),
    page("POST", "alarms/acknowledge/", ACKNOWLEDGE, body={"ids": ""}),
    page("GET", "alarms/<int:alarm_id>/", VIEW_ALARMS, ALARM),
    page("GET", "alarms/<int:alarm_id>/shelve/", SHELVE, ALARM),
    page("POST", "alarms/<int:alarm_id>/shelve/", SHELVE, ALARM, {"seconds": "900", "reason": "检修"}),
    page("POST", "alarms/<int:alarm_id>/unshelve/", SHELVE, ALARM),
    page("POST", "alarms/welfare/<int:assignment_id>/", CHECK_WELFARE, INCIDENT),
    page("GET", "dispatch/", VIEW),
    page("GET", "dispatch/cards", VIEW, query="?ids=1"),
    page("GET", "dispatch/units", VIEW),
    page("POST", "dispatch/say/", ADVANCE, body={"units": "{free_unit}", "key": "4"}),
    page("POST", "dispatch/accept/<int:assignment_id>/", ADVANCE, INCIDENT, {"step": "ON_SCENE"}),
    page("POST", "dispatch/undo/", VIEW, body={"sent": ""}),
    page("GET", "crew/", ADVANCE),
    page("GET", "crew/<int:unit_id>/", SET_STATUS, UNIT),
    page("GET", "crew/<int:unit_id>/now", SET_STATUS, UNIT),
    page("POST", "crew/<int:unit_id>/say/", SET_STATUS, UNIT, {"state": "SPEAK"}),
    page("GET", "command/read", VIEW, query="?line=s"),
    page("POST", "command/", VIEW, body={"line": "s"}),
    page("GET", "analytics/intervals/", ANALYSE),
    page("GET", "analytics/intervals/export.csv", ANALYSE),
    page("GET", "ops/", SIGNED_IN),
    page("GET", "ops/rows", VIEW),
    page("GET", "ops/tally", VIEW),
    page("GET", "ops/table", VIEW),
    page("GET", "ops/places", REPORT, query="?q=东路"),
    page("GET", "ops/coverage", VIEW_UNITS, query="?without=F1"),
    page("GET", "find/", SIGNED_IN, query="?q=0001"),
    page("GET", "go/<str:handle>/", VIEW, also=(404,)),
    page("GET", "units/", VIEW),
    page("GET", "units/<int:unit_id>/", VIEW_UNITS, UNIT),
    page("POST", "units/<int:unit_id>/press/", SET_STATUS, UNIT, {"key": "5"}),
    page("POST", "units/<int:unit_id>/end-distress/", SET_STATUS, UNIT),
    page("GET", "settings/", f"{MANAGE_REFERENCE} {MANAGE}"),
    page("GET", "settings/people/", MANAGE_PEOPLE),
    page("GET", "settings/people/new/", MANAGE_PEOPLE),
    page("POST", "settings/people/new/", MANAGE_PEOPLE, body={"username": "x"}),
    page("GET", "settings/people/<int:pk>/", MANAGE_PEOPLE),
    page("POST", "settings/people/<int:pk>/", MANAGE_PEOPLE, body={"role": "crew"}),
    page("POST", "settings/people/<int:pk>/deactivate/", MANAGE_PEOPLE),
    page("POST", "settings/memberships/<int:membership_id>/end/", MANAGE_PEOPLE, body={"person": "{person}"}),
    page("POST", "settings/alarm-rules/rehearse/", MANAGE_RULES, body={"name": "x"}),
    page("POST", "settings/type-rules/rehearse/", MANAGE_TYPES, body={"words": "x"}),
    page("GET", "settings/<slug:slug>/", MANAGE_REFERENCE),
    page("GET", "settings/<slug:slug>/new/", MANAGE_REFERENCE),
    page("POST", "settings/<slug:slug>/new/", MANAGE_REFERENCE, body={"code": "n", "name": "新部门"}),
    page("GET", "settings/<slug:slug>/<int:pk>/", MANAGE_REFERENCE),
    page("POST", "settings/<slug:slug>/<int:pk>/", MANAGE_REFERENCE, body={"code": "n", "name": "新部门"}),
)

ROWS: tuple[Row, ...] = (*API, *PAGES)

# Addresses of libraries, whose own guards are theirs to test; here they are only asked without signing in, and must not break.
LIBRARIES = ("accounts/",)
