"""Exports that take a while: asked for, made by a worker, fetched by who asked, then deleted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from access.actors import Actor
from access.exports import kinds, making, verbs
from access.models import Export, Membership
from journal.models import Entry
from kit.errors import Invalid
from tests.conftest import user_of
from tests.pages.conftest import desk  # noqa: F401

CLERK = Actor.system("exports")


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path, monkeypatch):
    settings.CITY_VAR = tmp_path
    monkeypatch.setitem(kinds.AT_ONCE, "csv", 1)


@pytest.fixture
def two(northern_fire, southern_pipe):
    return northern_fire, southern_pipe


def ask(actor, now, *, kind="incidents", format="csv", rows=2):
    return verbs.ask_export(actor, kind=kind, format=format, query="", rows=rows, language="en", now=now)


def test_a_long_list_is_made_while_one_goes_on_and_is_fetched_by_who_asked_alone(desk, dispatcher, supervisor, two, now):  # noqa: F811
    client = desk(dispatcher)

    page = client.get("/incidents/export.csv").url
    assert "Waiting" in client.get(page).content.decode()
    assert making.make_next(now=now) and not making.make_next(now=now)

    shown = client.get(page).content.decode()
    assert "Ready" in shown and "2 of 2 rows" in shown and "Fetch the file" in shown
    sheet = b"".join(client.get(f"{page}file/").streaming_content).decode()
    assert sheet.startswith("\ufeffNumber") and all(each.number in sheet for each in two)
    assert desk(supervisor).get(f"{page}file/").status_code == 404
    assert desk(supervisor).get(page).status_code == 404
    told = list(Entry.objects.filter(name__contains="export").order_by("id").values_list("name", "actor_label"))
    assert [name for name, _who in told] == [
        "access.export_asked", "incidents.list_exported", "access.export_ended", "access.export_fetched"
    ]  # fmt: skip
    assert told[1][1] == dispatcher.label


def test_the_filter_of_the_list_is_that_of_the_file(desk, dispatcher, two, now, monkeypatch):  # noqa: F811
    monkeypatch.setitem(kinds.AT_ONCE, "geojson", 0)
    page = desk(dispatcher).get("/incidents/export.geojson", {"severity": "2"}).url

    making.make_next(now=now)

    text = b"".join(desk(dispatcher).get(f"{page}file/").streaming_content).decode()
    assert two[0].number in text and two[1].number not in text


def test_what_one_may_not_see_when_it_is_made_is_not_in_it_whatever_one_might_see_when_asking(dispatcher, two, now):
    made = ask(dispatcher, now)
    Membership.objects.filter(user_id=dispatcher.user_id).update(until=now)

    making.make_next(now=timezone.now())

    made.refresh_from_db()
    assert made.state == "FAILED" and "not allowed" in made.says
    with pytest.raises(verbs.NotReady):
        verbs.fetch_export(dispatcher, key=made.key, now=now)


def test_one_that_waits_is_cancelled_at_once_and_one_being_made_with_its_next_rows(dispatcher, two, now, tmp_path):
    waiting = verbs.cancel_export(dispatcher, key=ask(dispatcher, now).key, now=now)
    assert waiting.state == "CANCELLED" and not making.make_next(now=now)

    def cancelled_in_the_middle(actor, query, format, target, tell, at):
        target.write(b"half")
        verbs.cancel_export(dispatcher, key=running.key, now=at)
        tell(1)
        raise AssertionError("it went on")

    kinds.register(kinds.Kind("half", "Half", "incidents", {"csv": "text/csv"}, cancelled_in_the_middle))
    running = ask(dispatcher, now, kind="half")
    making.make_next(now=now)

    running.refresh_from_db()
    assert running.state == "CANCELLED"
    assert list((tmp_path / "exports").glob("*")) == []


def test_an_export_whose_worker_died_is_taken_up_by_another_and_the_first_one_has_no_say_any_more(dispatcher, two, now):
    ask(dispatcher, now)
    first = verbs.take_up(CLERK, now=now)
    assert verbs.take_up(CLERK, now=now) is None

    second = verbs.take_up(CLERK, now=now + verbs.SILENT_AFTER + timedelta(seconds=1))

    assert second.pk == first.pk and second.attempts == 2
    with pytest.raises(verbs.Unwanted):
        verbs.say_alive(CLERK, made=first, done=1, now=now)
    assert not verbs.finish_export(CLERK, made=first, state=Export.State.DONE, rows=1, size=1, says="", now=now)
    verbs.say_alive(CLERK, made=second, done=1, now=now)


def test_one_that_dies_three_times_has_failed_and_its_owner_reads_why(dispatcher, two, now):
    made = ask(dispatcher, now)
    for attempt in range(4):
        verbs.take_up(CLERK, now=now + attempt * (verbs.SILENT_AFTER + timedelta(seconds=1)))

    made.refresh_from_db()
    assert made.state == "FAILED" and made.says


def test_a_fault_of_ours_is_told_to_who_waits_and_logged(dispatcher, now):
    def breaks(actor, query, format, target, tell, at):
        raise ZeroDivisionError

    kinds.register(kinds.Kind("broken", "Broken", "incidents", {"csv": "text/csv"}, breaks))
    made = ask(dispatcher, now, kind="broken")

    with pytest.raises(ZeroDivisionError):
        making.make_next(now=now)

    made.refresh_from_db()
    assert made.state == "FAILED" and made.says == str(making.FAULT)


def test_a_file_is_kept_for_a_day(dispatcher, two, now, tmp_path):
    made = ask(dispatcher, now)
    making.make_next(now=now)
    _row, path = verbs.fetch_export(dispatcher, key=made.key, now=timezone.now())
    assert path.stat().st_mode & 0o777 == 0o600

    later = timezone.now() + verbs.KEPT_FOR + timedelta(minutes=1)
    with pytest.raises(verbs.NotReady):
        verbs.fetch_export(dispatcher, key=made.key, now=later)
    assert verbs.delete_old_exports(CLERK, now=later) == 1
    assert not path.exists()


def test_nobody_has_more_than_three_made_at_once_or_a_file_without_end(dispatcher, now):
    for _each in range(3):
        ask(dispatcher, now)

    with pytest.raises(verbs.TooManyExports):
        ask(dispatcher, now)
    with pytest.raises(verbs.TooManyRows, match="20001"):
        ask(dispatcher, now, format="pdf", rows=20_001)
    with pytest.raises(Invalid):
        verbs.ask_export(dispatcher, kind="incidents", format="csv", query="q=" + "x" * 500, rows=1, language="en", now=now)
    assert user_of(dispatcher).exports.count() == 3
