"""Addresses of the operations screen."""

from django.urls import path

from command_center import unit_views, views

pages = [
    path("ops/", views.ops, name="ops"),
    path("ops/rows", views.rows, name="ops_rows"),
    path("ops/tally", views.tally, name="ops_tally"),
    path("ops/table", views.table, name="ops_table"),
    path("ops/places", views.places, name="places"),
    path("units/", views.units, name="units"),
    path("units/<int:unit_id>/", unit_views.unit, name="unit"),
    path("units/<int:unit_id>/press/", unit_views.press, name="unit_press"),
    path("units/<int:unit_id>/end-distress/", unit_views.end_distress, name="unit_end_distress"),
]
