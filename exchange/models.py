"""Tables of this room: where callers' phones said they are, for as long as a call may need it."""

from django.contrib.gis.db import models
from django.db.models import Q

from exchange.caller_location.located import LABELS


class CallerLocation(models.Model):
    """One message of a network or phone. Of the caller there is only a keyed hash of the number; IMEI, IMSI and the like are never here."""

    caller = models.CharField(max_length=64)
    message = models.CharField(max_length=64)
    point = models.PointField(srid=4326, spatial_index=False)
    told_radius_m = models.FloatField(null=True)
    confidence = models.FloatField(null=True)
    radius_m = models.FloatField(null=True)
    method = models.CharField(max_length=8, choices=[(method.value, label) for method, label in LABELS.items()])
    at = models.DateTimeField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["caller", "message"], name="exchange_caller_message_once"),
            models.CheckConstraint(condition=Q(radius_m__gte=0) | Q(radius_m=None), name="exchange_caller_radius"),
        )
        indexes = (
            models.Index(fields=["caller", "-at", "-id"], name="exchange_caller_newest"),
            models.Index(fields=["received_at"], name="exchange_caller_received"),
        )

    def __str__(self) -> str:
        return f"{self.method} {self.at:%H:%M:%S}"
