"""Addresses of this room."""

from django.urls import path

from exchange import api as rest

api = [path("caller-locations/", rest.CallerLocationsView.as_view(), name="caller-locations")]
