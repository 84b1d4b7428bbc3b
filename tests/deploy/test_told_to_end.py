"""`./city soak` that is told to end (SIGTERM) leaves nothing running: neither its services nor the stage that its tests built."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# The services are played: what is asked of them is said aloud.
SOAK = """
import sys
from pathlib import Path
from city import testing
from city.place import Place

there = Path(sys.argv[1])
testing.stack.install = testing.stack.services = testing.browser.install = lambda *_, **__: None
testing.supervisor.shut_down = lambda own: print("down", own.var.name, flush=True)
testing._environment = lambda own: {}
sys.exit(testing.soak(Place(root=there, home=there, var=there), ["-p", "no:cacheprovider", "test_waits.py"]))
"""
WAITS = """
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="session")
def stage():
    Path("begun").touch()
    yield
    Path("taken-down").touch()


@pytest.mark.soak
def test_it_takes_long(stage):
    time.sleep(60)
"""


def test_a_soak_that_is_told_to_end_takes_its_stage_down(tmp_path: Path) -> None:
    (tmp_path / "venv").symlink_to(sys.prefix)
    (tmp_path / "test_waits.py").write_text(WAITS)
    env = {**os.environ, "PYTHONPATH": str(ROOT / "deploy"), "CITY_TEST_NAME": "ends"}
    env.pop("CITY_TEST_KEEP", None)

    with subprocess.Popen([sys.executable, "-B", "-c", SOAK, str(tmp_path)], env=env, stdout=subprocess.PIPE, text=True) as soak:
        until = time.monotonic() + 60
        while not (tmp_path / "begun").exists():
            assert time.monotonic() < until and soak.poll() is None
            time.sleep(0.05)
        soak.terminate()
        said, _nothing = soak.communicate(timeout=30)

    assert (tmp_path / "taken-down").exists()
    assert [line for line in said.splitlines() if line.startswith("down")] == ["down test-ends-proof", "down test-ends"]
