"""What every child process finds in its environment: the one contract between the set-up and the settings."""

from __future__ import annotations

import base64
import json
import os
import re
import secrets
import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from urllib.parse import quote

from city.place import Place
from city.speech import Stop

FIRST_PORT = 8000
_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
# The verbs that change tables or make databases run as the owner; all others as the role that owns nothing.
OWNER_VERBS = frozenset({"migrate", "pgtrigger", "sqlflush", "flush", "createcachetable", "squashmigrations", "dbshell"})
_NOT_OURS = re.compile(
    r"^(PG[A-Z]|PYTHONPATH$|PYTHONHOME$|VIRTUAL_ENV$|LD_LIBRARY_PATH$|CITY_PYTHON$|DJANGO_SETTINGS_MODULE$|PYTHONDONTWRITEBYTECODE$)"
)


def url_of(place: Place, role: str, database: str = "city") -> str:
    """The address of a database through the private socket."""
    return f"postgres://{role}@/{database}?host={quote(str(place.run), safe='/')}"


def has_own_database() -> bool:
    """Whether PostgreSQL is ours to start."""
    return not os.environ.get("DATABASE_URL")


def has_own_redis() -> bool:
    """Whether Redis is ours to start."""
    return not os.environ.get("REDIS_URL")


def secret(place: Place) -> str:
    """The signing key of this installation, made once and readable by this user alone."""
    return _made_once(place, "secret", lambda: secrets.token_urlsafe(48))


def push_key(place: Place) -> str:
    """The private key by which push services know this installation, made once: a number below the order of P-256, in base64url."""
    return _made_once(place, "push-key", lambda: _base64(1 + secrets.randbelow(_P256 - 1)))


def _base64(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).decode().rstrip("=")


def _made_once(place: Place, name: str, make: Callable[[], str]) -> str:
    path = place.var / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(make())
    return path.read_text().strip()


def port_of(place: Place) -> str:
    """PORT as the caller gave it, else the remembered one, else the first that is free from 8000."""
    given = os.environ.get("PORT", "")
    if given:
        if not given.isdigit() or not 0 < int(given) < 65536:
            raise Stop(f"PORT must be a number from 1 to 65535, not {given!r}.")
        return given
    return place.remembered("port") or str(FIRST_PORT)


def choose_port(place: Place) -> str:
    """Settle the port before the web server starts, and remember it."""
    port = port_of(place)
    if not is_free(port):
        if os.environ.get("PORT"):
            raise Stop(f"PORT {port} is taken by another program: give a free one, or none and the first free one is used.")
        port = next((str(number) for number in range(FIRST_PORT, FIRST_PORT + 200) if is_free(str(number))), "")
        if not port:
            raise Stop(f"No port from {FIRST_PORT} to {FIRST_PORT + 199} is free: set PORT.")
    if not os.environ.get("PORT"):
        place.remember("port", port)
    return port


def is_free(port: str) -> bool:
    """Whether the web server could listen on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind_address(), int(port)))
        except OSError:
            return False
    return True


def bind_address() -> str:
    """The address the web server listens on; this machine alone unless HOST says otherwise."""
    return os.environ.get("HOST") or "127.0.0.1"


def settings_file(place: Place) -> dict[str, str]:
    """Settings kept in var/city.env, KEY=VALUE a line; the caller's environment wins over them."""
    path = place.home / "city.env"
    found: dict[str, str] = {}
    if path.exists():
        for number, line in enumerate(path.read_text().splitlines(), 1):
            text = line.strip()
            if text and not text.startswith("#"):
                key, equals, value = text.partition("=")
                if not equals or not re.fullmatch(r"[A-Z][A-Z0-9_]*", key.strip()):
                    raise Stop(f"{path}, line {number}: expected KEY=VALUE.")
                found[key.strip()] = value.strip().strip("\"'")
    return found


def load_settings_file(place: Place) -> None:
    """Let var/city.env speak where the caller said nothing."""
    for key, value in settings_file(place).items():
        os.environ.setdefault(key, value)


def of_children(place: Place) -> dict[str, str]:
    """The whole environment of a manage verb, a test run or a program."""
    port = port_of(place)
    origins = [f"http://{host}:{port}" for host in ("localhost", "127.0.0.1", "[::1]")]
    defaults = {
        "DATABASE_URL": url_of(place, "city_web"),
        "DATABASE_OWNER_URL": os.environ.get("DATABASE_URL") or url_of(place, "city_owner"),
        "REDIS_URL": f"unix://{place.run / 'redis.sock'}?db=0",
        "PORT": port,
        "SERVER": "daphne",
        "DEBUG": "0",
        "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
        "CSRF_TRUSTED_ORIGINS": ",".join(origins),
        "LOG_LEVEL": "INFO",
        "ROUTING_PROGRAMS": str(place.home / "routing" / "valhalla" / "bin"),
        "PAPER_FILE": str(place.home / "paper" / "environment.json"),
        "SECRET_KEY": "",
        "PUSH_PRIVATE_KEY": "",
    }
    kept = {key: value for key, value in os.environ.items() if not _NOT_OURS.match(key) and value != ""}
    env = {**defaults, **kept}
    env["SECRET_KEY"] = kept.get("SECRET_KEY") or secret(place)
    env["PUSH_PRIVATE_KEY"] = kept.get("PUSH_PRIVATE_KEY") or push_key(place)
    env["VAR"] = env["CITY_STACK"] = str(place.var)
    env["CITY_HOME"] = str(place.home)
    env["DJANGO_SETTINGS_MODULE"] = "command_center.settings"
    env["PATH"] = f"{place.venv / 'bin'}:{kept.get('PATH', '/usr/bin:/bin')}"
    env["PYTHONUNBUFFERED"] = "1"
    env["PYTHONPYCACHEPREFIX"] = str(place.home / "pycache")  # compiled once and kept beside the checkout, or a killed program is back 4 s later
    if env["SERVER"] not in ("daphne", "uvicorn"):
        raise Stop(f"SERVER must be daphne or uvicorn, not {env['SERVER']!r}.")
    return env


def as_owner(env: dict[str, str]) -> dict[str, str]:
    """The same environment for a verb that changes tables."""
    return {**env, "DATABASE_URL": env["DATABASE_OWNER_URL"]}


def keep(place: Place, env: dict[str, str]) -> None:
    """Write down the environment the programs run with, for each restart of them."""
    path = place.run / "environment.json"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(env, file)


def kept(place: Place) -> dict[str, str]:
    """The environment written down at the last `./city up`."""
    path = place.run / "environment.json"
    if not path.exists():
        return of_children(place)
    return dict(json.loads(path.read_text()))


def without(env: dict[str, str], names: Iterable[str]) -> dict[str, str]:
    """The environment less the named variables."""
    dropped = frozenset(names)
    return {key: value for key, value in env.items() if key not in dropped}


def unused(path: Path) -> bool:
    """Whether a file or directory is not there yet or empty."""
    return not path.exists() or (path.is_dir() and not any(path.iterdir()))
