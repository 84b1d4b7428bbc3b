"""A wrong setting stops the start, and says which one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from command_center.reference import declared

ROOT = Path(__file__).resolve().parents[2]


def start(**changes: str | None) -> subprocess.CompletedProcess[str]:
    """Start the product far enough to read its settings, with a few of them changed (None: not set)."""
    env = {name: value for name, value in (os.environ | changes).items() if value is not None}
    command = [sys.executable, "-c", "import django; django.setup()"]
    return subprocess.run(
        command, env=env | {"DJANGO_SETTINGS_MODULE": "command_center.settings"}, cwd=ROOT, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", None),
        ("SECRET_KEY", "short"),
        ("REDIS_URL", None),
        ("DATABASE_URL", None),
        ("CITY_TIME_ZONE", "Mars/Olympus"),
        ("DATABASE_POOL_MAX", "many"),
        ("ATTACHMENT_MAX_BYTES", "25 MB"),
    ],
)
def test_a_city_with_a_wrong_setting_does_not_start_and_names_it(name: str, value: str | None) -> None:
    answer = start(**{name: value})

    assert answer.returncode != 0
    assert name in answer.stderr.splitlines()[-1]


def test_every_setting_is_documented() -> None:
    written = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")

    assert [name for _, name, _, _, meaning in declared() if not meaning or f"`{name}`" not in written] == []
