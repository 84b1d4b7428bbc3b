"""Addresses of the room's REST face."""

from django.urls import path

from access.rest import converters  # noqa: F401  (registers <id:...> and <number:...>)
from incidents.api import aid, assignments, intake, keeping, reading, reports, verbs, work

api = [
    path("reports/", reports.ReportsView.as_view(), name="reports"),
    path("incidents/", reading.IncidentsView.as_view(), name="incidents"),
    path("incidents/<number:number>/", reading.IncidentView.as_view(), name="incident"),
    path("incidents/<number:number>/callers/", reports.CallersView.as_view(), name="incident-callers"),
    path("incidents/<number:number>/confidential/", reports.ConfidentialView.as_view(), name="incident-confidential"),
    path("incidents/<number:number>/timeline/", reading.TimelineView.as_view(), name="incident-timeline"),
    path("incidents/<number:number>/recommendation/", reading.RecommendationView.as_view(), name="incident-recommendation"),
    *(path(f"incidents/<number:number>/{name}/", view.as_view(), name=f"incident-{name}") for name, view in verbs.VIEWS.items()),
    path("incidents/<number:number>/assignments/", assignments.AssignmentsView.as_view(), name="incident-assignments"),
    path("incidents/<number:number>/assignments/stacked/", assignments.StackedView.as_view(), name="incident-stacked"),
    path("assignments/<id:id>/", assignments.AssignmentView.as_view(), name="assignment"),
    path("assignments/<id:id>/advance/", assignments.AdvanceView.as_view(), name="assignment-advance"),
    path("assignments/<id:id>/decline/", assignments.DeclineView.as_view(), name="assignment-decline"),
    path("assignments/<id:id>/cancel/", assignments.CancelView.as_view(), name="assignment-cancel"),
    path("units/<id:id>/key/", assignments.CrewKeyView.as_view(), name="unit-key"),
    path("incidents/<number:number>/aid/", aid.IncidentAidView.as_view(), name="incident-aid"),
    path("aid-requests/", aid.AidRequestsView.as_view(), name="aid-requests"),
    path("aid-requests/<id:id>/", aid.AidRequestView.as_view(), name="aid-request"),
    path("aid-requests/<id:id>/advance/", aid.AdvanceAidView.as_view(), name="aid-request-advance"),
    path("run-cards/", aid.RunCardsView.as_view(), name="run-cards"),
    path("incidents/<number:number>/tasks/", work.TasksView.as_view(), name="incident-tasks"),
    path("tasks/<id:id>/advance/", work.AdvanceTaskView.as_view(), name="task-advance"),
    path("incidents/<number:number>/notes/", work.NotesView.as_view(), name="incident-notes"),
    path("notes/<id:id>/strike/", work.StrikeNoteView.as_view(), name="note-strike"),
    path("incidents/<number:number>/attachments/", work.AttachmentsView.as_view(), name="incident-attachments"),
    path("attachments/<id:id>/", work.AttachmentView.as_view(), name="attachment"),
    path("incident-types/", reading.IncidentTypesView.as_view(), name="incident-types"),
    path("reports/candidates/", intake.CandidatesView.as_view(), name="report-candidates"),
    path("incidents/<number:number>/reports/", intake.IncidentReportsView.as_view(), name="incident-reports"),
    path("incident-types/<slug:slug>/questions/", intake.QuestionsView.as_view(), name="incident-type-questions"),
    path("incident-types/suggest/", intake.SuggestTypeView.as_view(), name="incident-types-suggest"),
    path("plans/", keeping.PlansView.as_view(), name="plans"),
    path("incidents/<number:number>/plans/", keeping.IncidentPlansView.as_view(), name="incident-plans"),
    path("plan-activations/<id:id>/stand-down/", keeping.StandDownView.as_view(), name="plan-stand-down"),
    path("mode/", keeping.ModeView.as_view(), name="mode"),
    path("mode/effects/", keeping.ModeEffectsView.as_view(), name="mode-effects"),
    path("mode/<id:id>/hand-back/", keeping.HandBackView.as_view(), name="mode-hand-back"),
    path("mode/<id:id>/end/", keeping.EndModeView.as_view(), name="mode-end"),
    path("reporter-messages/receipts/", reports.ReceiptsView.as_view(), name="reporter-receipts"),
    path("dispositions/", reading.DispositionsView.as_view(), name="dispositions"),
]
