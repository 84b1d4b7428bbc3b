"""How one would first take positions: a DRF view, a model serializer, the permission looked up, one row each. The baseline on daphne."""

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "command_center.settings")

import django

django.setup()

from django.core.asgi import get_asgi_application  # noqa: E402
from django.shortcuts import get_object_or_404  # noqa: E402
from django.test.utils import override_settings  # noqa: E402
from django.urls import path  # noqa: E402
from rest_framework import serializers  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from access import policy  # noqa: E402
from resources import permissions  # noqa: E402
from resources.models import TrackPoint, Unit, UnitPosition  # noqa: E402


class PositionSerializer(serializers.Serializer[Any]):
    """One fix."""

    unit = serializers.IntegerField()
    lon = serializers.FloatField(min_value=-180, max_value=180)
    lat = serializers.FloatField(min_value=-90, max_value=90)
    at = serializers.DateTimeField()
    heading = serializers.IntegerField()
    speed = serializers.FloatField()
    accuracy = serializers.FloatField()


class Positions(APIView):
    """One POST, one fix: latest and history by the ORM."""

    def post(self, request: Any) -> Response:
        serializer = PositionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        fix = dict(serializer.validated_data)
        unit = get_object_or_404(Unit, pk=fix.pop("unit"))
        policy.require(request.actor, permissions.REPORT_POSITION, unit)
        fix["received_at"] = fix["at"]
        UnitPosition.objects.update_or_create(unit=unit, defaults={**fix, "interval_seconds": 30})
        TrackPoint(unit_id=unit.pk, **fix).save(force_insert=True)
        return Response(serializer.data, status=201)


urlpatterns = [path("positions/", Positions.as_view())]

override_settings(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["127.0.0.1"]).enable()
application = get_asgi_application()
