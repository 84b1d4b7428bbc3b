"""The ground: roads, areas, the gazetteer, and counts of points for far-out tiles. All geometry is WGS-84 (SRID 4326), longitude first."""

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db.models import Q
from django.db.models.functions import Lower, Reverse
from django.utils.translation import gettext_lazy as _


class Layer(models.Model):
    """A layer of the map and its version: a number that rises whenever something in it changes, so that caches know."""

    name = models.CharField(primary_key=True, max_length=40)
    version = models.PositiveBigIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "gis_layer"
        verbose_name = _("layer")
        verbose_name_plural = _("layers")

    def __str__(self) -> str:
        return f"{self.name} {self.version}"


class Named(models.Model):
    """A thing with a name that was given by a source; (source, code) tells it apart for ever."""

    source = models.CharField(max_length=40)
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=160, blank=True)
    name_en = models.CharField(max_length=200, blank=True)
    rank = models.PositiveSmallIntegerField(default=5, help_text=_("1 is most important, 5 least"))

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(fields=["source", "code"], name="%(class)s_once_per_source"),
            models.CheckConstraint(condition=Q(rank__gte=1, rank__lte=5), name="%(class)s_rank"),
        ]

    def __str__(self) -> str:
        return self.name or self.code


class Road(Named):
    """A named road with its whole line."""

    class Kind(models.TextChoices):
        EXPRESSWAY = "EXPRESSWAY", _("Expressway")
        RING = "RING", _("Ring road")
        MAIN = "MAIN", _("Main road")
        STREET = "STREET", _("Street")
        LANE = "LANE", _("Lane")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    ref = models.CharField(max_length=20, blank=True, help_text=_("Its number in the network, as on signs: G6"))
    pinyin = models.CharField(max_length=240, blank=True)
    initials = models.CharField(max_length=60, blank=True)
    line = models.MultiLineStringField(srid=4326)

    class Meta(Named.Meta):
        db_table = "gis_road"
        verbose_name = _("road")
        verbose_name_plural = _("roads")
        indexes = [
            models.Index(OpClass("name", "text_pattern_ops"), name="road_name"),
            models.Index(OpClass(Lower("name_en"), "text_pattern_ops"), name="road_name_en"),
            models.Index(Lower("ref"), name="road_ref"),
            models.Index(OpClass("initials", "text_pattern_ops"), name="road_initials"),
            models.Index(OpClass("pinyin", "text_pattern_ops"), name="road_pinyin"),
        ]


class Area(Named):
    """Water, green and built-up ground, for the basemap."""

    class Kind(models.TextChoices):
        LAKE = "LAKE", _("Lake")
        RESERVOIR = "RESERVOIR", _("Reservoir")
        RIVER = "RIVER", _("River")
        PARK = "PARK", _("Park")
        FOREST = "FOREST", _("Forest")
        URBAN = "URBAN", _("Built-up area")
        HILLS = "HILLS", _("Hills")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    shape = models.MultiPolygonField(srid=4326)

    class Meta(Named.Meta):
        db_table = "gis_area"
        verbose_name = _("area")
        verbose_name_plural = _("areas")


class Place(Named):
    """A line of the gazetteer: an address, a road, a region, a point of interest, or a numbered thing in the street.

    `search` is everything a person may type for it, folded; `grams` are its pairs of Chinese characters, because trigrams cannot find two.
    `plate` is the number of a lamp post, hydrant or manhole, folded to letters and digits; `stake_m` the metres of its road at a stake.
    """

    class Kind(models.TextChoices):
        CITY = "CITY", _("City")
        DISTRICT = "DISTRICT", _("District")
        SUBDISTRICT = "SUBDISTRICT", _("Sub-district")
        ROAD = "ROAD", _("Road")
        HOUSE = "HOUSE", _("House number")
        WATER = "WATER", _("Water")
        PARK = "PARK", _("Park")
        HOSPITAL = "HOSPITAL", _("Hospital")
        SCHOOL = "SCHOOL", _("School")
        STATION = "STATION", _("Station")
        METRO = "METRO", _("Metro station")
        MARKET = "MARKET", _("Market")
        OFFICE = "OFFICE", _("Office building")
        HOTEL = "HOTEL", _("Hotel")
        MALL = "MALL", _("Shopping centre")
        FACTORY = "FACTORY", _("Factory")
        COMMUNITY = "COMMUNITY", _("Residential area")
        SQUARE = "SQUARE", _("Square")
        LAMP_POST = "LAMP_POST", _("Lamp post")
        HYDRANT = "HYDRANT", _("Hydrant")
        MANHOLE = "MANHOLE", _("Manhole")
        STAKE = "STAKE", _("Stake of a road")
        OTHER = "OTHER", _("Other")

    kind = models.CharField(max_length=12, choices=Kind.choices)
    pinyin = models.CharField(max_length=240, blank=True)
    initials = models.CharField(max_length=60, blank=True)
    number = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=240, blank=True)
    road = models.ForeignKey(Road, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    region = models.ForeignKey("access.Region", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False)
    point = models.PointField(srid=4326)
    plate = models.CharField(max_length=20, blank=True)
    stake_m = models.PositiveIntegerField(null=True, blank=True)
    search = models.TextField()
    grams = ArrayField(models.CharField(max_length=2), default=list)

    class Meta(Named.Meta):
        db_table = "gis_place"
        verbose_name = _("place")
        verbose_name_plural = _("places")
        indexes = [
            models.Index(OpClass("name", "text_pattern_ops"), "rank", name="place_name"),
            models.Index(OpClass(Lower("name_en"), "text_pattern_ops"), "rank", name="place_name_en"),
            models.Index(OpClass("initials", "text_pattern_ops"), "rank", name="place_initials"),
            models.Index(OpClass("pinyin", "text_pattern_ops"), "rank", name="place_pinyin"),
            GinIndex(OpClass("search", "gin_trgm_ops"), name="place_search"),
            GinIndex(fields=["grams"], name="place_grams"),
            models.Index(OpClass("plate", "text_pattern_ops"), condition=~Q(plate=""), name="place_plate"),
            models.Index(OpClass(Reverse("plate"), "text_pattern_ops"), condition=~Q(plate=""), name="place_plate_end"),
            GinIndex(OpClass("plate", "gin_trgm_ops"), condition=~Q(plate=""), name="place_plate_inside"),
            models.Index(fields=["road", "stake_m"], condition=Q(stake_m__isnull=False), name="place_stake"),
        ]


class PlaceCount(models.Model):
    """How many places of a kind lie in one cell of a tile: what far-out tiles show. Eight cells to a tile's side."""

    zoom = models.PositiveSmallIntegerField()
    x = models.PositiveIntegerField()
    y = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=Place.Kind.choices)
    count = models.PositiveIntegerField()
    point = models.PointField(srid=3857, spatial_index=False)

    class Meta:
        db_table = "gis_placecount"
        verbose_name = _("count of places")
        verbose_name_plural = _("counts of places")
        indexes = [models.Index(fields=["zoom", "x", "y"], name="placecount_tile")]

    def __str__(self) -> str:
        return f"{self.zoom}/{self.x}/{self.y} {self.kind}: {self.count}"
