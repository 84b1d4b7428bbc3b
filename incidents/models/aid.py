"""Mutual aid: who may be asked for help from outside, and what was asked, with the states of a resource request (EDXL-RM 1.0)."""

from datetime import datetime

from django.contrib.gis.db import models
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access.models import Department, Region, Scoped
from incidents import permissions
from incidents.models.cards import MOST_OF_A_KIND
from incidents.models.incidents import Incident
from kit.columns import one_of
from resources.models import Capability


class Neighbour(models.Model):
    """A neighbouring department or region that may be asked for help. With a department or region of this city its people answer themselves.

    `point` is where its help sets out from, WGS-84 (SRID 4326), longitude first.
    """

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    phone = models.CharField(max_length=40, blank=True)
    capabilities = models.ManyToManyField(Capability, blank=True, related_name="+")
    point = models.PointField(srid=4326)
    answer_minutes = models.PositiveSmallIntegerField(default=5, help_text=_("How long it may take to answer."))
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("neighbour")
        verbose_name_plural = _("neighbours")

    def __str__(self) -> str:
        return self.name


class AidState(models.TextChoices):
    """How far a request has come."""

    REQUESTED = "REQUESTED", _("Requested")
    COMMITTED = "COMMITTED", _("Committed")
    DECLINED = "DECLINED", _("Declined")
    EN_ROUTE = "EN_ROUTE", _("En route")
    ARRIVED = "ARRIVED", _("Arrived")
    RELEASED = "RELEASED", _("Released")
    RETURNED = "RETURNED", _("Back home")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")


AID_NEXT: dict[str, tuple[AidState, ...]] = {
    AidState.REQUESTED: (AidState.COMMITTED, AidState.DECLINED, AidState.WITHDRAWN),
    AidState.COMMITTED: (AidState.EN_ROUTE, AidState.ARRIVED, AidState.DECLINED, AidState.WITHDRAWN),
    AidState.EN_ROUTE: (AidState.ARRIVED, AidState.DECLINED, AidState.WITHDRAWN),
    AidState.ARRIVED: (AidState.RELEASED,),
    AidState.RELEASED: (AidState.RETURNED,),
}
AID_OPEN = (AidState.REQUESTED, AidState.COMMITTED, AidState.EN_ROUTE, AidState.ARRIVED, AidState.RELEASED)
AID_COMING = (AidState.COMMITTED, AidState.EN_ROUTE, AidState.ARRIVED)
AID_COLUMNS = {state: f"{state.value.lower()}_at" for state in AidState}


class AidRequestQuerySet(models.QuerySet["AidRequest"]):
    def open(self) -> "AidRequestQuerySet":
        """Those not yet over."""
        return self.filter(state__in=AID_OPEN)

    def locked(self, request_id: int) -> "AidRequest | None":
        """The request, locked; lock its incident first."""
        return self.select_for_update(of=("self",), no_key=True).select_related("neighbour", "capability").filter(pk=request_id).first()


class AidRequest(Scoped):
    """That a neighbour was asked for units. It says itself what and where, so that who is asked need not see the incident."""

    view_action = permissions.VIEW_AID

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="aid_requests")
    neighbour = models.ForeignKey(Neighbour, on_delete=models.PROTECT, related_name="+")
    capability = models.ForeignKey(Capability, on_delete=models.PROTECT, related_name="+")
    asked = models.PositiveSmallIntegerField(default=1, validators=[MinValueValidator(1), MaxValueValidator(MOST_OF_A_KIND)])
    committed = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=10, choices=AidState.choices, default=AidState.REQUESTED)
    what = models.CharField(max_length=200, help_text=_("The kind of incident, as the neighbour reads it."))
    address = models.CharField(max_length=200)
    point = models.PointField(srid=4326, null=True, blank=True)
    words = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=300, blank=True, help_text=_("Why declined or withdrawn, or what comes."))
    due_at = models.DateTimeField(help_text=_("By when an answer is expected."))
    eta_at = models.DateTimeField(null=True, blank=True)
    requested_by = models.CharField(max_length=80)
    answered_by = models.CharField(max_length=80, blank=True)
    requested_at = models.DateTimeField()
    committed_at = models.DateTimeField(null=True, blank=True)
    declined_at = models.DateTimeField(null=True, blank=True)
    en_route_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    version = models.IntegerField(default=1)

    objects = AidRequestQuerySet.as_manager()

    class Meta(Scoped.Meta):
        ordering = ["requested_at", "id"]
        constraints = [
            *Scoped.Meta.constraints,
            one_of("state", AidState.values, name="aid_state_exists"),
            models.CheckConstraint(condition=Q(asked__range=(1, MOST_OF_A_KIND)) & Q(committed__lte=F("asked")), name="aid_counts"),
            models.CheckConstraint(
                condition=~Q(state__in=["COMMITTED", "EN_ROUTE", "ARRIVED"]) | Q(committed__gte=1), name="aid_committed_something"
            ),
            models.UniqueConstraint(
                fields=["incident", "neighbour", "capability"], condition=Q(state__in=["REQUESTED", "COMMITTED", "EN_ROUTE"]), name="aid_asked_once"
            ),
        ]
        verbose_name = _("request for mutual aid")
        verbose_name_plural = _("requests for mutual aid")

    def __str__(self) -> str:
        return f"{self.asked} × {self.capability_id} · {self.neighbour_id}"

    def may_become(self, state: str) -> bool:
        """Whether this state may follow the present one."""
        return state in AID_NEXT.get(self.state, ())

    def is_overdue(self, now: datetime) -> bool:
        """Whether an answer was due and none came."""
        return self.state == AidState.REQUESTED and now > self.due_at
