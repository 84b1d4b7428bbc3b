"""Who may be told on which browser, until when; and that no address a browser hands in leads the city anywhere it should not go."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access import services as access
from access.actors import Actor
from access.models import Membership, Region
from access.roles import Role
from incidents import services as incidents
from incidents.models import Incident
from incidents.services.common import Moment
from journal.models import Entry
from kit.errors import Forbidden, NotFound
from push import endpoints, services
from push.endpoints import BadEndpoint
from push.models import Message, Subscription
from push.services.subscribing import Browser as Handed
from push.services.subscribing import NoBrowser, PushNotOffered
from push.tasks import tidy
from resources.models import Unit
from tests.command_center.test_settings import start
from tests.conftest import user_of
from tests.pages.conftest import desk as desk
from tests.push.conftest import PRIVATE_KEY, Tablet, go_out, react
from tests.push.service_peer import Browser, Peer

MAKERS = ["fcm.googleapis.com", "*.push.services.mozilla.com", "*.notify.windows.com", "web.push.apple.com"]
HOSTILE = [
    "http://fcm.googleapis.com/fcm/send/x",
    "https://fcm.googleapis.com:8443/x",
    "https://u:p@fcm.googleapis.com/x",
    "https://fcm.googleapis.com@10.0.0.1/x",
    "https://10.0.0.1\\@fcm.googleapis.com/x",
    "https://fcm.googleapis.com.evil.example/x",
    "https://evilpush.services.mozilla.com/x",
    "https://.push.services.mozilla.com/x",
    "https://push.services.mozilla.com/x",
    "http://127.0.0.1/x",
    "https://127.0.0.1/x",
    "https://[::1]/x",
    "http://169.254.169.254/latest/meta-data/",
    "https://169.254.169.254/x",
    "https://metadata.google.internal/x",
    "file:///etc/passwd",
    "//fcm.googleapis.com/x",
    "https://fcm.googleapis.com",
    "https://fcm.googleapis.com/",
    "https://fcm.googleapis.com/x#y",
    "https://fcm.googleapis.com/x y",
    "https://fcm.googleapis.com/x\r\nHost: inside",
    "https://fcm.googleapis.com\t/x",
    "https://fcm.googleapis.com:x/x",
    "https://fcm.googleapis.com:99999/x",
    "https://[fcm.googleapis.com/x",
    "https://fcm.g\u043eogleapis.com/x",
    "https://fcm.googleapis.com/" + "x" * 1000,
    "",
    "x",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("endpoint", HOSTILE)
def test_an_address_that_is_no_makers_is_refused_in_a_sentence(desk: Any, crew: Actor, service: Peer, settings: Any, endpoint: str) -> None:
    settings.PUSH_HOSTS = MAKERS
    handed = Browser("x").keys | {"endpoint": endpoint}

    answer = desk(crew).post("/api/v1/field/push/", json.dumps(handed), content_type="application/json", headers={"Accept-Language": "en"})

    assert answer.status_code == 400 and Subscription.objects.count() == 0
    assert answer.json()["code"] == "bad_endpoint" and answer.json()["title"].endswith("is not one that the city sends to.")


@pytest.mark.parametrize(
    "host", ["fcm.googleapis.com", "updates.push.services.mozilla.com", "wns2-db5p.notify.windows.com", "web.push.apple.com", "FCM.googleapis.com"]
)
def test_the_makers_services_are_asked_by_https_at_the_usual_port(settings: Any, host: str) -> None:
    settings.PUSH_HOSTS = MAKERS

    assert endpoints.service_of(f"https://{host}/wp/abc:def?x=1") == f"https://{host.lower()}" == endpoints.service_of(f"https://{host}:443/wp/abc")


def test_a_service_of_the_citys_own_is_asked_exactly_there(settings: Any) -> None:
    settings.PUSH_HOSTS = [*MAKERS, "https://push.city.example:8443"]

    assert endpoints.service_of("https://push.city.example:8443/x") == "https://push.city.example:8443"
    for other in ("https://push.city.example/x", "http://push.city.example:8443/x", "https://push.city.example:8443@evil.example/x"):
        with pytest.raises(BadEndpoint):
            endpoints.service_of(other)


def test_a_name_that_leads_into_the_house_is_not_asked(
    tablet: Tablet, service: Peer, crew: Actor, dispatcher: Actor, northern_fire: Incident, engine_7: Unit, now: datetime, settings
) -> None:
    """As after a change of the list, or when somebody's name server answers with an address inside."""
    settings.PUSH_HOSTS = [*settings.PUSH_HOSTS, "localhost"]
    browser = service.browser("inside")
    browser.endpoint = "https://localhost/wpush/inside"
    tablet(crew, engine_7, browser=browser)
    incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)

    go_out()

    message = Message.objects.get()
    assert message.attempts == 1 and service.asked == 0
    assert message.state == "FAILED" and message.reason == "InvalidIPAddress"


