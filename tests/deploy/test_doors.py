"""What ./city says to a person before it does anything."""

import base64
import json
import os
import re
import socket
import subprocess
from pathlib import Path

import pytest
from city import environment, front_end, programs
from city.place import Place
from city.speech import Stop
from cryptography.hazmat.primitives.asymmetric import ec

from command_center.clock import SCHEDULE

from .conftest import OURS, ROOT


def _city(*arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if key not in (*OURS, "CITY_HOME", "CITY_STACK")}
    return subprocess.run([str(ROOT / "city"), *arguments], env={**kept, **extra}, capture_output=True, text=True, timeout=60, check=False)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A new checkout's place, and an environment that says nothing."""
    for name in (*OURS, "HOST", "SERVER"):
        monkeypatch.delenv(name, raising=False)
    place = Place(ROOT, tmp_path, tmp_path)
    place.run.mkdir()
    return place


def test_a_newcomer_reads_what_the_verbs_do() -> None:
    said = _city("help")

    assert said.returncode == 0
    for verb in ("up", "down", "test", "check", "demo", "bench", "docs", "status", "logs", "backup", "restore", "doctor", "manage"):
        assert f"\n  {verb}" in said.stdout


def test_a_mistyped_verb_is_named() -> None:
    said = _city("upp")

    assert said.returncode == 2
    assert "there is no verb upp" in said.stdout


def test_a_path_too_long_for_a_socket_is_refused_with_the_way_out(tmp_path: Path) -> None:
    said = _city("services", VAR=str(tmp_path / ("deep" * 30)))

    assert said.returncode == 1
    assert "set VAR to a shorter directory" in said.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_directory_that_may_not_be_written_is_named() -> None:
    said = _city("services", VAR="/proc/city")

    assert said.returncode == 1
    assert "may not write" in said.stderr


def test_a_system_without_python_venv_is_told_what_to_install(tmp_path: Path) -> None:
    bare = tmp_path / "python3"
    bare.write_text("#!/bin/sh\nexit 1\n")
    bare.chmod(0o755)

    said = subprocess.run(["/bin/sh", str(ROOT / "city"), "up"], env={"PATH": str(tmp_path) + ":/usr/bin/../nowhere"}, capture_output=True, text=True)

    assert said.returncode != 0
    assert "apt-get install python3-venv" in said.stderr or "not found" in said.stderr


@pytest.mark.parametrize("port", ["eighty", "0", "70000"])
def test_a_wrong_port_is_refused_by_name(place: Place, monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    monkeypatch.setenv("PORT", port)

    with pytest.raises(Stop, match="PORT must be a number"):
        environment.of_children(place)


def test_an_unknown_server_is_refused_by_name(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVER", "apache")

    with pytest.raises(Stop, match="SERVER must be daphne or uvicorn"):
        environment.of_children(place)


def test_a_line_that_is_no_setting_is_named_with_its_number(place: Place) -> None:
    (place.home / "city.env").write_text("# mine\nCITY_NAME=北京\nthis is no setting\n")

    with pytest.raises(Stop, match="line 3"):
        environment.settings_file(place)


def test_the_callers_own_services_are_used_and_not_started(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://me@elsewhere/city")
    monkeypatch.setenv("REDIS_URL", "redis://elsewhere/1")

    env = environment.of_children(place)

    assert (env["DATABASE_URL"], env["REDIS_URL"]) == ("postgres://me@elsewhere/city", "redis://elsewhere/1")
    assert not environment.has_own_database()
    assert not environment.has_own_redis()


def test_two_checkouts_side_by_side_remember_different_ports(tmp_path: Path, place: Place) -> None:
    first = environment.choose_port(place)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", int(first)))
        taken.listen()
        other = Place(ROOT, tmp_path / "other", tmp_path / "other")
        other.var.mkdir()

        second = environment.choose_port(other)

    assert second != first
    assert json.loads((other.var / "remembered.json").read_text())["port"] == second


def test_the_signing_key_is_made_once_and_for_this_user_alone(place: Place) -> None:
    key = environment.secret(place)

    assert environment.secret(place) == key
    assert len(key) >= 48
    assert (place.var / "secret").stat().st_mode & 0o777 == 0o600


def test_the_key_for_push_services_is_made_once_and_is_one_of_the_curve(place: Place) -> None:
    key = environment.push_key(place)

    ec.derive_private_key(int.from_bytes(base64.urlsafe_b64decode(key + "="), "big"), ec.SECP256R1())
    assert environment.push_key(place) == key and len(key) == 43
    assert (place.var / "push-key").stat().st_mode & 0o777 == 0o600


def test_the_programs_never_learn_the_libraries_of_unpacked_packages(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/somewhere")
    monkeypatch.setenv("PGHOST", "elsewhere")

    env = environment.of_children(place)

    assert "LD_LIBRARY_PATH" not in env
    assert "PGHOST" not in env


def test_an_icon_that_does_not_exist_is_named(tmp_path: Path) -> None:
    icons = tmp_path / "icons.txt"
    icons.write_text("flame\nno-such-icon\n")

    with pytest.raises(Stop, match="no-such-icon"):
        front_end._sprite(ROOT / "node_modules", icons, tmp_path / "icons.svg")


def test_every_icon_that_a_page_uses_is_in_the_sprite() -> None:
    listed = {line.partition("#")[0].strip().rpartition("/")[2] for line in (ROOT / "deploy" / "icons.txt").read_text().splitlines()}
    used = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r"icons\.svg['\"]?\s*%}#([a-z0-9-]+)", path.read_text())
        + re.findall(r"{% icon ['\"]([a-z0-9-]+)['\"]", path.read_text())
    }

    assert used <= listed


def test_the_locked_packages_name_no_private_index() -> None:
    for name in ("requirements.txt", "requirements-test.txt", "deploy/node.txt"):
        text = (ROOT / name).read_text()
        assert "index-url" not in text
        assert "find-links" not in text
        assert " @ " not in text
        pinned = [line for line in text.splitlines() if line and not line.startswith((" ", "#"))]
        assert all("==" in line for line in pinned)
        assert text.count("--hash=sha256:") >= len(pinned)
    locked = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert all(package["resolved"].startswith("https://registry.npmjs.org/") for path, package in locked.items() if path)


def test_a_silent_gateway_holds_up_no_reaction_and_every_queue_has_a_worker() -> None:
    ours = [set(queues.split(",")) for queues, _size in programs.WORKERS.values()]
    containers = [set(found.split(",")) for found in re.findall(r'"-Q", "([^"]+)"', (ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))]
    units = [set(found.split("-")) for found in re.findall(r"city-worker@([\w-]+)", (ROOT / "deploy" / "systemd" / "city.target").read_text())]
    wanted = {str(entry.get("options", {}).get("queue", "default")) for entry in SCHEDULE.values()} | {"reactions"}  # type: ignore[attr-defined]

    for workers in (ours, containers, units):
        assert wanted <= set.union(*workers)
        assert [queues for queues in workers if "outside" in queues] == [{"outside"}]
    for waits in ("incidents-reporters", "incidents-mail", "incidents-geocoder"):
        assert SCHEDULE[waits]["options"]["queue"] == "outside"  # type: ignore[index]
