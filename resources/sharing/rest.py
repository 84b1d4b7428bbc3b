"""REST of shared areas: what is shown to us, and with whom ours are shared."""

from typing import Any

from rest_framework import serializers

from access.rest.fields import At
from access.rest.shapes import ReferenceRow
from access.rest.views import ApiView, Call, operation
from access.sharing import verbs
from access.sharing.rest import ThingSharesView
from gis.shapes import AreaField
from resources.sharing import shown
from resources.sharing.keeping import KIND
from resources.sharing.shown import ShownArea

Rows = serializers.Serializer[Any]


class UnitInArea(Rows):
    """A unit that is in an area."""

    unit = serializers.CharField()
    since = At()


class ShownAreaRow(Rows):
    """A watched area as its level shows it."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    department = ReferenceRow()
    region = ReferenceRow(allow_null=True)
    area = AreaField(help_text="Its border, or the rectangle around it where the border is not shown.")
    has_border = serializers.BooleanField()
    drawn_at = At(allow_null=True)
    units = UnitInArea(many=True, allow_null=True, help_text="Of its own departments, now; null when they are not shown.")
    level = serializers.CharField()
    until = At()
    shared_by = serializers.CharField()
    note = serializers.CharField()


class AreaSharesView(ThingSharesView):
    """With whom an area is shared."""

    kind = KIND


class ShownAreasView(ApiView):
    """Areas that others show to us."""

    tag = "sharing"

    @operation(gives=ShownAreaRow, many=True, is_private=True)
    def get(self, call: Call) -> Any:
        """The areas shown to you now, each as its level shows it. Looking is told to their owners."""
        found = shown.shown_to(call.actor)
        for each in found:
            if each.seen is not None:
                verbs.note_look(call.actor, share_id=each.seen.share.pk, is_refresh=True, now=call.now)
        return [_row(each) for each in found]


def _row(found: ShownArea) -> dict[str, Any]:
    area, seen = found.area, found.seen
    return {
        "id": area.pk,
        "name": area.name,
        "department": area.department,
        "region": area.region,
        "area": found.shape,
        "has_border": found.has_border,
        "drawn_at": area.drawn_at if found.has_border else None,
        "units": [{"unit": each.unit.code, "since": each.since} for each in found.units] if found.units is not None else None,
        "level": seen.level if seen is not None else "",
        "until": seen.share.until if seen is not None else None,
        "shared_by": str(seen.share.by) if seen is not None else "",
        "note": seen.share.note if seen is not None else "",
    }
