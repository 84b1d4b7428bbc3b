"""What this room announces."""

from django.utils.translation import gettext_lazy as _

from journal.facts import Fact, fact


@fact("gis.regions_loaded", says=_("{actor} loaded regions"))
class RegionsLoaded(Fact):
    source: str
    added: int
    redrawn: int


@fact("gis.ground_replaced", says=_("{actor} replaced roads and places of the map"))
class GroundReplaced(Fact):
    source: str
    roads: int
    areas: int
    places: int


@fact("gis.basemap_built", says=_("{actor} built the basemap"))
class BasemapBuilt(Fact):
    version: str
    tiles: int
    size_bytes: int


@fact("gis.routes_built", says=_("{actor} built the network for travel by road"))
class RoutesBuilt(Fact):
    version: str
    source: str
    lonely: int
