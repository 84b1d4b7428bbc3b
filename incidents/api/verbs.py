"""The verbs of an incident, each a sub-resource: POST /incidents/<number>/close/ and so on. A table, because they differ in nothing else."""

from collections.abc import Callable
from typing import Any

from access.rest.shapes import Shape
from access.rest.views import ApiView, Call, operation
from incidents import selectors, services
from incidents.api.common import found, incident
from incidents.shapes import helping, reading, writing

Verb = Callable[..., Any]


def verb_view(name: str, verb: Verb, takes: type[Shape] | None, says: str) -> type[ApiView]:
    """A view that does one verb to the incident of its address and answers the incident."""

    class VerbView(ApiView):
        tag = "incidents"

        @operation(takes=takes, gives=reading.IncidentCore, is_versioned=True, may_match=True)
        def post(self, call: Call, number: str) -> Any:
            verb(call.actor, incident_id=found(call, number), **call.body, now=call.now)
            return incident(call, number)

    VerbView.__name__ = VerbView.__qualname__ = f"{name.title().replace('-', '')}View"
    VerbView.__doc__ = VerbView.post.__doc__ = says
    return VerbView


def pair_view(name: str, verb: Verb, takes: type[Shape], field: str, keyword: str, says: str) -> type[ApiView]:
    """As `verb_view`, for a verb that takes a second incident by its number."""

    class PairView(ApiView):
        tag = "incidents"

        @operation(takes=takes, gives=reading.IncidentCore, is_versioned=True, may_match=True)
        def post(self, call: Call, number: str) -> Any:
            other = selectors.id_of(call.actor, call.body[field])
            verb(call.actor, incident_id=found(call, number), **{keyword: other}, now=call.now)
            return incident(call, number)

    PairView.__name__ = PairView.__qualname__ = f"{name.title()}View"
    PairView.__doc__ = PairView.post.__doc__ = says
    return PairView


PLAIN: dict[str, tuple[Verb, type[Shape] | None, str]] = {
    "triage": (services.start_triage, None, "Open a new incident to assess it."),
    "validate": (services.validate_incident, None, "It is real and complete enough: it waits for a unit or a department."),
    "control": (services.control_incident, None, "The danger no longer grows."),
    "resolve": (services.resolve_incident, None, "The work is done."),
    "verify": (services.verify_incident, None, "An inspector or the caller confirmed that it is resolved."),
    "close": (services.close_incident, writing.Close, "Close with a disposition."),
    "reopen": (services.reopen_incident, writing.Because, "Take up a finished incident again."),
    "hold": (services.hold_incident, writing.Hold, "Put on hold until a day."),
    "resume": (services.resume_incident, None, "Take up a held or transferred incident where it was left."),
    "return": (services.return_incident, writing.Because, "Send back to where it came from."),
    "cancel": (services.cancel_incident, writing.Because, "It was none: false alarm, test call."),
    "transfer": (services.transfer_incident, writing.Transfer, "Make another department responsible."),
    "raise": (services.raise_incident, writing.Raise, "Raise the kind and level; number, log, people and map stay."),
    "response-level": (services.set_response_level, writing.SetLevel, "Decide the response level."),
    "alarm": (services.strike_alarm, helping.Strike, "Strike a greater alarm; the recommendation adds what its run card says."),
    "withdraw-alarm": (services.withdraw_alarm, helping.Withdraw, "Take the last greater alarm back, while nothing went for it."),
    "unmerge": (services.unmerge_incident, None, "Undo a merge."),
    "unlink": (services.unlink_child, None, "Let it stand by itself again."),
}
PAIRS: dict[str, tuple[Verb, type[Shape], str, str, str]] = {
    "merge": (services.merge_incident, writing.Merge, "into", "target_id", "Make it part of another incident; every report is kept."),
    "link": (services.link_child, writing.Link, "parent", "parent_id", "Put it under another incident."),
}

VIEWS: dict[str, type[ApiView]] = {name: verb_view(name, *row) for name, row in PLAIN.items()} | {
    name: pair_view(name, *row) for name, row in PAIRS.items()
}
