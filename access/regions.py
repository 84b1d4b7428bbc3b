"""The lineage of a region, kept in the process: a region's place in the tree is never changed, so this cannot go stale."""

from dataclasses import dataclass
from functools import lru_cache

from access.models import Region


@dataclass(frozen=True, slots=True)
class Lineage:
    """A region's path in the tree and the ids from the root down to itself."""

    path: str
    ids: tuple[int, ...]


NOWHERE = Lineage("", ())


@lru_cache(maxsize=8192)
def _lineage(region_id: int) -> Lineage:
    region = Region.objects.only("path", "depth").get(pk=region_id)
    step = Region.steplen
    prefixes = [region.path[: step * depth] for depth in range(1, region.depth + 1)]
    ids = Region.objects.filter(path__in=prefixes).order_by("depth").values_list("id", flat=True)
    return Lineage(region.path, tuple(ids))


def lineage(region_id: int | None) -> Lineage:
    """Where a region stands in the tree; no region stands nowhere."""
    return NOWHERE if region_id is None else _lineage(region_id)


def below(path: str) -> list[int]:
    """The ids of the region with this path and of all below it."""
    return list(Region.objects.filter(path__startswith=path).order_by().values_list("pk", flat=True))
