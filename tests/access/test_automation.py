"""What works by itself is named in the reader's language, wherever it acted."""

import ast

from django.utils import translation

from access import automation
from access.actors import Actor
from journal import selectors as journal
from tests.architecture.code import modules
from tests.journal.conftest import note


def test_a_dispatcher_reads_in_chinese_what_the_watch_did(db: None) -> None:
    entry = note(Actor.system("watch"), "x", "incident:42")

    with translation.override("zh-hans"):
        assert journal.sentence(entry).startswith("值守监测")


def test_a_person_keeps_the_name_the_journal_froze_even_that_of_an_automation(db: None) -> None:
    entry = note(Actor("user", "7", "watch"), "x", "incident:42")

    with translation.override("zh-hans"):
        assert journal.sentence(entry).startswith("watch")


def test_every_automation_of_the_house_has_a_name_for_people() -> None:
    used = {
        call.args[0].value
        for module in modules()
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "system" and call.args
        if isinstance(call.args[0], ast.Constant)
    }

    assert sorted(used - set(automation.NAMES)) == [], "name these in access/automation.py"
