"""The report: what one caller, citizen, sensor, post or partner said. It is never changed."""

from django.contrib.gis.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from incidents.models.incidents import Incident

PHONE_DIGITS = 11


def phone_key(column: str = "caller_phone") -> Right:
    """The last eleven digits of a number, however it was written: what two calls of one number share."""
    digits = Func(F(column), Value("[^0-9]"), Value(""), Value("g"), function="regexp_replace", output_field=models.TextField())
    return Right(digits, PHONE_DIGITS)


class Report(models.Model):
    """What was said, by whom, about where: the caller's words for the place, the chosen point and the geocoder's answer stay apart.

    `incident` is where it counts now, `first_incident` where it arrived: a merge moves the first, never the second.
    Words and caller of a confidential one are shown by `services.see_confidential` and nothing else. `language`: the reporter's, if known.
    """

    class Source(models.TextChoices):
        PHONE = "PHONE", _("Phone call")
        CITIZEN = "CITIZEN", _("Citizen online")
        PATROL = "PATROL", _("Patrol or grid worker")
        SENSOR = "SENSOR", _("Sensor")
        CAMERA = "CAMERA", _("Camera")
        POST = "POST", _("Social post")
        PARTNER = "PARTNER", _("Partner system")
        CAD = "CAD", _("Imported call")

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="reports")
    first_incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=10, choices=Source.choices)
    words = models.TextField(blank=True, max_length=5000)
    place_words = models.CharField(max_length=200, blank=True)
    point = models.PointField(srid=4326, null=True, blank=True)
    geocoder_answer = models.JSONField(default=dict, blank=True)
    answers = models.JSONField(default=dict, blank=True, db_default={})
    caller_name = models.CharField(max_length=80, blank=True)
    caller_phone = models.CharField(max_length=40, blank=True)
    is_confidential = models.BooleanField(default=False, db_default=False)
    is_at_place = models.BooleanField(default=False, db_default=False)
    language = models.CharField(max_length=8, blank=True, db_default="")
    received_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    taken_by = models.CharField(max_length=80, blank=True)
    external_id = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["received_at", "id"]
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], condition=~Q(external_id=""), name="report_external_id_once")]
        indexes = [models.Index(phone_key(), F("received_at").desc(), condition=~Q(caller_phone=""), name="report_caller_digits")]
        verbose_name = _("report")
        verbose_name_plural = _("reports")

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.received_at:%H:%M}"
