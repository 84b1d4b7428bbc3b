"""Only services write, only the journal inserts entries, and every verb knows its actor and tells what it did."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.code import Module, calls, dotted, modules

ALWAYS_WRITES = {"save", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "add_root", "add_child", "aupdate", "asave", "acreate"}
WRITES_ON_ROWS = {"create", "update", "delete", "set"}
SQL = re.compile(r"^\s*(WITH\b.*?\b)?(INSERT INTO|UPDATE \w+\s+(AS \w+ )?SET|DELETE FROM|COPY \w+ \(|TRUNCATE)", re.IGNORECASE | re.DOTALL)

# Who else may write, and why. A module here is part of its room's services in all but name.
WRITERS = {
    "access/exports/verbs.py": "the services of exports, a package of their own: the row is the job of a worker",
    "access/glass/verbs.py": "the services of the review of broken glass, a package of their own",
    "access/sharing/verbs.py": "the services of sharing, a package of their own: rooms register what can be shared",
    "access/idempotency.py": "the row of a retried command is part of the command's own transaction",
    "access/tokens.py": "the day on which a token was last used, once a day: no news",
    "command_center/heartbeat.py": "a key in Redis, no row",
    "command_center/health.py": "a key in Redis, no row",
    "files/examine_child.py": "saves pictures, no rows",
    "gis/copying.py": "the bulk loader that gis.services calls",
    "gis/staging.py": "the bulk loader of files of places that gis.services calls",
    "gis/place_tiles.py": "the counts of tiles, made again from places by gis.services",
    "incidents/dispatch_sql.py": "the statement of dispatch_unit, written by hand for speed",
    "incidents/numbers.py": "counts the day's numbers up in the transaction of the verb",
    "kit/paper_marks.py": "saves pictures, no rows",
    "resources/positions/": "the services of positions, a package of their own: telemetry, devices, areas",
}


def _writes(module: Module) -> Iterator[str]:
    for call in calls(module.tree):
        name = dotted(call.func)
        last = name.rpartition(".")[2]
        on_rows = ".objects." in name or (name.startswith(("rows.", "found.")) and last in {"delete"})
        if (last in ALWAYS_WRITES and not name.startswith(("form.", "session.", "super.", "self.session"))) or (last in WRITES_ON_ROWS and on_rows):
            yield f"{module.path}:{call.lineno} {name}()"
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value):
            yield f"{module.path}:{node.lineno} {node.value.strip()[:50]!r}"


def test_only_services_write() -> None:
    found = [
        line
        for module in modules()
        if not module.is_of_services and module.room != "journal" and not module.path.startswith(tuple(WRITERS)) and "/management/" not in module.path
        for line in _writes(module)
    ]

    assert not found, "Write in a service, or give the reason in WRITERS:\n  " + "\n  ".join(found)


def test_only_the_journal_inserts_entries() -> None:
    found = [
        f"{module.path}:{node.lineno}"
        for module in modules()
        if module.room != "journal"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and re.search(r"(INTO|UPDATE|FROM|COPY)\s+journal_(entry|head)", node.value)
    ]
    made = [
        f"{module.path}:{call.lineno}"
        for module in modules()
        if module.room != "journal"
        for call in calls(module.tree)
        if dotted(call.func) in {"Entry", "Entry.objects.create", "Entry.objects.bulk_create"}
    ]

    assert found + made == []


def test_groups_are_spoken_to_by_the_relay_and_the_socket_only() -> None:
    found = [
        f"{module.path}:{call.lineno}"
        for module in modules()
        if module.path != "journal/relay.py" and module.room != "live"
        for call in calls(module.tree)
        if dotted(call.func).endswith("group_send")
    ]

    assert found == []


def test_no_model_signal_has_a_receiver() -> None:
    """A rule that hides in a signal is found by nobody."""
    found = [
        f"{module.path}:{node.lineno}"
        for module in modules()
        for node in ast.walk(module.tree)
        if (isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.db.models.signals"))
        or (isinstance(node, ast.Call) and dotted(node.func) in {"receiver", "dispatch.receiver"})
    ]

    assert found == []


def test_a_room_writes_its_own_tables_only() -> None:
    """Models of rooms below are read; a change goes through the service of the room that owns the table."""
    found = []
    for module in modules():
        foreign = {
            alias.asname or alias.name
            for node in ast.walk(module.tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").endswith(".models") and (node.module or "").split(".")[0] != module.room
            for alias in node.names
        }
        for call in calls(module.tree):
            name = dotted(call.func)
            if name.split(".")[0] in foreign and name.rpartition(".")[2] in ALWAYS_WRITES | WRITES_ON_ROWS and ".objects" in name:
                found.append(f"{module.path}:{call.lineno} {name}()")

    assert found == [], "Call a service of the room that owns it:\n  " + "\n  ".join(found)
