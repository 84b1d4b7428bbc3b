"""`./city soak` or `./city test` that is told to end (SIGTERM) leaves nothing running: neither its services nor what its tests built."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# The services are played: what is asked of them is said aloud.
PLAYED = """
import sys
from pathlib import Path
from city import testing
from city.place import Place

there = Path(sys.argv[1])
for installed in (testing.stack, testing.browser, testing.telephone, testing.virus_scanner):
    installed.install = lambda *_, **__: None
testing.stack.services = lambda own, **_: own.log.mkdir(parents=True, exist_ok=True)
testing.supervisor.shut_down = lambda own: print("down", own.var.name, flush=True)
testing._environment = lambda own: {}
here = Place(root=there, home=there, var=there)
sys.exit(testing.soak(here, ["-p", "no:cacheprovider", "tests/test_waits.py"]) if sys.argv[2] == "soak" else testing.test(here, []))
"""
WAITS = """
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="session")
def stage():
    Path("begun-NAME").touch()
    yield
    time.sleep(0.5)
    Path("taken-down-NAME").touch()


@pytest.mark.MARK
def test_it_takes_long(stage):
    time.sleep(60)
"""


DEAF = ["/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh"]  # as a script's shell starts what it does not wait for


@pytest.mark.parametrize("started", [[], DEAF], ids=["at a terminal", "in the background of a script"])
@pytest.mark.parametrize(
    ("what", "files", "downs"),
    [
        ("soak", ["waits"], ["test-ends-proof", "test-ends"]),
        ("test", ["first", "second"], [f"test-ends{lane}{whose}" for lane in ("", "-2", "-3") for whose in ("-proof", "")]),  # all lanes
    ],
)
def test_tests_that_are_told_to_end_take_down_what_they_built(
    tmp_path: Path, started: list[str], what: str, files: list[str], downs: list[str]
) -> None:
    (tmp_path / "venv").symlink_to(sys.prefix)
    (tmp_path / "deploy").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n")
    for name in files:
        (tmp_path / "tests" / f"test_{name}.py").write_text(WAITS.replace("NAME", name).replace("MARK", "soak" if what == "soak" else "many"))
    env = {**os.environ, "PYTHONPATH": str(ROOT / "deploy"), "CITY_TEST_NAME": "ends"}
    env.pop("CITY_TEST_KEEP", None)

    with subprocess.Popen([*started, sys.executable, "-B", "-c", PLAYED, str(tmp_path), what], env=env, stdout=subprocess.PIPE, text=True) as told:
        until = time.monotonic() + 60
        while not all((tmp_path / f"begun-{name}").exists() for name in files):
            assert time.monotonic() < until and told.poll() is None
            time.sleep(0.05)
        told.terminate()
        said, _nothing = told.communicate(timeout=30)

    assert all((tmp_path / f"taken-down-{name}").exists() for name in files)
    assert [line.removeprefix("down ") for line in said.splitlines() if line.startswith("down")] == downs
