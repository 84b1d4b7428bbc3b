"""An auditor checks the journal, in the database or from an export alone, and finds what was changed, removed or swapped."""

import json
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from access.actors import Actor
from journal import selectors
from tests.journal.conftest import note

Lines = list[dict[str, Any]]


@pytest.fixture
def export(clerk: Actor, number: Any, tmp_path: Path) -> Path:
    """The export of a journal with seven entries."""
    for text in ("a", "b", "c", "路", "1e300", "f", "g"):
        note(clerk, text)
    number()
    path = tmp_path / "journal.jsonl"
    call_command("verify_journal", "--export", str(path), stdout=StringIO())
    return path


def verify(*arguments: str) -> str:
    out, err = StringIO(), StringIO()
    try:
        call_command("verify_journal", *arguments, stdout=out, stderr=err)
    except CommandError as error:
        return f"{err.getvalue()}{error}"
    return out.getvalue()


def spoil(path: Path, change: Callable[[Lines], object]) -> str:
    """Change the export as a forger would, and check it."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    change(lines)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return verify("--from-export", str(path))


def test_a_whole_journal_holds_in_the_database_and_from_its_export(export: Path) -> None:
    assert "the journal holds: 7 entries" in verify()
    assert "the journal holds: 7 entries" in verify("--from-export", str(export))


def test_an_export_is_checked_without_any_database(export: Path, django_db_blocker: Any) -> None:
    with django_db_blocker.block():
        assert "the journal holds" in verify("--from-export", str(export))


def test_a_changed_entry_is_found(export: Path) -> None:
    def change(lines: Lines) -> None:
        lines[3]["data"]["text"] = "something else"

    assert "position 3: the digest does not match" in spoil(export, change)


@pytest.mark.parametrize("field", ["actor_label", "at", "recorded_at", "scopes", "about", "name", "cause", "request_id", "actor_id", "id"])
def test_every_field_is_under_the_digest(export: Path, field: str) -> None:
    def change(lines: Lines) -> None:
        lines[2][field] = ["x"] if isinstance(lines[2][field], list) else "x"

    assert "position 2: the digest does not match" in spoil(export, change)


def test_a_missing_entry_is_found(export: Path) -> None:
    assert "position 4: follows position 2: an entry is missing" in spoil(export, lambda lines: lines.pop(3))


def test_swapped_entries_are_found(export: Path) -> None:
    def swap(lines: Lines) -> None:
        lines[3], lines[4] = lines[4], lines[3]

    found = spoil(export, swap)

    assert "position 4: follows position 2" in found
    assert "position 3: follows position 4: entries are swapped or doubled" in found


def test_entries_swapped_with_their_positions_are_found(export: Path) -> None:
    def swap(lines: Lines) -> None:
        lines[3], lines[4] = lines[4] | {"position": 3}, lines[3] | {"position": 4}

    assert "position 3: the digest does not match" in spoil(export, swap)


def test_a_cut_off_end_is_found(export: Path) -> None:
    assert "the end is missing" in spoil(export, lambda lines: lines.pop(-2))
    assert "the end is missing" in spoil(export, lambda lines: lines.pop(-1))


def test_an_end_noted_earlier_exposes_a_journal_that_was_written_anew(export: Path) -> None:
    position, digest = selectors.head()

    assert "the journal holds" in verify("--expect", f"{position}:{digest.hex()}")
    assert "the journal was rewritten" in verify("--expect", f"{position}:{'00' * 32}")


def test_a_change_by_a_superuser_who_went_round_the_triggers_is_found(export: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE journal_entry SET actor_label = 'nobody' WHERE position = 5")
        cursor.execute("ALTER TABLE journal_entry ENABLE TRIGGER USER")

    assert "position 5: the digest does not match" in verify()


def test_an_export_may_begin_later_and_still_joins_the_chain(export: Path, tmp_path: Path) -> None:
    later = tmp_path / "later.jsonl"
    call_command("verify_journal", "--export", str(later), "--after", "4", stdout=StringIO())

    assert "the journal holds: 3 entries" in verify("--from-export", str(later))


def test_a_file_that_is_no_export_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_text("not this\n")

    assert "not JSON" in verify("--from-export", str(path))


def test_the_program_in_the_handbook_checks_an_export_alone(export: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "verify-the-journal.md").read_text(encoding="utf-8")
    program = page.split("```python\n", 1)[1].split("```", 1)[0]

    assert subprocess.run([sys.executable, "-c", program, str(export)], check=False).returncode == 0

    export.write_text(export.read_text().replace('"text":"c"', '"text":"d"'))
    assert b"3 was changed" in subprocess.run([sys.executable, "-c", program, str(export)], check=False, capture_output=True).stderr
