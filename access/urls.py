"""Addresses of the room."""

from django.urls import path

from access import views

pages = [
    path("profile/", views.profile, name="profile"),
    path("profile/language/", views.language, name="profile_language"),
    path("profile/break-glass/", views.break_glass, name="break_glass"),
    path("profile/give-back/<int:membership_id>/", views.give_back, name="give_back"),
    path("profile/revoke-token/", views.revoke_token, name="revoke_own_token"),
]

api: list[object] = []
