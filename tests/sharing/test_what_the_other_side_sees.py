"""Every face of the city, read by the other side: what the level of a share masks is on none of them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from access.actors import Actor
from access.models import Department, Token
from access.sharing import verbs
from access.sharing.verbs import Terms
from incidents import seeing, services
from incidents.models import Incident, IncidentType
from incidents.services.common import Moment
from incidents.services.editing import IncidentChanges
from incidents.services.work import NewTask
from journal.models import Entry
from tests.conftest import NORTH_POINT, NewUnitMaker, a_report, user_of
from tests.permission_table import LIBRARIES, ROWS

UNRELATED = ("api/v1/schema/", "api/v1/docs/", "incidents/export.pdf")
"""What would take long and holds nothing of its own: the list on paper is written from the rows of the CSV."""
SEARCHED = {"needleaddress", "needlesummary", "needlewords", "needlecaller"}
REPORTER = ("needlecaller", "13877770000", "needleconfided")
OUTLINE_HIDES = ("needleaddress", "needleunit", "116.4001", "39.9501", "needleearlier")
SITUATION_HIDES = ("needlesummary", "needlewords", "needleplace", "needlenote", "needletask", "needlefile", "needlereason", "needlestruck")


@pytest.fixture
def told(
    call_taker: Actor,
    dispatcher: Actor,
    building_fire: IncidentType,
    north: object,
    new_unit: NewUnitMaker,
    fire: Department,
    now: datetime,
    settings: Any,
    tmp_path: Any,
) -> Incident:
    """A fire of which everything is known, each thing with a word of its own."""
    settings.MEDIA_ROOT = tmp_path
    said = {"words": "needlewords", "place_words": "needleplace", "caller_name": "needlecaller", "caller_phone": "13877770000"}
    position = type(NORTH_POINT)(116.40012, 39.95012)
    fire_ = services.report_incident(call_taker, report=a_report(building_fire, now, position=position, **said), now=now)
    confided = a_report(building_fire, now, words="needleconfided", caller_name="needlecaller", caller_phone="13877770000", is_confidential=True)
    services.attach_report(call_taker, incident_id=fire_.pk, report=confided, now=now)
    for address, summary in (("needleearlier", "needleearlier"), ("needleaddress", "needlesummary")):
        version = Incident.objects.get(pk=fire_.pk).version
        changes = IncidentChanges(address=address, summary=summary)
        services.edit_incident(dispatcher, incident_id=fire_.pk, version=version, changes=changes, now=now)
    services.dispatch_unit(dispatcher, incident_id=fire_.pk, unit_id=new_unit("needleunit").pk, moment=Moment(at=now), now=now)
    struck = services.write_note(dispatcher, incident_id=fire_.pk, words="needlestruck", now=now)
    services.strike_note(dispatcher, note_id=struck.pk, now=now)
    services.write_note(dispatcher, incident_id=fire_.pk, words="needlenote", now=now)
    services.issue_task(dispatcher, incident_id=fire_.pk, task=NewTask("needletask", fire.pk), now=now)
    services.attach_file(dispatcher, incident_id=fire_.pk, name="needlefile.txt", content=b"needlefile", now=now)
    services.set_response_level(Actor.system("test"), incident_id=fire_.pk, level="III", reason="needlereason", now=now)
    return Incident.objects.get(pk=fire_.pk)


def _addresses(found: Any, before: str = "") -> Iterator[str]:
    for one in found.url_patterns:
        route = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _addresses(one, route)
        elif isinstance(one, URLPattern):
            yield route


def _everything_read(client: Client, secret: str, incident: Incident, assignment: int, words: tuple[str, ...], narrow: bool) -> dict[str, str]:
    """What the person gets at every address that can be read (`narrow`: at those that speak of incidents), and at every search for a word."""
    routes = {row.route for row in ROWS if row.method == "GET" and not row.route.startswith((*LIBRARIES, *UNRELATED))}
    assert routes <= set(_addresses(get_resolver()))
    values = {
        "number": incident.number,
        "handle": incident.number,
        "assignment_id": str(assignment),
        "unit_id": str(assignment),
        "id": str(incident.pk),
    }
    values |= {
        "attachment_id": "1",
        "task_id": "1",
        "slug": "units",
        "code": "x",
        "level": "II",
        "alarm": "1",
        "layer": "places",
        "z": "14",
        "x": "1",
        "y": "1",
    }
    if narrow:
        routes = {route for route in routes if "incident" in route or "<" in route}
    asked = []
    for route in sorted(routes):
        address = "/" + "".join(_fill(part, values) for part in _parts(route))
        asked.append(address)
    for word in words:
        asked += [f"/incidents/?q={word}", f"/find/?q={word}", f"/find/?q=%23{word}", f"/api/v1/incidents/?external_id={word}"]
    asked += [f"/ops/rows?ids={incident.pk}", "/ops/table", "/incidents/export.csv", "/incidents/export.geojson"]
    asked += [f"/ops/?incident={incident.number}", "/api/v1/facts/?since=0&limit=200"]
    answers = {}
    for address in asked:
        headers = {"Accept-Language": "en"} | ({"Authorization": f"Token {secret}"} if address.startswith("/api/") else {})
        answer = client.get(address, headers=headers)
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        answers[address] = f"{answer.status_code} {body.decode('utf-8', 'replace')}"
    return answers


def _parts(route: str) -> list[str]:
    return route.replace(">", "<").split("<")


def _fill(part: str, values: dict[str, str]) -> str:
    name = part.rpartition(":")[2]
    return values.get(name, "1") if ":" in part else part


@pytest.mark.parametrize(
    ("level", "hidden", "shown"),
    [
        ("OUTLINE", REPORTER + OUTLINE_HIDES + SITUATION_HIDES, ()),
        ("SITUATION", REPORTER + SITUATION_HIDES, ("needleaddress", "needleunit")),
        (
            "FULL",
            (*REPORTER, "needlestruck"),
            ("needleaddress", "needlesummary", "needleunit", "needlewords", "needlenote", "needletask", "needlefile"),
        ),
    ],
)
def test_what_a_level_masks_stands_on_no_face(
    level: str, hidden: tuple[str, ...], shown: tuple[str, ...], dispatcher: Actor, liaison: Actor, water: Department, told: Incident, now: datetime
):
    terms = Terms(water.pk, None, level, now + timedelta(hours=1), "")
    verbs.share(dispatcher, kind=seeing.KIND.name, subject_id=told.pk, terms=terms, now=now)
    services.write_note(dispatcher, incident_id=told.pk, words="needlenote too", now=now)
    client = Client()
    client.force_login(user_of(liaison), backend="django.contrib.auth.backends.ModelBackend")
    _row, secret = Token.objects.create(user=user_of(liaison), expiry=timedelta(hours=1), name="t")

    answers = _everything_read(client, secret, told, told.assignments.get().pk, tuple(SEARCHED & {*hidden, *shown}), level != "OUTLINE")

    found = {(needle, address) for address, text in answers.items() for needle in hidden if needle in text and needle not in address}
    assert found == set()
    for needle in SEARCHED & set(hidden):
        assert told.number not in answers[f"/incidents/?q={needle}"]
        assert told.number not in answers[f"/find/?q={needle}"]
        assert told.number not in answers[f"/api/v1/incidents/?external_id={needle}"]
    for needle in shown:
        assert any(needle in text for address, text in answers.items() if needle not in address), needle
    page, listing, rest = (answers[each] for each in (f"/incidents/{told.number}/", "/incidents/", "/api/v1/incidents/"))
    assert all(told.number in text and "Dispatcher" in text for text in (page, listing, rest, answers[f"/ops/rows?ids={told.pk}"]))
    frames = [entry for entry in Entry.objects.all() if set(entry.scopes) & _scopes(liaison)]
    assert frames and not [needle for needle in hidden for entry in frames if needle in str(entry.data)]


def _scopes(actor: Actor) -> frozenset[str]:
    from access import selectors as access

    return access.scopes_of(actor)
