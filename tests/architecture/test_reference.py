"""What can be set, announced and done is written down, as it is."""

import subprocess
import sys

import pytest

from journal import facts, reference
from tests.architecture.code import ROOT


@pytest.mark.parametrize("name", sorted(reference.build()))
def test_the_generated_reference_is_what_the_code_says(name: str) -> None:
    kept = (ROOT / "docs" / "reference" / name).read_text(encoding="utf-8")

    assert kept == reference.build()[name], f"Run ./city docs: docs/reference/{name} is older than the code"


def test_every_fact_stands_in_the_reference() -> None:
    text = reference.build()["facts.md"]
    ours = {name for name, fact in facts.registry.items() if not fact.__module__.startswith(("tests.", "bench."))}

    assert [name for name in sorted(ours) if f"`{name}`" not in text] == []


def test_the_rooms_import_downward_only() -> None:
    lint = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])"]
    done = subprocess.run(lint, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout[-3000:]


def test_a_file_is_patient_as_a_whole_or_not_at_all() -> None:
    """The whole run gives files to its steps: a patient test in another file would be run by none of them."""
    files = [path for path in (ROOT / "tests").rglob("test_*.py") if path.name != "test_reference.py"]
    marked = [path.name for path in files if "mark.patient" in path.read_text(encoding="utf-8")]
    whole = [path.name for path in files if "\npytestmark = pytest.mark.patient\n" in path.read_text(encoding="utf-8")]

    assert marked and marked == whole
