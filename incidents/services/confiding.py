"""What a caller confides while a call lasts: it does not go along when the call is taken over by somebody who may not read it."""

from dataclasses import replace
from datetime import datetime

from access import policy
from access.actors import Actor
from incidents import facts, permissions
from incidents.models import DeskCall
from incidents.services.reporting import NewReport
from journal import services as journal

CONFIDED = ("words", "caller_name", "caller_phone")
FIELDS = ["heard", "confided", "revision"]


def _hand_on(actor: Actor, call: DeskCall, *, now: datetime) -> None:
    """Set apart what was confided when the actor, who takes the call over, may not read it, else give it back and record the look.

    The caller of this saves `FIELDS`. A window of the one who had the call builds on an older revision from now on.
    """
    if not call.heard.get("is_confidential") and not call.confided:
        return
    if not policy.can(actor, permissions.SEE_CONFIDENTIAL, call.incident):
        apart = {name: call.heard[name] for name in CONFIDED if call.heard.get(name)}
        call.confided = _joined(call.confided, apart)
        call.heard = {name: value for name, value in call.heard.items() if name not in CONFIDED}
    else:
        call.heard = call.heard | _joined(call.confided, {name: call.heard[name] for name in CONFIDED if call.heard.get(name)})
        call.confided = {}
        about = [call] if call.incident is None else [call, call.incident]
        scopes = [f"user:{actor.user_id}", f"{permissions.VIEW_CALLS}@*:*"]
        journal.record(actor, facts.ConfidedCallSeen(call_id=call.pk), about=about, scopes=scopes, at=now)
    call.revision += 1


def _whole(call: DeskCall, report: NewReport) -> NewReport:
    """The report with what was confided at an earlier desk in front of what was heard since; it stays confidential."""
    if not call.confided:
        return report
    said = _joined(call.confided, {"words": report.words, "caller_name": report.caller_name, "caller_phone": report.caller_phone})
    words, name, phone = (said.get(each, "") for each in CONFIDED)
    return replace(report, words=words, caller_name=name, caller_phone=phone, is_confidential=True)


def _joined(before: dict[str, str], since: dict[str, str]) -> dict[str, str]:
    """Words follow each other; of a name and a number the later counts."""
    words = "\n".join(text for text in (before.get("words", ""), since.get("words", "")) if text)
    both = before | {name: value for name, value in since.items() if value} | {"words": words}
    return {name: value for name, value in both.items() if value}
