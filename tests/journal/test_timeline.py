"""A dispatcher reads what happened, in words."""

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from access.actors import Actor
from journal import labels, reference, selectors, services
from journal.facts import Fact, FactNameTaken, fact
from tests.journal.conftest import SCOPES, note
from tests.journal.facts import Noted, UnitsSent


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Incidents and units have names; gives how often they were asked for."""
    asked: list[list[str]] = []

    def label(ids: list[str]) -> dict[str, str]:
        asked.append(ids)
        return {one: f"No. {one}" for one in ids if one != "9"}

    monkeypatch.setattr(labels, "_labellers", labels._labellers | {"incident": label, "unit": label})
    return asked


def test_a_sentence_names_the_actor_and_the_subjects(db: None, clerk: Actor, named: list[list[str]]) -> None:
    assert selectors.sentence(note(clerk, "smoke", "incident:42")) == "Li Min noted smoke about No. 42"


def test_lists_times_unknown_subjects_and_nothing_at_all_have_words(db: None, clerk: Actor, named: list[list[str]]) -> None:
    sent = UnitsSent(incident_id=9, unit_ids=(7, 8), when="2026-11-22T20:00:00+00:00")
    with transaction.atomic():
        entry = services.record(clerk, sent, about=["incident:9"], scopes=SCOPES, at=None)

    with translation.override("en"):
        assert selectors.sentence(entry) == "Li Min sent No. 7, No. 8 to incident 9 at 2026-11-23 04:00:00: —"


def test_the_timeline_shows_the_latest_first_and_goes_on_where_it_stopped(db: None, clerk: Actor, named: list[list[str]]) -> None:
    for hour in (3, 1, 2):
        note(clerk, f"{hour} h", at=datetime(2026, 1, 1, hour, tzinfo=UTC))
    note(clerk, "other", "incident:2")

    first = selectors.timeline("incident:1", limit=2)
    rest = selectors.timeline("incident:1", before=first[-1].id, limit=2)

    assert [line.entry.data["text"] for line in [*first, *rest]] == ["3 h", "2 h", "1 h"]


def test_a_page_of_fifty_lines_costs_one_query_and_one_question_for_each_kind(db: None, clerk: Actor, named: list[list[str]]) -> None:
    for n in range(50):
        note(clerk, str(n))

    with CaptureQueriesContext(connection) as queries:
        lines = selectors.timeline("incident:1", limit=50)

    assert (len(lines), len(queries), len(named)) == (50, 1, 1)


def test_the_timeline_of_one_subject_is_read_through_an_index(db: None, clerk: Actor) -> None:
    for n in range(200):
        note(clerk, str(n), f"incident:{n}")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT * FROM journal_entry WHERE about @> ARRAY['incident:42'] ORDER BY at DESC, id DESC LIMIT 50")
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "Bitmap Index Scan on journal_entry_" in plan
    assert "about" in plan


def test_an_entry_of_a_fact_no_room_has_any_more_still_has_a_sentence(db: None, clerk: Actor) -> None:
    entry = note(clerk)
    entry.name = "gone.thing_happened"

    assert selectors.sentence(entry) == "Li Min: gone.thing_happened"


def test_an_entry_is_found_by_those_whose_scopes_it_meets(clerk: Actor, number: object) -> None:
    note(clerk)
    number()  # type: ignore[operator]

    assert len(selectors.entries_since(0, ["incidents.view@1:1", "user:3"], 10)) == 1
    assert selectors.entries_since(0, ["incidents.view@2:*"], 10) == []
    assert selectors.entries_since(1, SCOPES, 10) == []


def test_a_fact_keeps_its_name_for_itself() -> None:
    with pytest.raises(FactNameTaken):

        @fact("tests.noted", says="")
        class Other(Fact):
            text: str

    assert Noted.name == "tests.noted"


def test_the_reference_of_facts_lists_every_fact_with_its_fields() -> None:
    page = reference.build()["facts.md"]

    assert "| `access.authority_changed` | `user_id`, `epoch` |" in page
