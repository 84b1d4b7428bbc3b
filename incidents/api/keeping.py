"""Plans, and routine and emergency, for programs. Deciding a response level without a plan is a verb of the incident."""

from typing import Any

from django.urls import reverse

from access import policy
from access.rest.views import Answer, ApiView, Call, operation
from incidents import modes, permissions, plans, selectors, services
from incidents.shapes import keeping


class PlansView(ApiView):
    """Plans."""

    tag = "plans and modes"

    @operation(gives=keeping.PlanRow, many=True, also=(304,))
    def get(self, call: Call) -> Any:
        """The plans in force, by type and level."""
        policy.require(call.actor, permissions.VIEW, None)
        return list(plans.plans_in_force()[:500])


class IncidentPlansView(ApiView):
    """Plans of an incident."""

    tag = "plans and modes"

    @operation(gives=keeping.ChoiceRow, many=True, is_private=True)
    def get(self, call: Call, number: str) -> Any:
        """The response levels from the gravest, each with its plan and the tasks it would give now."""
        return plans.choices(selectors.incident(call.actor, number))

    @operation(takes=keeping.Activate, gives=keeping.ActivationRow, status=201, refusals=(409,))
    def post(self, call: Call, number: str) -> Any:
        """Decide a response level by its plan: every task that the incident has not been given yet is given."""
        row = services.activate_plan(call.actor, incident_id=selectors.id_of(call.actor, number), **call.body, now=call.now)
        return Answer(row, location=reverse("api:incident-plans", args=[number]))


class StandDownView(ApiView):
    """The end of a plan in motion."""

    tag = "plans and modes"

    @operation(gives=keeping.ActivationRow)
    def post(self, call: Call, id: int) -> Any:
        """Stand a plan down: what was not begun is cancelled, what was begun goes on. Again changes nothing."""
        return services.stand_down_plan(call.actor, activation_id=id, now=call.now)


class ModeView(ApiView):
    """Routine and emergency."""

    tag = "plans and modes"

    @operation(gives=keeping.ModeRow, many=True, is_private=True)
    def get(self, call: Call) -> Any:
        """The times of emergency in force, the whole city's first; none: routine."""
        policy.require(call.actor, permissions.VIEW, None)
        return modes.in_force()

    @operation(takes=keeping.SwitchMode, gives=keeping.ModeRow, status=201, refusals=(409,))
    def post(self, call: Call) -> Any:
        """Put the city, or a region, into a time of emergency. Read its effects first."""
        body = dict(call.body)
        number = body.pop("number")
        incident_id = selectors.id_of(call.actor, number) if number else None
        row = services.switch_mode(call.actor, **body, incident_id=incident_id, now=call.now)
        return Answer(row, location=reverse("api:mode"))


class ModeEffectsView(ApiView):
    """What a switch would do."""

    tag = "plans and modes"

    @operation(gives=keeping.EffectsRow, query=keeping.EffectsWanted, is_private=True)
    def get(self, call: Call) -> Any:
        """What a time of emergency would change of what is open now, and what it would not."""
        policy.require(call.actor, permissions.VIEW, None)
        return modes.effects(call.actor, call.query["region"], level=call.query["level"], now=call.now)


class HandBackView(ApiView):
    """What an emergency leaves standing."""

    tag = "plans and modes"

    @operation(gives=keeping.StandingRow, many=True, is_private=True)
    def get(self, call: Call, id: int) -> Any:
        """What has to be looked through before a time of emergency ends, of what you may see."""
        policy.require(call.actor, permissions.VIEW, None)
        return modes.hand_back(call.actor, modes.of_id(id))


class EndModeView(ApiView):
    """Back to routine."""

    tag = "plans and modes"

    @operation(takes=keeping.EndMode, gives=keeping.ModeRow, refusals=(409,))
    def post(self, call: Call, id: int) -> Any:
        """End a time of emergency, with a reason and all that its hand-back list names. Again changes nothing."""
        return services.end_mode(call.actor, mode_id=id, **call.body, now=call.now)
