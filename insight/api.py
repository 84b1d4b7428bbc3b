"""Hand-overs for programs: written by who leaves, read and signed by who comes."""

from typing import Any

from django.urls import reverse

from access import policy
from access.rest.views import Answer, ApiView, Call, operation
from insight import handing_over, permissions, services, shapes


class WatchReportsView(ApiView):
    """Hand-overs."""

    tag = "duty"

    @operation(gives=shapes.WatchReportPage, query=shapes.ReportsWanted, is_private=True)
    def get(self, call: Call) -> Any:
        """The hand-overs that you may read, the newest first."""
        policy.require(call.actor, permissions.VIEW_REPORTS, None)
        found = handing_over.report_page(call.actor, cursor=call.query.get("cursor"), limit=call.query.get("limit"))
        return {"items": found.rows, "next": found.next_cursor}

    @operation(takes=shapes.WriteReport, gives=shapes.WatchReport, status=201, refusals=(409,), is_private=True)
    def post(self, call: Call) -> Any:
        """Write down what your watch hands over, as it is now; an unsigned one of the same duty is withdrawn by that."""
        report = services.write_report(call.actor, **call.body, now=call.now)
        return Answer(report, location=reverse("api:watch-report", args=[report.pk]))


class WatchReportView(ApiView):
    """One hand-over."""

    tag = "duty"

    @operation(gives=shapes.WatchReport, is_private=True)
    def get(self, call: Call, id: int) -> Any:
        """One hand-over as it was written."""
        policy.require(call.actor, permissions.VIEW_REPORTS, None)
        return handing_over.report(call.actor, id)


class SignReportView(ApiView):
    """A signature."""

    tag = "duty"

    @operation(gives=shapes.WatchReportRow, refusals=(409,), is_private=True)
    def post(self, call: Call, id: int) -> Any:
        """You come next at the post and have read it: from now on the post is yours, and who wrote it is off duty."""
        return services.sign_report(call.actor, report_id=id, now=call.now)
