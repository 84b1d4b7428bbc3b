"""`./city backup` and `./city restore`: database, files and a note in one dated archive, verified on the way back."""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from city import cluster, engines, environment, product, stack, supervisor
from city.engines import Engine
from city.place import Place
from city.speech import Stop, ask, call, say, step

# Everything of ours; extensions bring their own tables.
_COUNTS = """
SELECT coalesce(json_object_agg(format('%I.%I', n.nspname, c.relname),
  (xpath('/row/n/text()', query_to_xml(format('SELECT count(*) AS n FROM ONLY %I.%I', n.nspname, c.relname),
  false, true, '')))[1]::text::bigint), '{}')
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')
"""
_NOTE = """This archive holds the database and the stored files of one city, and its manifest with digests and row counts.

It does not hold the keys (SECRET_KEY, in var/secret; PUSH_PRIVATE_KEY, in var/push-key) and no setting (var/city.env): keep them
apart from it, in the safe that holds your other keys.  Without the same keys everybody signs in again, open links of the city end, and closed
tablets must be switched on again; nothing else is lost.
The key of this city has the mark {mark}.

It holds personal data: keep it where only those who may read the whole city can, and encrypt it when it leaves the building.
Bring it back with:  ./city restore {name}
"""


def _client(place: Place) -> tuple[Engine, str]:
    """PostgreSQL's client programs and the address of the database, as who may read and make everything."""
    engine = engines.postgres(place)
    own = environment.has_own_database()
    return engine, environment.url_of(place, "postgres", "city") if own else os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"]


def backup(place: Place, arguments: list[str]) -> int:
    """Write one archive of everything that cannot be made again, while the city runs."""
    stack.install(place)
    stack.services(place)
    engine, url = _client(place)
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%d-%H%M%S")
    target = Path(arguments[0]).absolute() if arguments else place.var / "backups" / f"city-{stamp}.tar"
    if target.exists():
        raise Stop(f"{target} exists already.")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as scratch, step(f"Write {target}"):
        work = Path(scratch)
        counts = _dump(place, engine, url, work / "database.dump")
        media = place.var / "media"
        with tarfile.open(work / "media.tar", "w") as archive:
            if media.is_dir():
                archive.add(media, "media")
        mark = hashlib.sha256(environment.of_children(place)["SECRET_KEY"].encode()).hexdigest()[:12]
        (work / "NOTE.txt").write_text(_NOTE.format(mark=mark, name=target.name))
        _write_manifest(place, engine, work, counts, stamp, mark)
        partial = target.with_suffix(".partial")
        with tarfile.open(partial, "w") as archive:
            for name in ("manifest.json", "NOTE.txt", "database.dump", "media.tar"):
                archive.add(work / name, name)
        partial.chmod(0o600)
        os.replace(partial, target)
    rows = sum(counts.values())
    say(f"{target}  {target.stat().st_size / 1e6:.1f} MB, {len(counts)} tables, {rows} rows.  It holds personal data.")
    return 0


