"""Alarms for programs: what stands, and what operators do about it."""

from typing import Any

from access.rest.views import ApiView, Call, operation
from alerts import selectors, services
from alerts.shapes import AlarmPage, AlarmRow, AlarmsWanted, Shelve, WelfareRow


class AlarmsView(ApiView):
    """Alarms."""

    tag = "alarms"

    @operation(query=AlarmsWanted, gives=AlarmPage, also=(304,))
    def get(self, call: Call) -> Any:
        """Alarms that are not over, or those of one state, the newest first."""
        query = call.query
        page = selectors.alarm_page(call.actor, state=query.get("state"), cursor=query.get("cursor"), limit=query.get("limit"))
        return {"items": page.rows, "next": page.next_cursor}


class AlarmView(ApiView):
    """One alarm."""

    tag = "alarms"

    @operation(gives=AlarmRow, also=(304,))
    def get(self, call: Call, id: int) -> Any:
        """One alarm."""
        return selectors.alarm(call.actor, id)


class AcknowledgeView(ApiView):
    """An answer to an alarm."""

    tag = "alarms"

    @operation(gives=AlarmRow)
    def post(self, call: Call, id: int) -> Any:
        """Acknowledge an alarm; one whose cause is gone is over with it. Again changes nothing."""
        services.acknowledge_alarms(call.actor, alarm_ids=[id], now=call.now)
        return selectors.alarm(call.actor, id)


class ShelveView(ApiView):
    """An alarm put aside for a time."""

    tag = "alarms"

    @operation(takes=Shelve, gives=AlarmRow, refusals=(409,))
    def post(self, call: Call, id: int) -> Any:
        """Shelve an alarm for a minute to eight hours, with a reason; it comes back by itself if its cause still stands."""
        services.shelve_alarm(call.actor, alarm_id=id, **call.body, now=call.now)
        return selectors.alarm(call.actor, id)


class UnshelveView(ApiView):
    """An alarm taken off the shelf."""

    tag = "alarms"

    @operation(gives=AlarmRow, refusals=(409,))
    def post(self, call: Call, id: int) -> Any:
        """Take an alarm off the shelf before its time."""
        services.unshelve_alarm(call.actor, alarm_id=id, now=call.now)
        return selectors.alarm(call.actor, id)


class WelfareView(ApiView):
    """That a crew is well."""

    tag = "alarms"

    @operation(gives=WelfareRow, status=201, refusals=(409,))
    def post(self, call: Call, id: int) -> Any:
        """Note that the crew of an assignment on scene is well; the clock of the next check begins anew."""
        return services.confirm_welfare(call.actor, assignment_id=id, now=call.now)
