"""`./city doctor`: look for what will go wrong before it does."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import sys
import time
from collections.abc import Iterator

from city import browser, cluster, debian, engines, environment, front_end, paper, programs, routing, running, supervisor
from city.place import SOCKET_PATH_LIMIT, Place
from city.speech import Stop, ask, say

_LEAST_FREE_MB = 3000
Finding = tuple[str, str, str]  # ok | warn | bad, what, sentence


def doctor(place: Place, arguments: list[str]) -> int:
    """Say everything that was looked at; the exit code is 1 when something is bad."""
    worst = 0
    for look in (_machine, _disk, _directories, _packages, _engines, _routing, _paper, _database, _network, _programs):
        try:
            for level, what, sentence in look(place):
                mark = {"ok": "ok  ", "warn": "WARN", "bad": "BAD "}[level]
                say(f"{mark} {what:14} {sentence}")
                worst = max(worst, int(level == "bad"))
        except Stop as sentence:
            say(f"BAD  {look.__name__.strip('_'):14} {sentence}")
            worst = 1
    return worst


def _machine(place: Place) -> Iterator[Finding]:
    yield "ok", "system", f"{platform.platform()}, {os.cpu_count()} processors, user {os.geteuid()}"
    yield "ok", "python", f"{sys.version.split()[0]} at {sys.executable}"
    kilobytes = re.search(r"MemAvailable:\s+(\d+)", ask(["cat", "/proc/meminfo"]))
    if kilobytes:
        free = int(kilobytes[1]) // 1024
        yield ("ok" if free > 1500 else "warn"), "memory", f"{free} MB available; 1,500 MB are comfortable"
    if front_end.host_has_node():
        yield "ok", "node", ask(["node", "--version"]).strip()
    else:
        yield "ok", "node", "not here; PyPI's wheel is used"
    if os.geteuid() == 0:
        yield "ok", "root", f"PostgreSQL runs through {engines.ordinary_user_command()[0]}"


def _disk(place: Place) -> Iterator[Finding]:
    there = next(path for path in (place.var, *place.var.parents) if path.exists())
    free = shutil.disk_usage(there).free // 1_000_000
    yield ("ok" if free > _LEAST_FREE_MB else "bad"), "disk", f"{free} MB free at {there}; {_LEAST_FREE_MB} MB are needed"
    backups = sorted((place.var / "backups").glob("city-*.tar"))
    if (cluster.data(place) / "PG_VERSION").exists():
        age = (time.time() - backups[-1].stat().st_mtime) / 86_400 if backups else None
        if age is None:
            yield "warn", "backup", "there is none: ./city backup"
        else:
            yield ("ok" if age < 2 else "warn"), "backup", f"the last one is {age:.1f} days old ({backups[-1].name})"


def _directories(place: Place) -> Iterator[Finding]:
    length = len(os.fsencode(place.run / ".s.PGSQL.5432"))
    yield ("ok" if length <= SOCKET_PATH_LIMIT else "bad"), "socket path", f"{length} bytes of {SOCKET_PATH_LIMIT}"
    for path, mode in ((place.run, 0o700), (place.var / "secret", 0o600), (place.var / "push-key", 0o600), (place.var / "demo.txt", 0o600)):
        if path.exists():
            actual = path.stat().st_mode & 0o777
            yield ("ok" if actual & ~mode == 0 else "bad"), "permissions", f"{path} is {actual:04o}, may be {mode:04o}"
    for path in (place.var, place.root):
        if path.exists() and not os.access(path, os.W_OK):
            yield "bad", "permissions", f"this user may not write {path}"


def _packages(place: Place) -> Iterator[Finding]:
    for stamp in sorted((place.home / "stamps").glob("debian-*")):
        days = int((time.time() - stamp.stat().st_mtime) / 86_400)
        name = stamp.name.removeprefix("debian-")
        if days > debian.STALE_AFTER_DAYS:
            yield "warn", "packages", f"{name} was unpacked {days} days ago and gets no updates by itself: ./city refresh, then up"
        else:
            yield "ok", "packages", f"{name} was unpacked {days} days ago"
    if not place.python.exists():
        yield "warn", "packages", "nothing is installed yet: ./city up"
    yield "ok", "chromium", str(browser.wrapper(place)) if browser.is_here(place) else "not here; ./city test fetches it"


def _engines(place: Place) -> Iterator[Finding]:
    if environment.has_own_database() and place.python.exists():
        engine = engines.postgres(place)
        yield "ok", "postgres", f"{ask([engine.bin / 'postgres', '--version'], env=engine.environment()).strip()} in {engine.bin}"
    if environment.has_own_redis() and place.python.exists():
        found = engines.redis(place)
        version = re.search(r"v=(\S+)", ask([engines.redis_program(found), "--version"], env=found.environment()))
        yield "ok", "redis", f"{version[1] if version else '?'} in {found.bin}"


def _routing(place: Place) -> Iterator[Finding]:
    if os.environ.get("ROUTING_URL"):
        yield "ok", "routing", f"the city's own at {os.environ['ROUTING_URL']}"
    elif not routing.is_here(place):
        why = routing.why_not(place) or "it was not fetched yet: ./city up"
        yield "warn", "routing", f"the engine is not here, so {routing.FALLBACK}: {why}"
    else:
        version = ask([routing.programs(place) / "valhalla_service", "--version"]).strip()
        built = place.var / "routes" / "current" / "tiles.json"
        network = f"network of {json.loads(built.read_text())['source']}" if built.exists() else "no network yet: it is built at the first start"
        yield "ok", "routing", f"Valhalla {version}, {network}"


def _paper(place: Place) -> Iterator[Finding]:
    if paper.is_here(place):
        yield "ok", "pdf", f"pango and fonts as {os.path.relpath(paper.environment_file(place))} says"
    else:
        yield "warn", "pdf", f"{paper.FALLBACK}: {paper.why_not(place) or 'it was not fetched yet: ./city up'}"


def _database(place: Place) -> Iterator[Finding]:
    if not environment.has_own_database() or supervisor.states(place).get("postgres", {}).get("statename") != "RUNNING":
        yield "warn", "database", "not looked at: it does not run, or it is not ours"
        return
    engine = engines.postgres(place)

    def one(sql: str) -> str:
        return cluster.psql(place, engine, sql, database="city")

    yield "ok", "locale", one("SELECT datcollate || ' / ' || datctype FROM pg_database WHERE datname = current_database()")
    sees = one("SELECT show_trgm('\u5317\u4eac\u5e02') <> '{}'") == "t"
    yield ("ok" if sees else "bad"), "pg_trgm", "sees Chinese letters" if sees else "does not see Chinese letters: text search finds nothing"
    for extension in cluster.EXTENSIONS:
        version = one(f"SELECT extversion FROM pg_extension WHERE extname = '{extension}'")
        needed = extension != "pg_stat_statements"
        yield ("ok" if version else "bad" if needed else "warn"), "extension", f"{extension} {version or 'is missing'}"
    rights = one("SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = 'city_web'")
    owned = one("SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = 'city_web'")
    yield ("ok" if (rights, owned) == ("f", "0") else "bad"), "city_web", f"owns {owned} tables, {'no' if rights == 'f' else 'TOO MANY'} rights"
    sums = one("SHOW data_checksums")
    yield ("ok" if sums == "on" else "warn"), "checksums", sums


def _network(place: Place) -> Iterator[Finding]:
    env = environment.of_children(place)
    if running.probe(env, "/healthz") is not None:
        yield "ok", "port", f"{env['PORT']} answers"
    else:
        free = environment.is_free(env["PORT"])
        yield ("ok" if free else "warn"), "port", f"{env['PORT']} is {'free' if free else 'taken by another program; the next free one is used'}"


def _programs(place: Place) -> Iterator[Finding]:
    states = supervisor.states(place)
    for name in (*programs.wanted_services(), *programs.wanted_product(place)):
        state = states.get(name, {}).get("statename", "STOPPED").lower()
        yield ("bad" if state in ("fatal", "backoff") else "ok"), name, state
