"""Addresses of this room: pages for people, `api` for programs."""

from django.urls import path

from access.rest import converters  # noqa: F401  (registers <id:...>)
from alerts import api as rest
from alerts import paging_api as paging
from alerts import paging_views, views

pages = [
    path("alarms/", views.listing, name="alarms"),
    path("alarms/strip/", views.strip, name="alarm_strip"),
    path("alarms/acknowledge/", views.acknowledge, name="alarms_acknowledge"),
    path("alarms/together/", views.acknowledge_together, name="alarms_together"),
    path("alarms/welfare/<int:assignment_id>/", views.welfare, name="alarm_welfare"),
    path("alarms/pages/", paging_views.mine, name="pages"),
    path("alarms/pages/<int:page_id>/answer/", paging_views.answer, name="page_answer"),
    path("alarms/posts/<int:post_id>/call/", paging_views.call, name="post_call"),
    path("alarms/<int:alarm_id>/", views.one, name="alarm"),
    path("alarms/<int:alarm_id>/shelve/", views.shelve, name="alarm_shelve"),
    path("alarms/<int:alarm_id>/unshelve/", views.unshelve, name="alarm_unshelve"),
]
api = [
    path("alarms/", rest.AlarmsView.as_view(), name="alarms"),
    path("alarms/<id:id>/", rest.AlarmView.as_view(), name="alarm"),
    path("alarms/<id:id>/acknowledge/", rest.AcknowledgeView.as_view(), name="alarm-acknowledge"),
    path("alarms/<id:id>/shelve/", rest.ShelveView.as_view(), name="alarm-shelve"),
    path("alarms/<id:id>/unshelve/", rest.UnshelveView.as_view(), name="alarm-unshelve"),
    path("alarms/<id:id>/pages/", paging.PagesOfAlarmView.as_view(), name="alarm-pages"),
    path("pages/", paging.OwnPagesView.as_view(), name="pages"),
    path("pages/<id:id>/answer/", paging.AnswerPageView.as_view(), name="page-answer"),
    path("posts/<id:id>/call/", paging.CallPostView.as_view(), name="post-call"),
    path("assignments/<id:id>/welfare/", rest.WelfareView.as_view(), name="assignment-welfare"),
]
