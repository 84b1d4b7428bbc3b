"""Addresses of this room."""

from django.urls import path

from exchange import api as rest
from exchange import phone_api, views

pages = [
    path("caller-location/", views.look_up, name="caller_location"),
    path("phone-calls/", views.phone_calls, name="phone_calls"),
    path("phone-calls/ringing/", views.ringing, name="phone_calls_ringing"),
    path("phone-calls/of/<uuid:call_key>/", views.of_form, name="phone_call_of_form"),
    path("phone-calls/<int:call_id>/claim/", views.claim, name="phone_call_claim"),
    path("phone-calls/<int:call_id>/release/", views.release, name="phone_call_release"),
    path("phone-calls/<int:call_id>/call-back/", views.call_back, name="phone_call_back"),
    path("phone-calls/<int:call_id>/settle/", views.settle, name="phone_call_settle"),
    path("phone-calls/<int:call_id>/unsettle/", views.unsettle, name="phone_call_unsettle"),
    path("phone-calls/<int:call_id>/share-number/", views.share_number, name="phone_number_share"),
    path("phone-calls/shared-numbers/<int:shared_id>/end/", views.unshare_number, name="phone_number_unshare"),
]

api = [
    path("caller-locations/", rest.CallerLocationsView.as_view(), name="caller-locations"),
    path("phone-calls/events/", phone_api.PhoneCallEventsView.as_view(), name="phone-call-events"),
]
