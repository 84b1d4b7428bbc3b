"""The private PostgreSQL cluster: made once, three roles, the extensions, one database."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

from city import engines, stamps
from city.engines import Engine
from city.place import Place
from city.speech import Stop, ask, call, step

EXTENSIONS = ("postgis", "pg_trgm", "btree_gist", "pg_stat_statements")
_CONF = """
# Written by ./city at each start.  Own values go to var/postgres.conf, which is read last.
listen_addresses = ''
unix_socket_directories = '{run}'
unix_socket_permissions = 0700
max_connections = {connections}
shared_buffers = {buffers}
effective_cache_size = '1GB'
work_mem = '8MB'
maintenance_work_mem = '128MB'
random_page_cost = 1.1
effective_io_concurrency = 100
jit = off
wal_compression = on
max_wal_size = '2GB'
checkpoint_completion_target = 0.9
tcp_user_timeout = '10s'
idle_in_transaction_session_timeout = '60s'
log_min_duration_statement = '1s'
log_lock_waits = on
log_timezone = 'UTC'
timezone = 'UTC'
shared_preload_libraries = '{preload}'
fsync = {fsync}
recovery_init_sync_method = {sync}
include_if_exists = '{own}'
"""
# city_web writes rows and owns nothing: no TRUNCATE, no ALTER, so the journal's append-only rule holds against it.
_ROLES = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'city_owner') THEN
    CREATE ROLE city_owner LOGIN NOSUPERUSER CREATEDB NOCREATEROLE; END IF;
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'city_web') THEN
    CREATE ROLE city_web LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE; END IF;
END $$;
GRANT pg_read_all_stats TO city_owner, city_web;
ALTER ROLE city_owner SET lock_timeout = '30s';
ALTER ROLE city_web SET statement_timeout = '30s';
ALTER ROLE city_web SET lock_timeout = '10s';
ALTER ROLE city_web SET idle_in_transaction_session_timeout = '60s';
"""
# In template1 too, so that each database the owner makes (tests, a restore) is the same.
_GRANTS = """
CREATE EXTENSION IF NOT EXISTS {extension};
"""
_SCHEMA = """
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO city_owner;
GRANT USAGE ON SCHEMA public TO city_web;
ALTER DEFAULT PRIVILEGES FOR ROLE city_owner GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO city_web;
ALTER DEFAULT PRIVILEGES FOR ROLE city_owner GRANT USAGE, SELECT ON SEQUENCES TO city_web;
ALTER DEFAULT PRIVILEGES FOR ROLE city_owner GRANT USAGE ON SCHEMAS TO city_web;
GRANT SELECT, INSERT, UPDATE, DELETE ON spatial_ref_sys TO city_owner;
GRANT SELECT ON spatial_ref_sys TO city_web;
"""


def data(place: Place) -> Path:
    """The cluster's directory."""
    return place.var / "postgres"


def prepare(place: Place, *, durable: bool) -> Engine:
    """Make the cluster when there is none, and write its configuration."""
    engine, directory = engines.postgres(place), data(place)
    if not (directory / "PG_VERSION").exists():
        with step("Make the database cluster"):
            shutil.rmtree(directory, ignore_errors=True)
            words = "--auth=trust --data-checksums -E UTF8 --locale=C.UTF-8 --username=postgres" + ("" if durable else " --no-sync")
            command = [str(engine.bin / "initdb"), *words.split(), "-D", str(directory)]
            call(
                engines.as_ordinary_user(command, directory, place.run),
                log=place.log / "initdb.log",
                env=engine.environment(),
                sentence="The database cluster could not be made.",
            )
    made_by = (directory / "PG_VERSION").read_text().strip()
    if f"(PostgreSQL) {made_by}." not in ask([engine.bin / "postgres", "--version"], env=engine.environment()):
        raise Stop(f"{directory} was made by PostgreSQL {made_by}, which is not here any more: see docs/how-to/operate.md.")
    (directory / "city.conf").write_text(
        _CONF.format(
            run=place.run,
            connections=200 if durable else 100,
            buffers="'256MB'" if durable else "'128MB'",
            preload="pg_stat_statements" if _has(engine, "pg_stat_statements") else "",
            fsync="on" if durable else "off",
            sync="syncfs" if sys.platform == "linux" else "fsync",  # a killed server opens and syncs each file else: seconds on a busy disk
            own=place.var / "postgres.conf",
        )
    )
    main = directory / "postgresql.conf"
    line = "include = 'city.conf'\n"
    if line not in main.read_text():
        main.write_text(main.read_text() + line)
    return engine


def _has(engine: Engine, extension: str) -> bool:
    for share in (*engine.bin.parents[3].glob("share/postgresql/*/extension"), *engine.bin.parent.glob("share/**/extension")):
        if (share / f"{extension}.control").exists():
            return True
    return False


def psql(place: Place, engine: Engine, sql: str, *, role: str = "postgres", database: str = "postgres") -> str:
    """Run SQL through the private socket and return what it printed."""
    done = subprocess.run(
        [engine.bin / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", place.run, "-U", role, "-d", database, "-c", sql],
        env=engine.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Stop(f"PostgreSQL refused: {done.stderr.strip()}")
    return done.stdout.strip()


def wait(place: Place, engine: Engine, seconds: float = 60) -> None:
    """Return when the server answers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if _is_ready(place, engine):
            return
        time.sleep(0.1)
    raise Stop(f"PostgreSQL did not start within {seconds:.0f} s: see {place.log / 'postgres.log'}.")


def _is_ready(place: Place, engine: Engine) -> bool:
    command = [str(engine.bin / "pg_isready"), "-q", "-t", "2", "-h", str(place.run)]
    return subprocess.run(command, env=engine.environment(), stdin=subprocess.DEVNULL, check=False).returncode == 0


def furnish(place: Place, engine: Engine) -> None:
    """Make roles, extensions and the database, once for each cluster and each version of this file."""
    mark_path, mark = data(place) / "city.furnished", stamps.fingerprint(Path(__file__))
    if mark_path.exists() and mark_path.read_text() == mark:
        return
    psql(place, engine, _ROLES)
    _furnish_database(place, engine, "template1")
    if not psql(place, engine, "SELECT 1 FROM pg_database WHERE datname = 'city'"):
        psql(place, engine, "CREATE DATABASE city OWNER city_owner")
    _furnish_database(place, engine, "city")
    ctype = psql(place, engine, "SELECT show_trgm('\u5317\u4eac\u5e02') <> '{}'", database="city")
    if ctype != "t":
        raise Stop("This cluster's locale does not know Chinese letters, so searching text would find nothing: remove var/postgres.")
    mark_path.write_text(mark)


def _furnish_database(place: Place, engine: Engine, database: str) -> None:
    present = psql(place, engine, "SELECT string_agg(extname, ' ') FROM pg_extension", database=database).split()
    for extension in EXTENSIONS:
        if extension not in present and _has(engine, extension):
            psql(place, engine, _GRANTS.format(extension=extension), database=database)
    psql(place, engine, _SCHEMA, database=database)
