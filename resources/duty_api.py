"""Duty for programs: posts, the roster, who is on duty, stand-ins, exchanges and leave."""

from typing import Any

from django.urls import reverse

from access import policy
from access.rest.views import Answer, ApiView, Call, operation
from resources import duty_shapes as shapes
from resources import permissions, selectors, services


class PostsView(ApiView):
    """Posts."""

    tag = "duty"

    @operation(gives=shapes.PostRow, many=True, also=(304,))
    def get(self, call: Call) -> Any:
        """The posts in use that you may see, the duty supervisor's first."""
        policy.require(call.actor, permissions.VIEW_ROSTER, None)
        return list(selectors.posts(call.actor).prefetch_related("shifts")[:500])


class ShiftsView(ApiView):
    """Shifts."""

    tag = "duty"

    @operation(gives=shapes.ShiftRow, many=True, also=(304,))
    def get(self, call: Call) -> Any:
        """The shifts in use, by when they begin."""
        policy.require(call.actor, permissions.VIEW_ROSTER, None)
        return selectors.shifts()


class DutyNowView(ApiView):
    """Who is on duty."""

    tag = "duty"

    @operation(gives=shapes.PostNowRow, query=shapes.DutyMoment, many=True, is_private=True)
    def get(self, call: Call) -> Any:
        """Every post that you may see as it is held now, or at a moment: leave, stand-ins and hand-overs counted."""
        policy.require(call.actor, permissions.VIEW_ROSTER, None)
        return selectors.watch_at(call.actor, call.query.get("at") or call.now)


class GapsView(ApiView):
    """Posts that are not held."""

    tag = "duty"

    @operation(gives=shapes.GapRow, query=shapes.RosterDays, many=True, is_private=True)
    def get(self, call: Call) -> Any:
        """Where a post must be held and fewer hold it than it has seats, the earliest first; at most 500."""
        policy.require(call.actor, permissions.VIEW_ROSTER, None)
        return selectors.gaps(call.actor, **call.query)[:500]


class DutiesView(ApiView):
    """The roster."""

    tag = "duty"

    @operation(gives=shapes.DutyRow, query=shapes.RosterDays, many=True, is_private=True)
    def get(self, call: Call) -> Any:
        """The lines of the roster that touch some days, of the posts that you may see; at most 5,000."""
        policy.require(call.actor, permissions.VIEW_ROSTER, None)
        return selectors.duties_between(call.actor, **call.query)

    @operation(takes=shapes.PutOnDuty, gives=shapes.DutyRow, status=201, refusals=(409,))
    def post(self, call: Call) -> Any:
        """Put somebody at a post for a shift of a day."""
        duty = services.roster_duty(call.actor, **call.body, now=call.now)
        return Answer(duty, location=reverse("api:duty", args=[duty.pk]))


class DutyView(ApiView):
    """One line of the roster."""

    tag = "duty"

    @operation(gives=shapes.DutyRow, is_private=True)
    def get(self, call: Call, id: int) -> Any:
        """One line of the roster."""
        return selectors.duty_line(call.actor, id)


class CancelDutyView(ApiView):
    """A line taken back."""

    tag = "duty"

    @operation(takes=shapes.DutyReason, gives=shapes.DutyRow, refusals=(409,))
    def post(self, call: Call, id: int) -> Any:
        """Take a line of the roster back, with its stand-ins."""
        return services.cancel_duty(call.actor, duty_id=id, **call.body, now=call.now)


class StandInsView(ApiView):
    """Who stands in."""

    tag = "duty"

    @operation(takes=shapes.StandIn, gives=shapes.DutyRow, status=201, refusals=(409,))
    def post(self, call: Call, id: int) -> Any:
        """Let another person stand in for a duty, or for a part of it."""
        duty = services.name_stand_in(call.actor, duty_id=id, **call.body, now=call.now)
        return Answer(duty, location=reverse("api:duty", args=[duty.pk]))


class ExchangeView(ApiView):
    """Two people change duties."""

    tag = "duty"

    @operation(takes=shapes.Exchange, gives=shapes.DutyRow, many=True, refusals=(409,))
    def post(self, call: Call, id: int) -> Any:
        """Let two people change duties with each other; both lines as they are then."""
        return list(services.swap_duties(call.actor, duty_id=id, **call.body, now=call.now))


class RosterView(ApiView):
    """A whole roster."""

    tag = "duty"

    @operation(takes=shapes.RosterLines, gives=shapes.RosterTaken)
    def post(self, call: Call) -> Any:
        """Take in a roster: all of it, or nothing and each wrong line with its reason. It may be sent twice."""
        return services.import_roster(call.actor, **call.body, now=call.now)


class LeavesView(ApiView):
    """Leave."""

    tag = "duty"

    @operation(gives=shapes.LeaveRow, query=shapes.RosterDays, many=True, is_private=True)
    def get(self, call: Call) -> Any:
        """Who of the roster is away in some days."""
        policy.require(call.actor, permissions.MANAGE_ROSTER, None)
        return selectors.leaves_between(call.actor, **call.query)

    @operation(takes=shapes.NoteLeave, gives=shapes.LeaveRow, status=201, is_private=True)
    def post(self, call: Call) -> Any:
        """Note that a person is away: not on duty whatever the roster says, and a gap where nobody stands in."""
        leave = services.note_leave(call.actor, **call.body, now=call.now)
        return Answer(leave, location=reverse("api:leaves"))


class CancelLeaveView(ApiView):
    """Leave taken back."""

    tag = "duty"

    @operation(gives=shapes.LeaveRow, is_private=True)
    def post(self, call: Call, id: int) -> Any:
        """Take leave back: the person is on duty again as the roster says. Again changes nothing."""
        return services.cancel_leave(call.actor, leave_id=id, now=call.now)
