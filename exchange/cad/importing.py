"""Brings a CAD export in as history: closed incidents with true times."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from access.actors import Actor
from exchange.cad.calls import Call
from exchange.cad.profiles import Profile
from exchange.cad.reading import Reading, Rejected
from exchange.cad.reference import Reference
from incidents import services as incidents
from incidents.models.assignments import Step
from incidents.past import PastAssignment, PastCall

ROWS_HELD = 50_000  # rows of one call are joined over this distance; about 150 MB
CALLS_TOGETHER = 1_000  # one transaction


@dataclass
class Outcome:
    """What an import did. `rows` were read; the rest was made, unless it was there already or could not be used."""

    rows: int = 0
    incidents: int = 0
    units: int = 0
    assignments: int = 0
    rejected: int = 0
    corrected: int = 0
    unchanged: int = 0
    kept: list[str] = field(default_factory=list)


Progress = Callable[[Outcome, float], None]
Reject = Callable[[Sequence[Rejected]], None]


def import_file(actor: Actor, *, reading: Reading, profile: Profile, reject: Reject, progress: Progress, is_dry_run: bool, now: datetime) -> Outcome:
    """Bring a file in, one transaction for a thousand calls; a dry run does all of it in one and takes it back."""
    if not is_dry_run:
        outcome = _import(actor, reading, profile, reject, progress, now)
        incidents.refresh_statistics()
        return outcome
    with transaction.atomic():
        outcome = _import(actor, reading, profile, reject, progress, now)
        transaction.set_rollback(True)
    return outcome


def _import(actor: Actor, reading: Reading, profile: Profile, reject: Reject, progress: Progress, now: datetime) -> Outcome:
    outcome = Outcome()
    reference: Reference | None = None
    for calls in reading.batches(ROWS_HELD):
        reference = reference or found(actor, profile, now=now)
        _drain(reading, reject, outcome)
        with transaction.atomic():
            reference.make_units(calls)
        for few in _few(calls):
            done = _write(actor, reference, profile, few, now)
            outcome.incidents += done.incidents
            outcome.assignments += done.assignments
            outcome.corrected += done.corrected
            outcome.unchanged += done.unchanged
            outcome.kept += done.kept
            outcome.units = reference.units_made
            progress(outcome, reading.done)
    _drain(reading, reject, outcome)
    return outcome


@transaction.atomic
def found(actor: Actor, profile: Profile, *, now: datetime) -> Reference:
    """The department and region of a profile, made when absent. Raises `kit.errors.Forbidden` for one who may not import."""
    return Reference(actor, profile, now=now)


def _drain(reading: Reading, reject: Reject, outcome: Outcome) -> None:
    reject(reading.told.rejected)
    outcome.rejected += len(reading.told.rejected)
    outcome.rows = reading.told.rows
    reading.told.rejected.clear()


def _few(calls: Sequence[Call]) -> Iterator[Sequence[Call]]:
    for start in range(0, len(calls), CALLS_TOGETHER):
        yield calls[start : start + CALLS_TOGETHER]


@transaction.atomic
def _write(actor: Actor, reference: Reference, profile: Profile, calls: Sequence[Call], now: datetime) -> "incidents.Imported":
    past = [past_call(call, reference, profile) for call in calls]
    return incidents.import_history(actor, calls=past, now=now)


def past_call(call: Call, reference: Reference, profile: Profile) -> PastCall:
    """A call of theirs in our terms."""
    type_ = reference.type_of(call)
    return PastCall(
        external_id=f"{profile.name}:{call.id}",
        department_id=reference.department.pk,
        region_id=reference.region_id_at(call.position),
        type_id=type_.pk,
        kind=type_.kind,
        severity=type_.severity,
        disposition_id=reference.disposition_of(call).pk,
        received_at=call.received_at,
        entered_at=call.entered_at,
        position=call.position,
        address=call.address or (f"{call.position.lat:.5f}, {call.position.lon:.5f}" if call.position else "—"),
        place_words=call.address,
        words=call.words,
        assignments=tuple(
            PastAssignment(reference.unit(run.unit).pk, {Step(step.upper()): at for step, at in run.times.items()}) for run in call.runs
        ),
    )
