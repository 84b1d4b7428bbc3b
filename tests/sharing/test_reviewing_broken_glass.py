"""Broken glass is looked at afterwards by somebody who answers for the thing: who, when, why, what; and said once what it was."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client

from access import selectors as access
from access import services as people
from access.actors import Actor
from access.glass import reading
from access.glass.verbs import OwnGlass, ReviewedAlready, StillBroken, review_glass
from access.models import BrokenGlass, Department, Membership, Region
from access.roles import Role
from access.sharing import verbs
from incidents import seeing, services
from incidents.models import Incident
from journal.models import Entry
from kit.errors import Forbidden, Invalid, NotFound
from tests.conftest import Person, user_of
from tests.pages.conftest import desk as desk

WORDS = "the main had to be shut at once"


@pytest.fixture
def looked(liaison: Actor, northern_fire: Incident, now: datetime) -> BrokenGlass:
    """A liaison broke the glass for a fire, looked twice and gave it back."""
    share = verbs.break_glass_for(liaison, kind=seeing.KIND.name, subject_id=northern_fire.pk, reason="the main at the fire must be shut", now=now)
    for _look in range(2):
        verbs.note_look(liaison, share_id=share.pk, is_refresh=False, now=now)
    verbs.revoke_share(liaison, share_id=share.pk, now=now)
    return BrokenGlass.objects.get(share=share)


def listed(actor: Actor, *, only_open: bool = True) -> list[int]:
    return [each.row.pk for each in reading.glass(actor, only_open=only_open, cursor=None, limit=None).rows]


def test_a_supervisor_sees_who_when_why_and_what_and_says_what_it_was(
    supervisor: Actor, liaison: Actor, looked: BrokenGlass, northern_fire: Incident, now: datetime
) -> None:
    (each,) = reading.glass(supervisor, only_open=True, cursor=None, limit=None).rows
    assert (str(each.person), each.reason, each.called) == ("Liaison", "the main at the fire must be shut", northern_fire.number)
    assert [look.times for look in each.looks] == [2]
    assert len(reading.lines_of(each)) == 4  # broken, two looks, given back

    review_glass(supervisor, glass_id=looked.pk, finding="JUSTIFIED", words=WORDS, now=now)

    assert (listed(supervisor), listed(supervisor, only_open=False)) == ([], [looked.pk])
    told = set(Entry.objects.get(name="access.glass_reviewed").scopes)
    assert told & access.scopes_of(supervisor) and told & access.scopes_of(liaison)
    with pytest.raises(ReviewedAlready):
        review_glass(supervisor, glass_id=looked.pk, finding="UNJUSTIFIED", words=WORDS, now=now)


def test_a_role_that_was_taken_elsewhere_is_reviewed_with_what_was_done_with_it(
    person: Person, supervisor: Actor, auditor: Actor, water: Department, city: Region, northern_fire: Incident, now: datetime
) -> None:
    elsewhere = person("elsewhere", (Role.DISPATCHER, water, city))
    taken = people.break_glass(elsewhere, role=Role.DISPATCHER, department_id=None, region_id=city.pk, reason="the night watch is ill", now=now)
    services.write_note(Actor.of_user(user_of(elsewhere)), incident_id=northern_fire.pk, words="x", now=now)

    (each,) = reading.glass(supervisor, only_open=True, cursor=None, limit=None).rows
    assert "incidents.note_written" in [line.entry.name for line in reading.lines_of(each)]
    with pytest.raises(StillBroken):
        review_glass(supervisor, glass_id=each.row.pk, finding="JUSTIFIED", words=WORDS, now=now)

    people.end_membership(elsewhere, membership_id=taken.pk, now=now)
    review_glass(auditor, glass_id=each.row.pk, finding="UNJUSTIFIED", words="there was a substitute on the roster", now=now)
    assert BrokenGlass.objects.get().finding == "UNJUSTIFIED"


def test_nobody_reviews_what_is_not_theirs_nor_their_own(
    person: Person, dispatcher: Actor, fire_chief_south: Actor, water: Department, looked: BrokenGlass, now: datetime
) -> None:
    both = person("both", (Role.SUPERVISOR, None, None))
    mine = Membership.objects.create(
        user=user_of(both), role="dispatcher", department=water, kind="BREAK_GLASS", reason="x", starts_at=now - timedelta(hours=2), until=now
    )
    own = BrokenGlass.objects.create(membership=mine, broken_at=now - timedelta(hours=2))

    assert (listed(dispatcher), listed(fire_chief_south)) == ([], [])
    for actor, glass, refusal in ((dispatcher, looked, Forbidden), (fire_chief_south, looked, NotFound), (both, own, OwnGlass)):
        with pytest.raises(refusal):
            review_glass(actor, glass_id=glass.pk, finding="JUSTIFIED", words=WORDS, now=now)


def test_authority_taken_by_breaking_the_glass_reviews_none(liaison: Actor, looked: BrokenGlass, person: Person, city: Region, now: datetime) -> None:
    wider = person("wider", (Role.LIAISON, None, city))
    people.break_glass(wider, role=Role.SUPERVISOR, department_id=None, region_id=None, reason="the supervisor is ill", now=now)

    with pytest.raises(Forbidden):
        review_glass(Actor.of_user(user_of(wider)), glass_id=looked.pk, finding="JUSTIFIED", words=WORDS, now=now)


def test_a_review_needs_a_finding_and_words(supervisor: Actor, looked: BrokenGlass, now: datetime) -> None:
    for finding, words in (("FINE", WORDS), ("JUSTIFIED", "  short  ")):
        with pytest.raises(Invalid):
            review_glass(supervisor, glass_id=looked.pk, finding=finding, words=words, now=now)


def test_the_list_goes_on_where_a_page_ends(person: Person, supervisor: Actor, now: datetime) -> None:
    users = user_of(person("often"))
    for hour in range(5):
        at = now - timedelta(hours=hour + 2)
        taken = Membership.objects.create(user=users, role="dispatcher", kind="BREAK_GLASS", reason="x", starts_at=at, until=at + timedelta(hours=1))
        BrokenGlass.objects.create(membership=taken, broken_at=at)
    somebody = person("head", (Role.SUPERVISOR, None, None))

    seen, cursor = [], None
    while True:
        page = reading.glass(somebody, only_open=True, cursor=cursor, limit=2)
        seen.append([each.row.pk for each in page.rows])
        if (cursor := page.next_cursor) is None:
            break

    newest_first = list(BrokenGlass.objects.order_by("-broken_at").values_list("pk", flat=True))
    assert seen == [newest_first[:2], newest_first[2:4], newest_first[4:]]
    assert listed(supervisor) == []  # a role in every region is nothing that one city's supervisor answers for


def test_the_page_and_the_program_say_the_same(supervisor: Actor, looked: BrokenGlass, northern_fire: Incident, desk: Callable[..., Client]) -> None:
    mine = desk(supervisor)
    page, dialog = mine.get("/shared/glass/").content.decode(), mine.get(f"/shared/glass/{looked.pk}/").content.decode()
    assert northern_fire.number in page and "the main at the fire must be shut" in page
    assert "Liaison saw what is shared" in dialog

    refused = mine.post(f"/shared/glass/{looked.pk}/", {"finding": "JUSTIFIED", "words": "x"})
    (row,) = mine.get("/api/v1/broken-glass/").json()["items"]
    reviewed = mine.post(f"/api/v1/broken-glass/{looked.pk}/review/", {"finding": "JUSTIFIED", "words": WORDS}, content_type="application/json")
    whole = mine.get(f"/api/v1/broken-glass/{looked.pk}/").json()

    assert refused.status_code == 422
    assert (row["subject"], row["looks"][0]["times"], row["finding"]) == (f"incident:{northern_fire.pk}", 2, None)
    assert (reviewed.status_code, whole["words"], len(whole["lines"])) == (200, WORDS, 4)
    assert WORDS in mine.get("/shared/glass/?all=1").content.decode() and WORDS not in mine.get("/shared/glass/").content.decode()
