"""Which radio talk group is used at which incident."""

from django.db import models
from django.db.models import Q

from incidents.models.incidents import Incident
from resources.models import TalkGroup


class TalkGroupUseQuerySet(models.QuerySet["TalkGroupUse"]):
    def open(self) -> "TalkGroupUseQuerySet":
        """Those in use now."""
        return self.filter(freed_at=None)


class TalkGroupUse(models.Model):
    """A talk group given to an incident, until it is freed. Several incidents may share one; who gives it is told."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="talk_groups")
    group = models.ForeignKey(TalkGroup, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    given_by = models.CharField(max_length=80)
    freed_at = models.DateTimeField(null=True, blank=True)

    objects = TalkGroupUseQuerySet.as_manager()

    class Meta:
        ordering = ["given_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["incident", "group"], condition=Q(freed_at=None), name="talk_group_once_an_incident"),
            models.CheckConstraint(condition=Q(freed_at=None) | Q(freed_at__gte=models.F("given_at")), name="talk_group_freed_after_given"),
        ]
        indexes = [models.Index(fields=["group"], condition=Q(freed_at=None), name="talk_group_in_use")]

    def __str__(self) -> str:
        return f"{self.group} · {self.incident}"
