"""Addresses of this room."""

from django.urls import path

from alerts import views

pages = [
    path("alarms/", views.listing, name="alarms"),
    path("alarms/strip/", views.strip, name="alarm_strip"),
    path("alarms/acknowledge/", views.acknowledge, name="alarms_acknowledge"),
    path("alarms/welfare/<int:assignment_id>/", views.welfare, name="alarm_welfare"),
    path("alarms/<int:alarm_id>/", views.one, name="alarm"),
    path("alarms/<int:alarm_id>/shelve/", views.shelve, name="alarm_shelve"),
    path("alarms/<int:alarm_id>/unshelve/", views.unshelve, name="alarm_unshelve"),
]
api: list[object] = []
