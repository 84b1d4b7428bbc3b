"""The stage: PostgreSQL (fsync on), Redis, relay, worker and web under supervisord in a data directory of their own."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from city import environment, stack, supervisor
from city.place import Place

from tests import tables

# A database that has run for a while has written its first pages when it is killed.
CHECKPOINT = """
import os, psycopg
psycopg.connect(os.environ["DATABASE_URL"].replace("city_owner", "postgres"), autocommit=True).execute("CHECKPOINT")
"""
PROGRAMS = ("relay", "worker", "web")
ROOT = Path(__file__).resolve().parents[3]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Stage:
    """A running city, whose programs can be killed."""

    place: Place
    env: dict[str, str]
    cookies: list[str]
    scopes: list[str]

    @classmethod
    def build(cls) -> "Stage":
        """Make the data directory and start everything. The tests' own services are left alone."""
        place = _place()
        with tables.without_services_of_the_tests():
            supervisor.shut_down(place)
            shutil.rmtree(place.var, ignore_errors=True)
            stack.services(place, durable=True)
            tables.bring(place)
            env = environment.of_children(place)
        env |= {"PORT": str(free_port()), "DJANGO_SETTINGS_MODULE": "tests.live.proof.settings", "LOG_LEVEL": "WARNING"}
        env["PYTHONPATH"] = str(place.root)
        env["LIVE_ORIGINS"] = ""
        environment.keep(place, env)
        owner = environment.as_owner(env)
        made = json.loads(_run(owner, "-m", "tests.live.proof.people"))
        _run(owner, "-c", CHECKPOINT)
        supervisor.start(place, PROGRAMS)
        stage = cls(place, env, made["cookies"], made["scopes"])
        stage.wait_for_web()
        return stage

    @property
    def port(self) -> int:
        return int(self.env["PORT"])

    def pid(self, program: str) -> int:
        """The process the supervisor runs now; 0 when it is between two."""
        return int(supervisor.states(self.place).get(program, {}).get("pid", 0))

    def kill(self, program: str) -> int:
        """kill -9, as the kernel does it when memory is gone. Returns the pid that died."""
        until = time.monotonic() + 20
        while not (pid := self.pid(program)):
            assert time.monotonic() < until, f"{program} does not run"
            time.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
        return pid

    def wait_for_web(self, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.1)
        log = (self.place.log / "web.log").read_text()[-2000:]
        raise TimeoutError(f"web does not listen: {log}")

    def program(self, *command: str) -> "subprocess.Popen[str]":
        """A further program in the stage's environment, with pipes."""
        log = (self.place.log / f"{command[-1].split('.')[-1].replace(':', '-')}.log").open("a")
        return subprocess.Popen(
            [sys.executable, *command], cwd=self.place.root, env=self.env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log
        )

    def down(self) -> None:
        supervisor.shut_down(self.place)


def _place() -> Place:
    stack_of_tests = Path(os.environ["CITY_STACK"])
    return Place(root=ROOT, home=Path(sys.prefix).parent, var=stack_of_tests.with_name(f"{stack_of_tests.name}-proof"))


def _run(env: dict[str, str], *command: str) -> str:
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=170)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
