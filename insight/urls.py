"""Addresses of this room."""

from django.urls import path

from insight import duty_views, views

pages = [
    path("analytics/intervals/", views.page, name="intervals"),
    path("analytics/intervals/export.csv", views.export, name="intervals_export"),
    path("duty/", duty_views.page, name="duty"),
]
api: list[object] = []
