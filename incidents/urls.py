"""Addresses of the room: pages for people, `api` for programs."""

from django.urls import path

from incidents.api.routes import api
from incidents.views import assignments, commands, duplicates, files, grouping, intake, reading, recommending, tasks

pages = [
    path("incidents/", reading.listing, name="incidents"),
    path("incidents/export.csv", reading.export, name="incidents_export"),
    path("incidents/new/", commands.new, name="incident_new"),
    path("incidents/new/same/", duplicates.offered, name="incident_candidates"),
    path("incidents/suggest-type/", intake.suggest_type, name="incident_suggest_type"),
    path("incidents/questions/", intake.questions, name="incident_questions"),
    path("incidents/suggest-level/", intake.suggest_level, name="incident_suggest_level"),
    path("incidents/<str:number>/", reading.page, name="incident"),
    path("incidents/<str:number>/panel/", reading.panel, name="incident_panel"),
    path("incidents/<str:number>/body/", reading.body, name="incident_body"),
    path("incidents/<str:number>/timeline/", reading.timeline, name="incident_timeline"),
    path("incidents/<str:number>/triage/", commands.triage, name="incident_triage"),
    path("incidents/<str:number>/callers/", commands.callers, name="incident_callers"),
    path("incidents/<str:number>/dispatch/", recommending.recommend, name="incident_dispatch"),
    path("incidents/<str:number>/send/", commands.dispatch, name="incident_send"),
    path("incidents/<str:number>/alarm/", recommending.strike, name="incident_strike"),
    path("incidents/<str:number>/alarm/withdraw/", recommending.withdraw, name="incident_withdraw_alarm"),
    path("incidents/<str:number>/status/", commands.change_status, name="incident_status"),
    path("incidents/<str:number>/note/", commands.note, name="incident_note"),
    path("incidents/<str:number>/notes/<int:note_id>/strike/", commands.strike_note, name="note_strike"),
    path("incidents/<str:number>/edit/", commands.edit, name="incident_edit"),
    path("incidents/<str:number>/task/", commands.task, name="incident_task"),
    path("incidents/<str:number>/merge/", grouping.merge, name="incident_merge"),
    path("incidents/<str:number>/near/", grouping.near, name="incident_near"),
    path("incidents/<str:number>/unmerge/", grouping.unmerge, name="incident_unmerge"),
    path("incidents/<str:number>/calls/", duplicates.attach, name="incident_attach_call"),
    path("incidents/<str:number>/reports/<int:report_id>/split/", duplicates.split, name="report_split"),
    path("incidents/<str:number>/unlink/", grouping.unlink, name="incident_unlink"),
    path("incidents/<str:number>/close/", commands.close, name="incident_close"),
    path("incidents/<str:number>/files/", files.attach, name="incident_attach"),
    path("attachments/<int:attachment_id>/", files.show, name="attachment"),
    path("tasks/<int:task_id>/", tasks.steps, name="task"),
    path("tasks/<int:task_id>/advance/", tasks.advance, name="task_advance"),
    path("assignments/recall/", assignments.recall, name="assignments_recall"),
    path("assignments/<int:assignment_id>/", assignments.steps, name="assignment"),
    path("assignments/<int:assignment_id>/advance/", assignments.advance, name="assignment_advance"),
    path("assignments/<int:assignment_id>/decline/", assignments.decline, name="assignment_decline"),
]

__all__ = ["api", "pages"]
