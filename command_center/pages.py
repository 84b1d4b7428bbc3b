"""Addresses of the operations screen and the settings."""

from django.urls import path

from command_center import (
    alarm_views,
    coverage_views,
    finding_views,
    plan_views,
    rehearsal_views,
    run_card_views,
    settings_views,
    unit_views,
    views,
    wall_views,
)
from command_center.field import views as field_views
from command_center.field.api import api as field_api

api = [*field_api]

pages = [
    path("ops/", views.ops, name="ops"),
    path("ops/rows", views.rows, name="ops_rows"),
    path("ops/tally", views.tally, name="ops_tally"),
    path("ops/table", views.table, name="ops_table"),
    path("ops/places", views.places, name="places"),
    path("ops/coverage", coverage_views.coverage, name="ops_coverage"),
    path("field/", field_views.page, name="field_page"),
    path("field/worker.js", field_views.worker, name="field_worker"),
    path("field/manifest.webmanifest", field_views.manifest, name="field_manifest"),
    path("field/session", field_views.session, name="field_session"),
    path("wall/", wall_views.wall, name="wall"),
    path("keys/", wall_views.sheet, name="keys_sheet"),
    path("find/", finding_views.find, name="find"),
    path("go/<str:handle>/", finding_views.go, name="go"),
    path("units/", views.units, name="units"),
    path("units/<int:unit_id>/", unit_views.unit, name="unit"),
    path("units/<int:unit_id>/press/", unit_views.press, name="unit_press"),
    path("units/<int:unit_id>/end-distress/", unit_views.end_distress, name="unit_end_distress"),
    path("settings/", settings_views.home, name="settings"),
    path("settings/people/", settings_views.people, name="settings_people"),
    path("settings/people/new/", settings_views.add_person, name="settings_person_new"),
    path("settings/people/<int:pk>/", settings_views.person, name="settings_person"),
    path("settings/people/<int:pk>/deactivate/", settings_views.deactivate, name="settings_deactivate"),
    path("settings/memberships/<int:membership_id>/end/", settings_views.end_membership, name="settings_end_membership"),
    path("settings/alarm-rules/rehearse/", alarm_views.rehearse, name="settings_rehearse_alarm"),
    path("settings/type-rules/rehearse/", rehearsal_views.rehearse, name="settings_rehearse"),
    path("settings/run-cards/", run_card_views.listing, name="settings_run_cards"),
    path("settings/run-cards/<slug:code>/<int:alarm>/", run_card_views.edit, name="settings_run_card"),
    path("settings/plans/", plan_views.listing, name="settings_plans"),
    path("settings/plans/<slug:code>/<slug:level>/", plan_views.edit, name="settings_plan"),
    path("settings/<slug:slug>/", settings_views.listing, name="settings_list"),
    path("settings/<slug:slug>/new/", settings_views.edit, name="settings_new"),
    path("settings/<slug:slug>/<int:pk>/", settings_views.edit, name="settings_edit"),
]
