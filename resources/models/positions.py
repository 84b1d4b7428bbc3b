"""Where units are and were: the latest position, the track, the units that may be sent, the devices that report, and areas.

Three tables, because they are written differently. Latest: one row a unit, overwritten in place (HOT: no index but the key). Track:
appended by COPY only, partitioned by day, no key. Dispatchable units: the only one with a spatial index, touched at most once a second
for each unit and only when it moved. The rest of what the tables need stands in the migrations, in SQL.
"""

from datetime import datetime

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.models import Scoped
from resources import permissions
from resources.models.units import Unit

LOST_AFTER_INTERVALS = 3


class UnitPosition(models.Model):
    """The newest fix of a unit: degrees WGS-84, heading in degrees from north, speed in m/s, accuracy in metres.

    `interval_seconds` is how often the unit reports, learned from its fixes; `previous_at` is the time of the fix before.
    """

    unit = models.OneToOneField(Unit, primary_key=True, on_delete=models.CASCADE, related_name="last_position")
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    previous_at = models.DateTimeField(null=True)
    lon = models.FloatField()
    lat = models.FloatField()
    heading = models.SmallIntegerField(null=True)
    speed = models.FloatField(null=True)
    accuracy = models.FloatField(null=True)
    interval_seconds = models.FloatField()
    lost_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("position")
        verbose_name_plural = _("positions")

    def __str__(self) -> str:
        return f"{self.unit_id} {self.lon:.5f} {self.lat:.5f}"

    def age_seconds(self, now: datetime) -> float:
        """How long ago the unit was there."""
        return max(0.0, (now - self.at).total_seconds())


class TrackPoint(models.Model):
    """One fix in the history of a unit. The table is partitioned by day and has no key; `at` serves Django as one."""

    unit_id = models.BigIntegerField()
    at = models.DateTimeField(primary_key=True)
    received_at = models.DateTimeField()
    lon = models.FloatField()
    lat = models.FloatField()
    heading = models.SmallIntegerField(null=True)
    speed = models.FloatField(null=True)
    accuracy = models.FloatField(null=True)

    class Meta:
        managed = False
        db_table = "resources_track"

    def __str__(self) -> str:
        return f"{self.unit_id} {self.at:%Y-%m-%d %H:%M:%S}"


class DispatchableUnit(models.Model):
    """Where a unit would start from, for finding the nearest: its last fix, else its station. Kept by triggers and by the fixes."""

    unit = models.OneToOneField(Unit, primary_key=True, on_delete=models.CASCADE, related_name="dispatchable")
    is_dispatchable = models.BooleanField()
    has_fix = models.BooleanField(default=False)
    point = models.PointField(geography=True, srid=4326, null=True, spatial_index=False)
    capability_ids = ArrayField(models.BigIntegerField())
    department_ids = ArrayField(models.BigIntegerField())
    refreshed_at = models.DateTimeField()

    class Meta:
        indexes = [GistIndex(fields=["point"], condition=Q(is_dispatchable=True), name="dispatchable_point")]
        verbose_name = _("dispatchable unit")
        verbose_name_plural = _("dispatchable units")

    def __str__(self) -> str:
        return str(self.unit_id)


class PositionDevice(models.Model):
    """A tracker or phone that reports for a unit. Its key is stored as a digest only.

    `needs_key` False trusts the identifier alone: for trackers that can send nothing else, and only where the network is closed.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="devices")
    identifier = models.CharField(max_length=80)
    key_digest = models.CharField(max_length=64, unique=True)
    needs_key = models.BooleanField(default=True)
    registered_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["identifier", "id"]
        constraints = [models.UniqueConstraint(fields=["identifier"], condition=Q(revoked_at=None), name="position_device_once")]
        verbose_name = _("position device")
        verbose_name_plural = _("position devices")

    def __str__(self) -> str:
        return self.identifier


class Geofence(Scoped):
    """An area whose borders are watched: a unit that enters or leaves it is a fact. `area` is WGS-84 (SRID 4326), longitude first."""

    view_action = permissions.VIEW

    name = models.CharField(max_length=120)
    area = models.MultiPolygonField(srid=4326, spatial_index=False)
    drawn_at = models.DateTimeField()
    is_active = models.BooleanField(default=True)

    class Meta(Scoped.Meta):
        ordering = ["name", "id"]
        indexes = [*Scoped.Meta.indexes, GistIndex(fields=["area"], condition=Q(is_active=True), name="geofence_area")]
        verbose_name = _("watched area")
        verbose_name_plural = _("watched areas")

    def __str__(self) -> str:
        return self.name


class GeofencePresence(models.Model):
    """That a unit is inside an area, since its fix of a time."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+", db_index=False)
    geofence = models.ForeignKey(Geofence, on_delete=models.CASCADE, related_name="presences")
    since = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "geofence"], name="geofence_presence_once")]

    def __str__(self) -> str:
        return f"{self.unit_id} in {self.geofence_id}"