def _dump(place: Place, engine: Engine, url: str, target: Path) -> dict[str, int]:
    """Dump and count in one snapshot, so that the counts are those of the dump."""
    session = subprocess.Popen(
        [engine.bin / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", url],
        env=engine.environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    if session.stdin is None or session.stdout is None:
        raise Stop("psql could not be spoken to.")
    session.stdin.write("SET idle_in_transaction_session_timeout = 0; SET statement_timeout = 0;\n")
    session.stdin.write("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; SELECT pg_export_snapshot();\n")
    session.stdin.flush()
    snapshot = session.stdout.readline().strip()
    if not snapshot:
        raise Stop("The database did not answer: ./city status says more.")
    call(
        [engine.bin / "pg_dump", "-Fc", "--compress=6", f"--snapshot={snapshot}", "-f", target, url],
        log=place.log / "backup.log",
        env=engine.environment(),
        sentence="The database could not be dumped.",
    )
    rows, _ = session.communicate(" ".join(_COUNTS.split()) + ";\nCOMMIT;\n", timeout=600)
    return dict(json.loads(rows))


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_manifest(place: Place, engine: Engine, work: Path, counts: dict[str, int], stamp: str, mark: str) -> None:
    manifest = {
        "format": 1,
        "made_at": stamp,
        "commit": ask(["git", "rev-parse", "HEAD"], cwd=place.root).strip(),
        "postgres": ask([engine.bin / "pg_dump", "--version"], env=engine.environment()).strip(),
        "secret_mark": mark,
        "sha256": {name: _digest(work / name) for name in ("database.dump", "media.tar")},
        "rows": counts,
    }
    (work / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n")


def restore(place: Place, arguments: list[str]) -> int:
    """Bring an archive into an empty database, and refuse what is damaged or would overwrite something."""
    if len(arguments) != 1 or not Path(arguments[0]).is_file():
        raise Stop("Say which archive: ./city restore var/backups/city-YYYYMMDD-HHMMSS.tar")
    stack.install(place)
    if supervisor.states(place).get("web", {}).get("statename") == "RUNNING":
        raise Stop("The city is running: stop it with ./city down first.")
    with tempfile.TemporaryDirectory(dir=place.var, prefix=".restore-") as scratch:
        work = Path(scratch)
        with step("Verify the archive"):
            manifest = _open(Path(arguments[0]), work)
        stack.services(place)
        engine, url = _client(place)
        _require_empty(place, engine, url)
        with step("Bring back the database"):
            load(place, engine, url, work / "database.dump")
            found = dict(json.loads(_psql(engine, url, _COUNTS)))
            if found != manifest["rows"]:
                raise Stop(f"The counts differ from the archive's: {_difference(manifest['rows'], found)}.")
            _psql(engine, url, "ANALYZE")
        with step("Bring back the files"), tarfile.open(work / "media.tar") as archive:
            archive.extractall(place.var, filter="data")
    product.forget_migrations(place)
    if environment.has_own_database():
        (cluster.data(place) / "city.seeded").write_text("")
    rows = sum(found.values())
    say(f"Restored {len(found)} tables with {rows} rows as of {manifest['made_at']} (UTC), every count as in the archive.")
    mark = hashlib.sha256(environment.of_children(place)["SECRET_KEY"].encode()).hexdigest()[:12]
    if mark != manifest["secret_mark"]:
        say(f"The signing key here is another one ({mark}, was {manifest['secret_mark']}): everybody signs in again.")
    return 0


def load(place: Place, engine: Engine, url: str, dump: Path) -> None:
    """Feed the dump to the database in one transaction.

    pg_dump empties the search path, and then a trigger's `old.point IS DISTINCT FROM new.point` finds no equality of geometries:
    such a condition cannot name its operator's schema. So the path gets `public` back before the first statement.
    """
    options = [] if environment.has_own_database() else ["--no-owner", "--no-acl"]
    script = subprocess.Popen([engine.bin / "pg_restore", *options, "-f", "-", dump], env=engine.environment(), stdout=subprocess.PIPE)
    with (place.log / "restore.log").open("wb") as log:
        loader = subprocess.Popen(
            [engine.bin / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "--single-transaction", "-f", "-", url],
            env=engine.environment(),
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
        )
        if script.stdout is None or loader.stdin is None:
            raise Stop("pg_restore could not be spoken to.")
        with contextlib.suppress(BrokenPipeError), loader.stdin:
            for line in script.stdout:
                loader.stdin.write(line.replace(b"('search_path', '', false)", b"('search_path', 'pg_catalog, public', false)"))
                if b"search_path" in line:
                    break
            shutil.copyfileobj(script.stdout, loader.stdin, 1 << 20)
        script.stdout.close()
        if loader.wait() or script.wait():
            said = (place.log / "restore.log").read_text(errors="replace").strip()[-1500:]
            raise Stop(f"The database could not be brought back, and nothing of it was kept: {said}")


def _open(archive: Path, work: Path) -> dict[str, Any]:
    try:
        with tarfile.open(archive) as file:
            file.extractall(work, filter="data")
        manifest: dict[str, Any] = json.loads((work / "manifest.json").read_text())
    except (tarfile.TarError, OSError, ValueError) as error:
        raise Stop(f"{archive} is no backup of a city or is damaged: {error}.") from None
    for name, digest in manifest["sha256"].items():
        if not (work / name).exists() or _digest(work / name) != digest:
            raise Stop(f"{name} in {archive} is damaged: its digest is not the one of the manifest.")
    return manifest


def _psql(engine: Engine, url: str, sql: str) -> str:
    done = subprocess.run(
        [engine.bin / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql, url],
        env=engine.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Stop(f"PostgreSQL refused: {done.stderr.strip()}")
    return done.stdout.strip()


def _require_empty(place: Place, engine: Engine, url: str) -> None:
    tables = json.loads(_psql(engine, url, _COUNTS))
    if tables:
        raise Stop(
            f"The database holds {len(tables)} tables already, and a restore overwrites nothing.  Move {place.var} away, "
            "or restore beside it: VAR=/srv/city-restored ./city restore FILE"
        )


def _difference(expected: dict[str, int], found: dict[str, int]) -> str:
    names = sorted(name for name in {*expected, *found} if expected.get(name) != found.get(name))
    return ", ".join(f"{name} {found.get(name, 'absent')} instead of {expected.get(name, 'absent')}" for name in names[:5])


def free_megabytes(path: Path) -> float:
    """Space left where the path is, in megabytes."""
    return shutil.disk_usage(path).free / 1e6
