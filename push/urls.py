"""Addresses of this room."""

from django.urls import path

from push import api as rest
from push import views

pages = [path("push/", views.given_up, name="push_given_up")]

api = [
    path("field/push/", rest.PushView.as_view(), name="field-push"),
    path("field/push/<uuid:push_key>/", rest.PushEndView.as_view(), name="field-push-end"),
]
