"""Questions about places: which region a point lies in."""

from access.models import Region
from kit.geo import Position


def region_at(position: Position) -> Region | None:
    """The deepest region that contains a WGS-84 position, None outside all of them."""
    point = position.as_point()
    return Region.objects.filter(geometry__contains=point).defer("geometry").order_by("-depth", "id").first()