def test_said_twice_it_is_one_and_the_unit_follows_the_tablet(tablet: Tablet, service: Peer, crew: Actor, engine_7: Unit, engine_8: Unit) -> None:
    browser = service.browser("crew")

    first = tablet(crew, engine_7, browser=browser)
    again = tablet(crew, engine_8, browser=browser)

    assert first.pk == again.pk and Subscription.objects.get().unit == engine_8
    assert Entry.objects.filter(name="push.subscribed").count() == 1


def test_nobody_is_told_for_a_unit_they_may_not_speak_for(tablet: Tablet, liaison: Actor, engine_7: Unit) -> None:
    with pytest.raises(NotFound):
        tablet(liaison, engine_7)


def test_who_may_not_use_the_tablet_is_not_told(tablet: Tablet, auditor: Actor, outsider: Actor) -> None:
    for each in (auditor, outsider):
        with pytest.raises(Forbidden):
            tablet(each)


def test_the_eleventh_tablet_takes_the_place_of_the_one_that_was_silent_longest(tablet: Tablet, crew: Actor) -> None:
    made = [tablet(crew, name=f"t{number}") for number in range(11)]

    made[0].refresh_from_db()
    assert made[0].ended == "CROWDED" and made[0].endpoint == made[0].auth == made[0].session_key == ""
    assert Subscription.objects.filter(ended_at=None).count() == 10


def test_a_browser_that_another_person_uses_now_is_theirs(tablet: Tablet, service: Peer, crew: Actor, liaison: Actor) -> None:
    browser = service.browser("shared")
    first = tablet(crew, browser=browser)

    second = tablet(liaison, browser=browser)

    first.refresh_from_db()
    assert first.ended == "REPLACED" and second.person_id == liaison.user_id and first.key != second.key


def test_without_keys_of_the_city_nothing_is_offered(tablet: Tablet, crew: Actor, desk: Any, settings: Any) -> None:
    settings.PUSH_CONTACT = ""

    with pytest.raises(PushNotOffered):
        tablet(crew)
    assert desk(crew).get("/api/v1/field/push/").json() == {"key": "", "is_told": False}


def test_the_switch_by_rest_on_twice_and_off_twice_and_not_somebody_elses(
    desk: Any, service: Peer, crew: Actor, liaison: Actor, engine_7: Unit
) -> None:
    mine, theirs = desk(crew), desk(liaison)
    handed = json.dumps(service.browser("crew").keys | {"unit": engine_7.pk})

    made = [mine.post("/api/v1/field/push/", handed, content_type="application/json") for _twice in range(2)]

    row = made[0].json()
    assert [each.status_code for each in made] == [201, 201] and made[1].json() == row
    assert row["unit"] == engine_7.pk and made[0]["Cache-Control"] == "no-store" and len(mine.get("/api/v1/field/push/").json()["key"]) == 87
    address = made[0]["Location"]
    assert theirs.delete(address).status_code == 404 and Subscription.objects.get().ended_at is None
    asked = f"/api/v1/field/push/?id={row['id']}"
    assert (mine.get(asked).json()["is_told"], theirs.get(asked).json()["is_told"]) == (True, False)
    assert [mine.delete(address).status_code for _twice in range(2)] == [204, 204]
    assert Subscription.objects.get().ended == "SWITCHED_OFF"
    assert list(Entry.objects.filter(name__startswith="push.").values_list("name", flat=True)) == ["push.subscribed", "push.subscription_ended"]


