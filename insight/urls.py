"""Addresses of this room."""

from django.urls import path

from insight import views

pages = [
    path("analytics/intervals/", views.page, name="intervals"),
    path("analytics/intervals/export.csv", views.export, name="intervals_export"),
]
api: list[object] = []
