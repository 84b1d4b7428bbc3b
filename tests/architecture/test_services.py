"""Every public service takes the actor first and records a fact."""

import ast

from tests.architecture.code import Module, calls, dotted, modules

# Services that record nothing, and why.
SILENT = {
    "access.set_language": "a person's own choice of language is no news",
    "access.keep_layout": "how a person arranges the own screen is no news",
    "files.begin_file": "bytes on their way are no news; that they have come whole is",
    "files.append_bytes": "bytes on their way are no news; that they have come whole is",
    "files.own": "locks and asks permission for the verb that calls it",
    "incidents.expect_version": "locks and compares; the verb that follows records",
    "incidents.check_moment": "a rule that verbs share",
    "incidents.check_version": "a rule that verbs share",
    "incidents.locked": "locks for the verb that calls it",
    "incidents.checked": "locks and asks permission for the verb that calls it",
    "incidents.lock_assignment": "locks for the verb that calls it",
    "incidents.reason_of": "a rule that verbs share",
    "incidents.follow": "part of the verb that moves the assignment, whose fact tells it",
    "incidents.let_unit_go": "part of the verb that ends the assignment, whose fact tells it",
    "incidents.claim_messages": "reserves messages for a worker; what becomes of each is recorded",
    "chat.locked": "locks and asks permission for the verb that calls it",
    "chat.locked_open": "locks and asks permission for the verb that calls it",
    "chat.locked_message": "locks and asks permission for the verb that calls it",
    "chat.keep": "writes the row of the verb that calls it, whose fact tells it",
    "chat.add": "writes the row of the verb that calls it, whose fact tells it",
    "chat.advance": "how far a person has read is no news",
    "chat.mark_read": "how far a person has read is no news",
    "chat.keep_draft": "what a person has not said yet is no news",
    "resources.expect_version": "locks and compares; the verb that follows records",
    "resources.lock_unit": "locks for the verb above that calls it",
    "resources.hold_duty": "locks for the verb above that calls it",
    "resources.commit_unit": "part of the verb above, whose fact tells it",
    "resources.follow_assignment": "part of the verb above, whose fact tells it",
    "resources.may_know": "a rule that verbs share",
    "incidents.claim_handout_mail": "takes a mail that is about to go for a worker; what became of it is recorded",
    "incidents.refresh_statistics": "upkeep of the database, which nobody sees",
    "push.tell": "a message repeats news; its row is its receipt, and only what was given up is told",
    "push.note_taken": "a message repeats news; its row is its receipt",
    "push.put_off": "gives back what was taken and not tried",
}
# Services without an actor, and why.
ACTORLESS = {
    "incidents.check_version": "compares two numbers",
    "incidents.locked": "locks for the verb that calls it",
    "incidents.reason_of": "reads a text",
    "incidents.refresh_statistics": "upkeep of the database, which nobody sees",
    "live.publish_positions": "telemetry, from the room that checked who reports",
}
# Rooms below or beside the law of verbs.
OUTSIDE = {"journal": "it is the journal", "live": "its services carry telemetry, which is no fact"}
RECORDERS = {"record", "announce", "record_many", "note_many"}


def _services() -> list[tuple[str, ast.FunctionDef]]:
    return [
        (f"{module.room}.{node.name}", node)
        for module in modules()
        if module.is_of_services and module.room not in OUTSIDE
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
    ]


def _told(room: str) -> set[str]:
    """Names of functions of a room's services that record, themselves or through another of them."""
    bodies: dict[str, set[str]] = {}
    for module in modules():
        if module.room == room and (module.is_of_services or _is_helper(module)):
            for node in ast.walk(module.tree):
                if isinstance(node, ast.FunctionDef):
                    bodies.setdefault(node.name, set()).update(dotted(call.func).rpartition(".")[2] for call in calls(node))
    told = {name for name, called in bodies.items() if called & RECORDERS} | RECORDERS
    while True:
        more = {name for name, called in bodies.items() if called & told} - told
        if not more:
            return told
        told |= more


def _is_helper(module: Module) -> bool:
    return "/services/" in module.path or module.path.count("/") == 1


def test_every_service_takes_its_actor_first() -> None:
    wrong = [name for name, node in _services() if name not in ACTORLESS and (not node.args.args or node.args.args[0].arg != "actor")]

    assert wrong == [], "There is no verb without an actor; automation is Actor.system(...)"


def test_every_service_takes_the_rest_by_keyword() -> None:
    """The actor, and at most the locked thing that a verb above hands down, stand without a name."""
    wrong = [
        name
        for name, node in _services()
        if (name not in ACTORLESS and name not in SILENT and name != "incidents.announce" and len(node.args.args) > 2)
        or (node.args.vararg and name != "incidents.announce")
        or node.args.kwarg
    ]

    assert wrong == []


def test_every_service_records_what_it_did() -> None:
    told = {room: _told(room) for room in {name.split(".")[0] for name, _ in _services()}}
    below = set().union(*told.values())
    silent = [
        name
        for name, node in _services()
        if name not in SILENT
        and node.name not in told[name.split(".")[0]]
        and not {dotted(call.func).rpartition(".")[2] for call in calls(node)} & below
    ]

    assert silent == [], "Record a fact in the same transaction, or give the reason in SILENT"


def test_every_service_says_what_it_does() -> None:
    assert [name for name, node in _services() if not ast.get_docstring(node)] == []


def test_no_excuse_outlives_its_service() -> None:
    names = {name for name, _ in _services()} | {"live.publish_positions"}

    assert sorted((SILENT.keys() | ACTORLESS.keys()) - names - {"resources.may_know"}) == []
