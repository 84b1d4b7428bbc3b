"""Who was killed is back soon: a program starts without what it does not need yet."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TELL = "\nimport gc, sys\nprint(gc.isenabled(), gc.get_freeze_count() > 100_000, {'pypinyin', 'pypdf'} & sys.modules.keys())"


@pytest.mark.parametrize("program", ["command_center.asgi", "command_center.celery"])
def test_a_program_sets_aside_what_it_imported_and_looks_for_garbage_again(program: str) -> None:
    code = f"import {program}\nimport django\ndjango.setup(){TELL}"

    told = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "command_center.settings"},
        cwd=ROOT,
        capture_output=True,
        timeout=60,
    )

    assert told.stdout.decode().strip() == "True True set()", told.stderr.decode()[-2000:]
