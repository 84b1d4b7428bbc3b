"""Addresses of the room."""

from django.urls import path

from access import api as rest
from access import views
from access.exports import faces as exports
from access.glass import faces as glass
from access.glass import rest as broken
from access.rest import converters, documents  # noqa: F401  (registers <id:...> and <number:...>)
from access.sharing import faces as sharing
from access.sharing import rest as shares

pages = [
    path("profile/", views.profile, name="profile"),
    path("profile/language/", views.language, name="profile_language"),
    path("profile/layout/", views.layout, name="profile_layout"),
    path("profile/filters/", views.save_filter, name="filter_save"),
    path("profile/filters/<int:filter_id>/forget/", views.forget_filter, name="filter_forget"),
    path("profile/break-glass/", views.break_glass, name="break_glass"),
    path("profile/give-back/<int:membership_id>/", views.give_back, name="give_back"),
    path("exports/", exports.listing, name="exports"),
    path("exports/<uuid:export_key>/", exports.one, name="export"),
    path("exports/<uuid:export_key>/cancel/", exports.cancel, name="export_cancel"),
    path("exports/<uuid:export_key>/file/", exports.fetch, name="export_file"),
    path("shared/", sharing.listing, name="shared"),
    path("shared/receipts/<int:share_id>/", sharing.receipt, name="share_receipt"),
    path("shared/glass/", glass.listing, name="broken_glass"),
    path("shared/glass/<int:glass_id>/", glass.review, name="glass_review"),
    path("profile/revoke-token/", views.revoke_token, name="revoke_own_token"),
]

api = [
    path("schema/", documents.schema, name="schema"),
    path("docs/", documents.docs, name="docs"),
    path("me/", rest.MeView.as_view(), name="me"),
    path("tokens/", rest.TokensView.as_view(), name="tokens"),
    path("tokens/<slug:key>/revoke/", rest.RevokeTokenView.as_view(), name="token-revoke"),
    path("departments/", rest.DepartmentsView.as_view(), name="departments"),
    path("regions/", rest.RegionsView.as_view(), name="regions"),
    path("shares/", shares.SharesView.as_view(), name="shares"),
    path("broken-glass/", broken.BrokenGlassView.as_view(), name="broken-glass"),
    path("broken-glass/<id:id>/", broken.OneBrokenGlassView.as_view(), name="broken-glass-one"),
    path("broken-glass/<id:id>/review/", broken.ReviewGlassView.as_view(), name="broken-glass-review"),
    path("facts/", rest.FactsView.as_view(), name="facts"),
    path("journal/", rest.EntriesView.as_view(), name="journal"),
]
