"""The words and tables of the tablet's page: it draws itself, also without a link."""

from typing import Any

from django.utils.translation import gettext as _

from chat.models import Addressee
from incidents.board import USUAL_NEXT
from incidents.models import Task
from incidents.models.assignments import ORDER, Step
from incidents.models.reference import Severity
from incidents.models.work import TaskState
from incidents.services.work import NEXT, OF_THE_GIVER, WITH_REASON
from incidents.tasking import USUAL


def tables() -> dict[str, Any]:
    """Which state follows which, so that a press without a link shows the next button at once; the server decides again."""
    return {
        "steps": {step.value: str(step.label) for step in Step},
        "step_order": [step.value for step in ORDER],
        "step_next": {step.value: following.value for step, following in USUAL_NEXT.items()} | {"DISPATCHED": "ACKNOWLEDGED"},
        "step_verbs": {
            "ACKNOWLEDGED": _("Accept the job"), "EN_ROUTE": _("Set out"), "ON_SCENE": _("Arrived"), "CLEARED": _("Done here"),
            "TRANSPORTING": _("Transport"), "AT_DESTINATION": _("At the destination"),
        },
        "task_states": {state.value: str(state.label) for state in TaskState},
        "task_next": {state.value: [each.value for each in following if each not in OF_THE_GIVER] for state, following in NEXT.items()},
        "task_usual": {state.value: following.value for state, following in USUAL.items() if following not in OF_THE_GIVER},
        "task_verbs": {
            "ACKNOWLEDGED": _("Accept the task"), "IN_PROGRESS": _("On the spot"), "DONE": _("Complete"), "BLOCKED": _("Cannot go on"),
            "EXTENSION_REQUESTED": _("Ask for more time"), "RETURNED": _("Give it back"),
        },
        "order_steps": {step.value: str(step.label) for step in Addressee.Step},
        "order_next": {"SENT": "ACCEPTED", "DELIVERED": "ACCEPTED", "READ": "ACCEPTED", "ACCEPTED": "DONE"},
        "order_verbs": {"ACCEPTED": _("Accept the order"), "DONE": _("Order is done"), "REFUSED": _("Cannot be done")},
        "with_reason": [state.value for state in WITH_REASON],
        "levels": {str(level.value): str(level.label) for level in Severity},
        "most_reason": Task._meta.get_field("reason").max_length,
    }  # fmt: skip


def catalogue() -> dict[str, str]:
    """What the page's scripts say."""
    return {**_of_sending(), **_of_lists(), **_of_the_tablet(), **_of_the_closed_page()}


def _of_sending() -> dict[str, str]:
    return {
        "live": _("Live"),
        "offline": _("Offline %(age)s"),
        "connecting": _("Connecting"),
        "signed_out": _("Signed out"),
        "as_of": _("Data as of %(time)s"),
        "as_of_old": _("Data as of %(time)s, %(age)s ago"),
        "as_of_none": _("Nothing was loaded yet"),
        "waiting": _("%(n)s to send"),
        "rejected": _("%(n)s rejected"),
        "state_waiting": _("waiting"),
        "state_trying": _("waiting, tried %(n)s times, again in %(time)s"),
        "state_sending": _("being sent"),
        "state_rejected": _("rejected: %(why)s"),
        "state_sent": _("sent"),
        "no_answer": _("the city does not answer"),
        "server_fault": _("fault of the server (%(n)s)"),
        "kept": _("Kept on this tablet. It is sent as soon as there is a link."),
        "heard": _("The city has it: %(what)s"),
        "slipped": _("The button had just moved: nothing was pressed. Press again."),
        "was_rejected": _("Rejected: %(what)s. %(why)s"),
    }


def _of_lists() -> dict[str, str]:
    return {
        "note": _("Note"),
        "photo": _("Photo"),
        "voice": _("Voice note"),
        "voice_none": _("This tablet cannot record: the microphone is missing or not allowed."),
        "support": _("Support"),
        "help": _("Emergency call"),
        "help_armed": _("Press again: emergency call"),
        "help_waiting": _("Your emergency call waits for a link. Use the radio as well."),
        "help_heard": _("The command room has heard your emergency call of %(time)s."),
        "help_taken_back": _("Emergency call taken back"),
        "position": _("Position ± %(n)s m"),
        "position_old": _("Position ± %(n)s m, %(age)s old"),
        "position_none": _("No position"),
        "position_refused": _("Position not allowed"),
        "due": _("due %(time)s"),
        "overdue": _("overdue %(time)s"),
        "for_person": _("for %(name)s"),
        "no_tasks": _("Nothing to do. You are told here as soon as there is something."),
        "no_near": _("Nothing open within 5 km of your position."),
        "no_near_position": _("Without a position nobody can say what is near."),
        "no_queue": _("Everything was sent."),
        "no_units": _("There is no unit you may speak for."),
    }


def _of_the_tablet() -> dict[str, str]:
    return {
        "quota": _("This tablet's memory for the page is %(n)s per cent full. Send what waits, or delete areas of the map."),
        "quota_full": _("This tablet's memory is full: what you enter now is not kept. Use the radio."),
        "not_kept": _("This could not be kept on the tablet: %(why)s. Use the radio."),
        "area_size": _("%(n)s MB"),
        "area_none": _("The map of this place was not loaded."),
        "area_loading": _("The map of this place is being loaded."),
        "area_kept": _("Map kept for use without a link: %(size)s, inside the dashed line"),
        "new_version": _("There is a new version of this page."),
        "redirected": _("%(what)s of %(time)s, sent to %(from)s and rejected (%(why)s)"),
        "days": _("%(n)s d"),
        "hours": _("%(n)s h"),
        "minutes": _("%(n)s min"),
        "seconds": _("%(n)s s"),
        "clock_off": _("This tablet's clock is %(n)s off; the city's time is used."),
        "other_person": _("%(n)s entries of another person wait on this tablet. They are sent when that person signs in."),
    }


def _of_the_closed_page() -> dict[str, str]:
    return {
        "tell_on": _("On. Last confirmed at %(time)s."),
        "tell_off": _("Off."),
        "tell_busy": _("One moment …"),
        "tell_asking": _("The browser asks for your leave, then its maker's service …"),
        "tell_refused": _("Refused: this browser was told not to show messages of this page. It can be allowed again in the browser's own settings."),
        "tell_out": _("Off while nobody is signed in here."),
        "tell_ended": _("Off: the city tells this browser no longer. Switch it on again if you want it."),
        "tell_unasked": _("Off: the browser was not allowed to show messages."),
        "tell_unoffered": _("Not offered: this city has not set it up."),
        "tell_none": _("Not offered: this browser has none, or this page does not come by HTTPS."),
        "tell_silent": _("Off: the service of the browser's maker did not answer. On a closed network it never does."),
        "tell_unknown": _("Whether it is offered cannot be asked now: the city does not answer."),
        "tell_failed": _("Off: %(why)s"),
    }
