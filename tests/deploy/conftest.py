"""A whole city of one's own for a test: its own directory, database, Redis and port."""

import os
import shutil
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = (
    *("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_WEB_URL", "REDIS_URL", "PORT", "SECRET_KEY", "PUSH_PRIVATE_KEY"),
    *("VAR", "LOG_LEVEL", "CSRF_TRUSTED_ORIGINS"),
)


class City:
    """One stack, driven as an operator drives it."""

    def __init__(self, name: str) -> None:
        self.var = Path(os.environ["CITY_STACK"]) / name
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = str(probe.getsockname()[1])
        kept = {key: value for key, value in os.environ.items() if key not in OURS}
        self.env = {**kept, "CITY_STACK": str(self.var), "PORT": self.port}

    def do(self, *arguments: str, may_fail: bool = False, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run a verb of ./city to its end."""
        done = subprocess.run(
            [str(ROOT / "city"), *arguments], env={**self.env, **extra}, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False
        )
        assert may_fail or done.returncode == 0, f"./city {' '.join(arguments)}\n{done.stdout}\n{done.stderr}"
        return done

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page; (0, reason) when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refusal:
            return refusal.code, refusal.read().decode()
        except OSError as error:
            return 0, str(error)


@pytest.fixture(scope="module")
def found_city() -> Iterator[Callable[[str], City]]:
    """Found cities by name; all are stopped and removed at the end."""
    founded: list[City] = []

    def found(name: str) -> City:
        city = City(name)
        shutil.rmtree(city.var, ignore_errors=True)
        founded.append(city)
        return city

    yield found
    for city in founded:
        city.do("down", may_fail=True)
        shutil.rmtree(city.var, ignore_errors=True)
