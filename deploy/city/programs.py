"""The programs of a stack, each as supervisord sees it, and how each is started."""

from __future__ import annotations

import contextlib
import os
import resource
import shlex
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from city import cluster, engines, environment, routing
from city.place import Place
from city.speech import Stop

MOST_FILES = 65_536
SERVICES = ("postgres", "redis")
PRODUCT = ("web", "relay", "watch", "worker", "slow", "outside", "media", "beat", "routing", "telephony")
# The queues of each Celery worker, and how much it does at once. `outside` waits for gateways and mail servers, so that no reaction does.
WORKERS = {"worker": ("default,reactions,dispatch,alerts", 2), "slow": ("slow,media", 1), "outside": ("outside", 2), "media": ("media", 1)}
_REDIS = """
port 0
unixsocket {run}/redis.sock
unixsocketperm 700
dir {data}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
daemonize no
loglevel notice
client-output-buffer-limit pubsub 64mb 16mb 30
"""


@dataclass(frozen=True)
class Program:
    """One supervised program."""

    name: str
    signal: str
    patience: int  # seconds to stop in before it is killed
    order: int
    environ: tuple[tuple[str, str], ...] = ()


PROGRAMS = (
    Program("postgres", "INT", 30, 1),
    Program("redis", "TERM", 15, 1),
    Program("relay", "TERM", 10, 5),
    Program("worker", "TERM", 20, 6),
    Program("slow", "TERM", 20, 6),
    Program("outside", "TERM", 20, 6),
    Program("media", "TERM", 20, 6),
    Program("watch", "TERM", 10, 6),
    Program("beat", "TERM", 10, 7),
    Program("routing", "TERM", 10, 7),
    Program("telephony", "TERM", 10, 7),
    Program("web", "TERM", 10, 8),
)


def named(name: str) -> Program:
    """The program of that name."""
    return next(program for program in PROGRAMS if program.name == name)


def wanted_services() -> list[str]:
    """The services that are ours to run: the caller's own PostgreSQL or Redis is used instead where one is named."""
    own = {"postgres": environment.has_own_database(), "redis": environment.has_own_redis()}
    return [name for name in SERVICES if own[name]]


def wanted_product(place: Place) -> list[str]:
    """The product's programs that are to run here: the routing engine where it is installed, telephony where lines are named.

    Without a virus scanner hardly a file waits for a worker, and `slow` sees to those; with one they must not wait behind a long export.
    """
    wanted = {
        "routing": routing.is_wanted(place),
        "telephony": bool(os.environ.get("TELEPHONY_SIP_LINES")),
        "media": bool(os.environ.get("CLAMD_URL")),
    }
    return [name for name in PRODUCT if wanted.get(name, True)]


def supervisor_config(place: Place) -> str:
    """The configuration of supervisord: services start with it, the product when asked."""
    lines = [
        "[supervisord]",
        f"logfile={place.log}/supervisord.log",
        "logfile_maxbytes=5MB",
        "logfile_backups=2",
        f"pidfile={place.run}/supervisord.pid",
        f"childlogdir={place.log}",
        f"directory={place.root}",
        "minfds=1024",
        "[unix_http_server]",
        f"file={place.run}/supervisor.sock",
        "chmod=0700",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
    ]
    entry = " ".join(shlex.quote(part) for part in (sys.executable, str(place.root / "deploy" / "city")))
    for program in PROGRAMS:
        lines += [
            f"[program:{program.name}]",
            f"command={entry} run {program.name}",
            f'environment=CITY_HOME="{place.home}",CITY_STACK="{place.var}",PYTHONPYCACHEPREFIX="{place.home}/pycache"',
            "autostart=false",
            "autorestart=true",
            "startsecs=1",
            "startretries=1000000",
            f"stopsignal={program.signal}",
            f"stopwaitsecs={program.patience}",
            f"priority={program.order}",
            "stopasgroup=false",
            "killasgroup=true",
            "redirect_stderr=true",
            f"stdout_logfile={place.log}/{program.name}.log",
            "stdout_logfile_maxbytes=10MB",
            "stdout_logfile_backups=3",
        ]
    return "\n".join(line.replace("%", "%%") for line in lines) + "\n"


def replace_with(name: str, place: Place) -> None:
    """Become the named program; what `./city run NAME` does under the supervisor."""
    starts: dict[str, Callable[[Place], None]] = {
        "postgres": _become_postgres,
        "redis": _become_redis,
        "web": _become_web,
        "relay": lambda place: _become_manage(place, "relay"),
        "watch": lambda place: _become_manage(place, "watch"),
        **dict.fromkeys(WORKERS, lambda place: _become_worker(place, name)),
        "telephony": lambda place: _become_manage(place, "listen_to_exchange"),
        "beat": _become_beat,
        "routing": _become_routing,
    }
    if name not in starts:
        raise Stop(f"There is no program {name}; there are {', '.join(starts)}.")
    _note_pid(name, place)
    os.umask(0o077)  # what it stores and logs is for this user alone
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    files = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))  # the usual 1024 would end at a thousand consoles
    starts[name](place)


