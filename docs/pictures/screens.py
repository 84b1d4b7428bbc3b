"""Which screen is which picture. A new page of the city stands in one of these tables, or a test of the architecture fails.

ADDING A SCREEN? Add its route (as in urls.py) to PICTURES, run the city with its demo (`./city up`, `./city demo`), then `./city pictures NAME`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Screen:
    """One picture: who sits there, which address, what must be there first. `drawn`: a walk of its own in take.py makes it.

    `through`: a link on that page leads to what is shown. `is_small`: on a tablet or a small desk.
    """

    name: str
    who: str = "dispatcher"
    path: str = ""
    drawn: bool = False
    ready: str = "#main"
    through: str = ""
    is_small: bool = False


PICTURES: dict[str, Screen] = {
    "ops/": Screen("ops-zh-light", drawn=True),
    "dispatch/": Screen("board", drawn=True),
    "crew/<int:unit_id>/": Screen("crew", drawn=True),
    "incidents/<str:number>/": Screen("incident", drawn=True),
    "settings/<slug:slug>/": Screen("settings", "admin", "settings/units/"),
    "settings/<slug:slug>/new/": Screen("settings-new", "admin", "settings/units/new/"),
    "settings/people/": Screen("people", "admin", "settings/people/"),
    "settings/people/new/": Screen("person-new", "admin", "settings/people/new/"),
    "settings/people/<int:pk>/": Screen("person", "admin", "settings/people/1/"),
    "settings/plans/": Screen("plans", "admin", "settings/plans/"),
    "settings/run-cards/": Screen("run-cards", "admin", "settings/run-cards/"),
    "chat/": Screen("chat", path="chat/", ready=".chat-row"),
    "chat/shared/<int:room_id>/": Screen("room-shared", "liaison", "shared/", ready=".shown-notice", through='main a[href^="/chat/shared/"]'),
    "areas/": Screen("areas", "supervisor", "areas/"),
    "areas/<int:area_id>/": Screen("area", "supervisor", "areas/", ready="#area-map[data-ready]", through='main a[href^="/areas/"]'),
    "shared/": Screen("shared", "supervisor", "shared/"),
    "shared/glass/": Screen("broken-glass", "supervisor", "shared/glass/"),
    "incidents/": Screen("incidents", path="incidents/"),
    "intake/": Screen("intake", "calltaker", "intake/"),
    "intake/pins/": Screen("pins", "calltaker", "intake/pins/"),
    "phone-calls/": Screen("phone-calls", "calltaker", "phone-calls/"),
    "alarms/": Screen("alarms", "supervisor", "alarms/"),
    "aid/": Screen("aid", path="aid/"),
    "reporters/undelivered/": Screen("undelivered", path="reporters/undelivered/"),
    "crew/": Screen("crew-choose", "crew", "crew/"),
    "field/": Screen("field", "crew", drawn=True),
    "duty/": Screen("duty", "supervisor", "duty/"),
    "duty/roster/": Screen("roster", "supervisor", "duty/roster/"),
    "duty/hand-over/": Screen("hand-over", "supervisor", "duty/hand-over/"),
    "duty/reports/": Screen("watch-reports", "supervisor", "duty/reports/"),
    "analytics/intervals/": Screen("intervals", "supervisor", "analytics/intervals/"),
    "profile/": Screen("profile", path="profile/"),
    "exports/": Screen("exports", path="exports/"),
    "keys/": Screen("keys", path="keys/"),
    "wall/": Screen("wall", path="wall/"),
    "push/": Screen("push", "admin", "push/"),
}
# The same pages as other people see them.
FURTHER = (
    Screen("wall-ops", "wall", "ops/?kiosk=1&distance=4&pitch=0.634", ready="#map[data-ready=true]"),
    Screen("wall-board", "wall", "dispatch/?kiosk=1"),
    Screen("incident-shared", "liaison", "shared/", ready=".shown-notice", through='main a[href^="/incidents/"]'),
    Screen("incident-1024", path="incidents/?status=open&severity=2", ready="#incident", through='tbody a[href^="/incidents/"]', is_small=True),
    Screen("chat-1024", path="chat/", ready=".chat-row", is_small=True),
)
# Drawn by the walks of take.py besides.
DRAWN = ("place", "dispatch", "call", "table", "board-en-dark-1024", *(f"ops-{look}" for look in (
    "zh-dark", "en-light", "en-dark", "zh-light-1024", "zh-dark-1024", "en-light-1024", "en-dark-1024",
)))  # fmt: skip

DIALOG = "a dialog or a part of a page that has its picture"
FILE = "a file or data, no page"
MACHINE = "asked by machines"
ELSEWHERE = "leads to another page"
NOT_PICTURED: dict[str, str] = {
    "": ELSEWHERE, "settings/": ELSEWHERE, "go/<str:handle>/": ELSEWHERE,
    "healthz": MACHINE, "readyz": MACHINE, "metrics": MACHINE, "api/": MACHINE, "api/<anything:address>": MACHINE, "osmand/": MACHINE,
    "field/worker.js": "a part of the field's page", "field/manifest.webmanifest": "a part of the field's page", "field/session": MACHINE,
    "intake/<uuid:call_key>/": "the intake, with a call", "outside/<str:secret>/": "the door with one button",
    "exports/<uuid:export_key>/": "a line of exports, by itself, while it is made",
    "settings/plans/<slug:code>/<slug:level>/": "the form of a setting", "settings/run-cards/<slug:code>/<int:alarm>/": "the form of a setting",
    "settings/<slug:slug>/<int:pk>/": "the form of a setting", "duty/reports/<int:report_id>/": "the hand-over, when it is signed",
}  # fmt: skip
FILES = (
    "export.csv", "export.geojson", "export.pdf", "document.pdf", "/file/", "city.json", "city.pmtiles", "regions.geojson", ".mvt", "attachments/",
    "files/<uuid:file_key>/", "areas/shown.json", "outside/<str:secret>/files/",
)  # fmt: skip
# Pages that are only ever shown inside another one: their addresses begin like this.
PARTS = (
    "chat/pane/", "chat/rooms/", "chat/<int:room_id>/", "chat/orders/", "chat/shared/<int:room_id>/body/", "shared/glass/<", "areas/<int:area_id>/",
    "aid/<", "alarms/<", "alarms/pages/", "alarms/posts/", "alarms/strip/", "assignments/", "command/", "crew/<int:unit_id>/now", "dispatch/cards",
    "dispatch/units", "duty/roster/", "find/", "handouts/", "incidents/<str:number>/", "incidents/new/", "incidents/together/", "incidents/suggest",
    "incidents/questions", "chat/draw/", "shared/receipts/",
    "intake/elsewhere/", "intake/order/", "intake/parked/", "intake/place/", "intake/number/", "mode/", "ops/", "phone-calls/", "shares/",
    "tasks/", "units/",
)  # fmt: skip


def why_not(route: str) -> str:
    """Why a page has no picture; empty when it should have one."""
    if route in PICTURES:
        return ""
    if any(each in route for each in FILES):
        return FILE
    return NOT_PICTURED.get(route) or (DIALOG if route.startswith(PARTS) else "")


def names() -> list[str]:
    """Every picture there is to be."""
    return [*(screen.name for screen in (*PICTURES.values(), *FURTHER)), *DRAWN]
