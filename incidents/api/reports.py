"""Reports come in here."""

from typing import Any

from django.urls import reverse

from access.rest.views import Answer, ApiView, Call, operation
from incidents import selectors, services
from incidents.shapes import intake, reading, writing


class ReportsView(ApiView):
    """Reports."""

    tag = "reports"

    @operation(takes=writing.TakeReport, gives=reading.ReportReceipt, status=201, also=(200,))
    def post(self, call: Call) -> Any:
        """Take a report: it opens an incident, or with `incident` is added to that one. 200 for one that was known already."""
        report, number = call.body["report"], call.body["number"]
        if number is None:
            opened = services.report_incident(call.actor, report=report, now=call.now)
            row = selectors.first_report(opened.pk)
        else:
            row = services.attach_report(call.actor, incident_id=selectors.id_of(call.actor, number), report=report, now=call.now)
        is_new = row.recorded_at == call.now
        receipt = {
            "report_id": row.pk,
            "incident_id": row.incident_id,
            "number": row.incident.number,
            "is_new_incident": is_new and number is None,
        }
        return Answer(receipt, status=201 if is_new else 200, location=reverse("api:incident", args=[row.incident.number]))


class ConfidentialView(ApiView):
    """What was told in confidence."""

    tag = "reports"

    @operation(gives=reading.ConfidentialRow, many=True, is_private=True)
    def get(self, call: Call, number: str) -> Any:
        """What was told in confidence, and by whom; every look is recorded in the incident's timeline."""
        return services.see_confidential(call.actor, incident_id=selectors.id_of(call.actor, number), now=call.now)


class ReceiptsView(ApiView):
    """Receipts of messages to reporters."""

    tag = "reports"

    @operation(takes=intake.Receipt, gives=intake.ReceiptRow)
    def post(self, call: Call) -> Any:
        """Say what became of a message that a channel took. Said twice, it changes nothing."""
        return services.note_receipt(call.actor, **call.body, now=call.now)


class CallersView(ApiView):
    """Who called."""

    tag = "reports"

    @operation(gives=reading.CallerRow, many=True, is_private=True)
    def get(self, call: Call, number: str) -> Any:
        """Names and numbers of those who called; every look is recorded in the incident's timeline."""
        return services.see_caller(call.actor, incident_id=selectors.id_of(call.actor, number), now=call.now)
