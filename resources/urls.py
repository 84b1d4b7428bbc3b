"""Addresses of this room."""

from django.urls import path

from access.rest import converters  # noqa: F401  (registers <id:...>)
from resources import api as rest
from resources import duty_api as duty
from resources import duty_views
from resources import positions_api as positions
from resources.sharing import faces as sharing
from resources.sharing import rest as shared

pages: list[object] = [
    path("areas/", sharing.listing, name="areas"),
    path("areas/shown.json", sharing.on_map, name="areas_on_map"),
    path("areas/<int:area_id>/", sharing.page, name="area"),
    path("areas/<int:area_id>/body/", sharing.body, name="area_body"),
    path("areas/<int:area_id>/share/", sharing.share, name="area_share"),
    path("osmand", positions.osmand_report, name="osmand-bare"),
    path("osmand/", positions.osmand_report, name="osmand"),
    path("duty/roster/", duty_views.roster, name="roster"),
    path("duty/roster/import/", duty_views.take_in, name="roster_import"),
    path("duty/roster/leave/", duty_views.leave, name="roster_leave"),
    path("duty/roster/leave/<int:leave_id>/cancel/", duty_views.cancel_leave, name="roster_cancel_leave"),
    path("duty/roster/posts/<int:post_id>/", duty_views.put, name="roster_put"),
    path("duty/roster/<int:duty_id>/", duty_views.one, name="roster_duty"),
    path("duty/roster/<int:duty_id>/stand-in/", duty_views.stand_in, name="roster_stand_in"),
    path("duty/roster/<int:duty_id>/swap/", duty_views.swap, name="roster_swap"),
    path("duty/roster/<int:duty_id>/cancel/", duty_views.cancel, name="roster_cancel"),
]

api = [
    path("units/", rest.UnitsView.as_view(), name="units"),
    path("units/<id:id>/", rest.UnitView.as_view(), name="unit"),
    path("units/<id:id>/status/", rest.UnitStatusView.as_view(), name="unit-status"),
    path("units/<id:id>/end-distress/", rest.EndDistressView.as_view(), name="unit-end-distress"),
    path("units/<id:id>/devices/", rest.UnitDevicesView.as_view(), name="unit-devices"),
    path("position-devices/<id:id>/revoke/", rest.RevokeDeviceView.as_view(), name="revoke-device"),
    path("areas/", rest.AreasView.as_view(), name="areas"),
    path("areas/shared/", shared.ShownAreasView.as_view(), name="areas-shared"),
    path("areas/<id:id>/shares/", shared.AreaSharesView.as_view(), name="area-shares"),
    path("areas/<id:id>/retire/", rest.RetireAreaView.as_view(), name="retire-area"),
    path("units/positions/", positions.LatestPositionsView.as_view(), name="latest-positions"),
    path("units/<id:id>/position/", positions.UnitPositionView.as_view(), name="unit-position"),
    path("units/<id:id>/track/", positions.TrackView.as_view(), name="unit-track"),
    path("positions/", positions.PositionsView.as_view(), name="positions"),
    path("stations/", rest.StationsView.as_view(), name="stations"),
    path("unit-types/", rest.UnitTypesView.as_view(), name="unit-types"),
    path("capabilities/", rest.CapabilitiesView.as_view(), name="capabilities"),
    path("local-statuses/", rest.LocalStatusesView.as_view(), name="local-statuses"),
    path("posts/", duty.PostsView.as_view(), name="posts"),
    path("shifts/", duty.ShiftsView.as_view(), name="shifts"),
    path("roster/", duty.RosterView.as_view(), name="roster-lines"),
    path("duties/", duty.DutiesView.as_view(), name="duties"),
    path("duties/now/", duty.DutyNowView.as_view(), name="duty-now"),
    path("duties/gaps/", duty.GapsView.as_view(), name="duty-gaps"),
    path("duties/<id:id>/", duty.DutyView.as_view(), name="duty"),
    path("duties/<id:id>/cancel/", duty.CancelDutyView.as_view(), name="duty-cancel"),
    path("duties/<id:id>/stand-ins/", duty.StandInsView.as_view(), name="duty-stand-ins"),
    path("duties/<id:id>/exchange/", duty.ExchangeView.as_view(), name="duty-exchange"),
    path("leaves/", duty.LeavesView.as_view(), name="leaves"),
    path("leaves/<id:id>/cancel/", duty.CancelLeaveView.as_view(), name="leave-cancel"),
]