def test_a_token_is_no_browser(crew: Actor, admin: Actor, service: Peer) -> None:
    _token, secret = access.issue_token(admin, user_id=crew.user_id or 0, name="t", actions=[], lifetime=timedelta(hours=1))
    client = Client(headers={"Authorization": f"Token {secret}"})

    answer = client.post("/api/v1/field/push/", json.dumps(service.browser("x").keys), content_type="application/json")

    assert answer.status_code == 400 and answer.json()["code"] == "no_browser"
    with pytest.raises(NoBrowser):
        services.subscribe(crew, browser=Handed(**service.browser("y").keys, session_key=""), unit_id=None, now=datetime.now().astimezone())


def test_signing_out_in_the_console_ends_what_the_tablet_was_told(
    desk: Any, service: Peer, crew: Actor, dispatcher: Actor, northern_fire, engine_7, now
):
    """By whatever door: the session is gone, so nobody is signed in there."""
    client = desk(crew)
    client.post("/api/v1/field/push/", json.dumps(service.browser("crew").keys | {"unit": engine_7.pk}), content_type="application/json")
    client.post(reverse("account_logout"))
    incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)

    assert go_out() == 0

    assert service.asked == 0 and Subscription.objects.get().ended == "SIGNED_OUT"
    assert Message.objects.get().state == "SKIPPED"


def test_another_person_who_signs_in_on_the_tablet_is_not_shown_what_was_meant_for_the_one_before(
    service: Peer, crew: Actor, liaison: Actor, dispatcher: Actor, northern_fire, engine_7, now
) -> None:
    browser = Client()
    browser.force_login(user_of(crew), backend="django.contrib.auth.backends.ModelBackend")
    handed = service.browser("shared").keys | {"unit": engine_7.pk}
    assert browser.post("/api/v1/field/push/", json.dumps(handed), content_type="application/json").status_code == 201
    browser.force_login(user_of(liaison), backend="django.contrib.auth.backends.ModelBackend")
    incidents.dispatch_unit(dispatcher, incident_id=northern_fire.pk, unit_id=engine_7.pk, moment=Moment(at=now), now=now)

    go_out()

    assert service.asked == 0 and Subscription.objects.get().ended == "SIGNED_OUT"


def test_a_new_password_ends_it_as_it_ends_the_session(tablet: Tablet, service: Peer, crew: Actor) -> None:
    tablet(crew)
    user = user_of(crew)
    user.set_password("another long secret")
    user.save()

    tidy()

    assert Subscription.objects.get().ended == "SIGNED_OUT"


def test_with_the_person_or_the_membership_it_ends_at_once(
    tablet: Tablet, crew: Actor, liaison: Actor, admin: Actor, person: Any, city: Region, now: datetime
) -> None:
    doubly = person("doubly", (Role.LIAISON, None, city), (Role.CREW, None, city))
    rows = {each.id: tablet(each) for each in (crew, liaison, doubly)}

    access.deactivate_person(admin, user_id=crew.user_id or 0, now=now)
    access.end_membership(admin, membership_id=Membership.objects.get(user=liaison.user_id).pk, now=now)
    access.end_membership(admin, membership_id=Membership.objects.filter(user=doubly.user_id).earliest("pk").pk, now=now)
    react()

    assert {key: Subscription.objects.get(pk=row.pk).ended for key, row in rows.items()} == {
        crew.id: "NOT_ALLOWED", liaison.id: "NOT_ALLOWED", doubly.id: "",
    }  # fmt: skip


def test_a_membership_that_runs_out_by_itself_ends_it_too(tablet: Tablet, crew: Actor, now: datetime) -> None:
    tablet(crew)
    Membership.objects.filter(user=crew.user_id).update(until=now - timedelta(seconds=1))

    tidy()

    assert Subscription.objects.get().ended == "NOT_ALLOWED"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUSH_CONTACT", "duty@city.example"), ("PUSH_PRIVATE_KEY", "short"), ("PUSH_PRIVATE_KEY", "A" * 43), ("PUSH_PRIVATE_KEY", "_" * 43),
        ("PUSH_HOSTS", "*"), ("PUSH_HOSTS", "https://push.example/path"), ("PUSH_HOSTS", "*.*.example.org"), ("PUSH_SECONDS", "5"),
    ],
)  # fmt: skip
def test_a_wrong_setting_stops_the_start_and_names_itself(name: str, value: str) -> None:
    done = start(**{"PUSH_PRIVATE_KEY": PRIVATE_KEY, name: value})

    assert done.returncode != 0 and name in done.stderr.splitlines()[-1]
