"""Addresses of this room."""

from django.urls import path

from access.rest import converters  # noqa: F401  (registers <id:...>)
from insight import api as rest
from insight import duty_views, views

pages = [
    path("analytics/intervals/", views.page, name="intervals"),
    path("analytics/intervals/export.csv", views.export, name="intervals_export"),
    path("duty/", duty_views.page, name="duty"),
    path("duty/hand-over/", duty_views.hand_over, name="hand_over"),
    path("duty/reports/", duty_views.listing, name="watch_reports"),
    path("duty/reports/<int:report_id>/", duty_views.report, name="watch_report"),
    path("duty/reports/<int:report_id>/sign/", duty_views.sign, name="watch_report_sign"),
    path("duty/reports/<int:report_id>/export.csv", duty_views.export, name="watch_report_export"),
]
api = [
    path("watch-reports/", rest.WatchReportsView.as_view(), name="watch-reports"),
    path("watch-reports/<id:id>/", rest.WatchReportView.as_view(), name="watch-report"),
    path("watch-reports/<id:id>/sign/", rest.SignReportView.as_view(), name="watch-report-sign"),
]