def _note_pid(name: str, place: Place) -> None:
    """Leave word of this process, which stays the same when it becomes the program."""
    (place.run / f"{name}.process").write_text(f"{os.getpid()} {born(os.getpid())}\n")


def born(pid: int) -> str:
    """When a process began, in the kernel's own ticks; nothing when there is none. With it a number used again is no mistake."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""


def left_behind(place: Place) -> dict[str, int]:
    """Programs that still run although their supervisor was killed, by name."""
    found = {}
    for program in PROGRAMS:
        with contextlib.suppress(FileNotFoundError, ValueError):
            pid, began = (place.run / f"{program.name}.process").read_text().split()
            if began == born(int(pid)):
                found[program.name] = int(pid)
    return found


def _become(command: list[str | Path], env: dict[str, str]) -> None:
    parts = [str(part) for part in command]
    os.execvpe(parts[0], parts, env)


def _become_postgres(place: Place) -> None:
    engine, data = engines.postgres(place), cluster.data(place)
    if (data / "postmaster.pid").exists():
        time.sleep(0.5)  # after kill -9 the old server's children let go of its memory within this time
        _take_over_from_the_dead(data / "postmaster.pid", place.run / ".s.PGSQL.5432.lock")
    command = engines.as_ordinary_user([engine.bin / "postgres", "-D", data], data, place.run)
    _become(list(command), engine.environment())


def _take_over_from_the_dead(*locks: Path) -> None:
    """Remove lock files whose number another program has by now: after a power cut PostgreSQL would take it for a living server, for good."""
    for lock in locks:
        with contextlib.suppress(OSError, IndexError, ValueError):  # no file, no such process, a name nobody gave: PostgreSQL judges better
            if Path(f"/proc/{int(lock.read_text().split()[0])}/comm").read_text().strip() != "postgres":
                lock.unlink()


def _become_redis(place: Place) -> None:
    engine, data = engines.redis(place), place.var / "redis"
    data.mkdir(exist_ok=True)
    config = place.run / "redis.conf"
    config.write_text(_REDIS.format(run=place.run, data=data))
    _become([engines.redis_program(engine), config], engine.environment())


def _ready_environment(place: Place) -> dict[str, str]:
    """The product's environment, once its private services answer."""
    env = environment.kept(place)
    if f"host={place.run}" in env["DATABASE_URL"]:
        wait_for_socket(place.run / ".s.PGSQL.5432", 120)
    if f"{place.run}/redis.sock" in env["REDIS_URL"]:
        wait_for_socket(place.run / "redis.sock", 60)
    return env


def wait_for_socket(path: Path, seconds: float) -> None:
    """Return when something accepts connections on the socket."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket(socket.AF_UNIX) as probe:
            try:
                probe.connect(str(path))
                return
            except OSError:
                time.sleep(0.1)
    raise Stop(f"Nothing answered on {path} within {seconds:.0f} s.")


def _become_web(place: Place) -> None:
    env = _ready_environment(place)
    host, port = env.get("HOST") or "127.0.0.1", env["PORT"]
    if env["SERVER"] == "uvicorn":
        proxy = "--proxy-headers" if env.get("BEHIND_PROXY") else "--no-proxy-headers"
        options = "--ws websockets-sansio --loop uvloop --no-access-log --timeout-graceful-shutdown 5"
        words = f"uvicorn --host {host} --port {port} {options} {proxy}"
    else:
        proxy = "--proxy-headers" if env.get("BEHIND_PROXY") else ""
        words = f"daphne -b {host} -p {port} --application-close-timeout 5 --ping-interval 20 --ping-timeout 30 --no-server-name {proxy}"
    _become([place.python, "-m", *words.split(), "command_center.asgi:application"], env)


def _become_manage(place: Place, *verb: str) -> None:
    _become([place.python, place.root / "manage.py", *verb], _ready_environment(place))


def _become_routing(place: Place) -> None:
    """The engine needs no database, so it starts at once; what builds its network runs beside it and waits for one."""
    env = environment.kept(place)
    routes = env.get("ROUTES_DIR") or place.var / "routes"
    builder: list[str | Path] = [place.python, place.root / "manage.py", "build_routes", "--once"]
    os.chdir(place.root)
    _become(
        [
            place.python,
            "-m",
            "gis.routing.serving",
            env.get("ROUTING_PROGRAMS") or routing.programs(place),
            routes,
            place.run / "routing.json",
            *builder,
        ],
        env,
    )


def _become_worker(place: Place, name: str) -> None:
    env = _ready_environment(place)
    queues, size = WORKERS[name]
    words = f"worker -n {name}@%h -Q {queues} --concurrency {size} --loglevel {env['LOG_LEVEL']} --without-gossip --without-mingle"
    _become([place.python, "-m", "celery", "-A", "command_center", *words.split()], env)


def _become_beat(place: Place) -> None:
    env = _ready_environment(place)
    words = f"beat --loglevel {env['LOG_LEVEL']} --pidfile= --schedule"  # no file: the supervisor sees to it that there is one
    _become([place.python, "-m", "celery", "-A", "command_center", *words.split(), place.run / "beat"], env)
