"""Run inside the stage: many people in the room of one incident, who say, reword, strike, pin and answer until its input closes.

Standard output, one JSON line each: {"room", "cookies"} when everything is there, {"did"} with counts by verb at the end.
"""

import json
import random
import sys
import threading
from collections import Counter

import django

django.setup()

from django.utils import timezone  # noqa: E402

from access.actors import Actor  # noqa: E402
from access.models import Department, Membership, User  # noqa: E402
from chat import services as chat  # noqa: E402
from chat.models import Message, Room  # noqa: E402
from chat.services import NewMessage  # noqa: E402
from incidents import services as incidents  # noqa: E402
from incidents.models import IncidentType  # noqa: E402
from incidents.services.reporting import NewReport  # noqa: E402
from kit.errors import Refused  # noqa: E402
from tests.live.proof.people import session  # noqa: E402

VERBS = {"post": 60, "reword": 15, "answer": 15, "pin": 6, "strike": 4}
AMONG = 60  # what is done with an earlier message is done with one of so many


def furnish(people: int) -> tuple[Room, dict[str, Actor], list[str]]:
    """A fire and its room, the people of its department by their keys, and their sessions."""
    now, house = timezone.now(), Actor.system("proof")
    department = Department.objects.get_or_create(code="talk", defaults={"name": "Talk"})[0]
    kind = IncidentType.objects.get_or_create(
        code="talk-fire", defaults={"name": "Fire", "kind": "EMERGENCY", "severity": 3, "department": department}
    )[0]
    users = []
    for number in range(people):
        user, _ = User.objects.get_or_create(username=f"talk-{number}", defaults={"name": f"Talk {number}", "password": "!"})
        Membership.objects.get_or_create(user=user, role="dispatcher", department=department, region=None, defaults={"starts_at": now})
        users.append(user)
    told = NewReport(source="PHONE", type_id=kind.pk, place_words="1 Talk Street", position=None, words="", received_at=now)
    incident = incidents.report_incident(house, report=told, now=now)
    room = chat.open_incident_room(house, incident_id=incident.pk, now=now)
    actors = [Actor.of_user(user) for user in users]
    return room, {each.key: each for each in actors}, [session(user) for user in users]


def act(verb: str, actors: dict[str, Actor], room_id: int) -> None:
    """One thing that one of them does."""
    actor, now = random.choice(list(actors.values())), timezone.now()
    if verb == "post":
        chat.post_message(actor, room_id=room_id, message=NewMessage(f"{random.random()} 二楼有人，关阀两处"), now=now)
        return
    last = Room.objects.get(pk=room_id).last_seq
    message = Message.objects.get(room_id=room_id, seq=random.randint(max(1, last - AMONG), last))
    known = {"room_id": room_id, "seq": message.seq, "now": now}
    if verb == "reword":
        chat.edit_message(actors[message.author_key], text=f"{random.random()} 改：三楼有人", **known)
    elif verb == "answer":
        chat.answer_message(actor, code="GOT", is_given=random.random() < 0.8, **known)
    elif verb == "pin":
        chat.pin_message(Actor.system("proof"), is_pinned=random.random() < 0.6, **known)
    else:
        chat.strike_message(actors[message.author_key], **known)


def main() -> None:
    wish = json.loads(sys.stdin.readline())
    room, actors, cookies = furnish(wish["people"])
    chat.post_message(next(iter(actors.values())), room_id=room.pk, message=NewMessage("first"), now=timezone.now())
    print(json.dumps({"room": room.pk, "cookies": cookies}), flush=True)
    is_over, did = threading.Event(), Counter[str]()
    threading.Thread(target=lambda: (sys.stdin.read(), is_over.set()), daemon=True).start()
    while not is_over.wait(random.expovariate(wish["per_second"])):
        verb = random.choices(list(VERBS), list(VERBS.values()))[0]
        try:
            act(verb, actors, room.pk)
        except Refused as refusal:
            verb = f"{verb} refused ({refusal.code})"
        did[verb] += 1
    print(json.dumps({"did": did}), flush=True)


if __name__ == "__main__":
    main()
