"""Addresses of this room."""

from django.urls import path

from exchange import api as rest
from exchange import views

pages = [path("caller-location/", views.look_up, name="caller_location")]

api = [path("caller-locations/", rest.CallerLocationsView.as_view(), name="caller-locations")]
