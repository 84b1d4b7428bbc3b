"""People, departments, the tree of regions, memberships and tokens; and `Scoped`, what makes a thing belong to someone."""

import uuid
from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from knox.models import AbstractAuthToken, AuthTokenManager
from treebeard.mp_tree import MP_Node

from access.roles import LABELS, Role


class Department(models.Model):
    """A department of the city (fire brigade, water company, sub-district office)."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("department")
        verbose_name_plural = _("departments")

    def __str__(self) -> str:
        return self.name


class Region(MP_Node):
    """A region of the administrative tree; its polygon is WGS-84 (SRID 4326), longitude first."""

    class Level(models.TextChoices):
        PROVINCE = "PROVINCE", _("Province")
        CITY = "CITY", _("City")
        DISTRICT = "DISTRICT", _("District")
        STREET = "STREET", _("Sub-district")
        GRID = "GRID", _("Grid cell")

    node_order_by: ClassVar[list[str]] = []

    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    level = models.CharField(max_length=10, choices=Level.choices)
    geometry = models.MultiPolygonField(srid=4326, null=True, blank=True)
    is_approximate = models.BooleanField(default=False)
    source = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["path"]
        verbose_name = _("region")
        verbose_name_plural = _("regions")

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):  # type: ignore[django-manager-missing]
    """A person. `epoch` rises whenever what the person may do changes, so that open sockets notice."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("name"), max_length=80)
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="people")
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE)
    layouts = models.JSONField(default=dict, blank=True, help_text=_("Sizes of the parts of the screen, for each kind of desk."))
    epoch = models.PositiveIntegerField(default=1)

    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        ordering = ["username"]
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self, now: datetime) -> "MembershipQuerySet":
        """Those that have begun and not ended at `now`."""
        return self.filter(Q(until=None) | Q(until__gt=now), starts_at__lte=now)


class Membership(models.Model):
    """A role held in a department (None: any) and a region with all below it (None: any), until a time."""

    class Kind(models.TextChoices):
        NORMAL = "NORMAL", _("Normal")
        BREAK_GLASS = "BREAK_GLASS", _("Break-glass")

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=20, choices=[(role.value, LABELS[role]) for role in Role])
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.NORMAL)
    reason = models.CharField(max_length=300, blank=True)
    starts_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["user_id", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(role__in=[role.value for role in Role]), name="membership_role_exists"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gte=models.F("starts_at")), name="membership_ends_after_start"),
            models.CheckConstraint(condition=~Q(kind="BREAK_GLASS") | (Q(until__isnull=False) & ~Q(reason="")), name="break_glass_ends_and_says_why"),
        ]
        indexes = [models.Index(fields=["user", "role"], name="membership_user_role")]
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.department_id or '*'}:{self.region_id or '*'}"


class Token(AbstractAuthToken):
    """A token of a system or a tablet: only its hash is stored; it may be narrower than its person, never wider."""

    objects = AuthTokenManager()

    name = models.CharField(max_length=80)
    actions = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-created"]
        verbose_name = _("token")
        verbose_name_plural = _("tokens")

    def __str__(self) -> str:
        return self.name


class IdempotencyKey(models.Model):
    """What was answered to a request with this key, so that a retry is answered alike and done once."""

    actor = models.CharField(max_length=80)
    key = models.CharField(max_length=100)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.BinaryField(null=True)
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_created")]

    def __str__(self) -> str:
        return f"{self.actor} {self.key}"


class Scoped(models.Model):
    """A thing that belongs to a department and a region, and may be shown to more departments.

    `department_ids` holds every department that may see it, the responsible one among them.
    """

    view_action: ClassVar[str]

    department = models.ForeignKey("access.Department", on_delete=models.PROTECT, related_name="+")
    department_ids = ArrayField(models.BigIntegerField())
    region = models.ForeignKey("access.Region", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(department_ids__contains=models.Func(models.F("department_id"), template="ARRAY[%(expressions)s]")),
                name="%(class)s_department_sees_its_own",
            )
        ]
        indexes = [GinIndex(fields=["department_ids"], name="%(class)s_departments")]


class SavedFilter(models.Model):
    """A filter of a list that somebody keeps: the query part of its address. `department`: shared with everybody of it, None: one's own."""

    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="filters")
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    page = models.CharField(max_length=40)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=500)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["owner", "page", "name"], name="saved_filter_name_once")]
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")

    def __str__(self) -> str:
        return self.name


class Export(models.Model):
    """A list on its way out of the house as a file: asked for by somebody, made by a worker row by row, fetched by who asked, then deleted.

    `heard_at` is the worker's sign of life: one that is silent has died, and another takes it up from its beginning.
    """

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        GEOJSON = "geojson", "GeoJSON"
        PDF = "pdf", "PDF"

    class State(models.TextChoices):
        WAITING = "WAITING", _("Waiting")
        RUNNING = "RUNNING", pgettext_lazy("export", "Being made")
        DONE = "DONE", _("Ready")
        FAILED = "FAILED", _("Failed")
        CANCELLED = "CANCELLED", _("Cancelled")

    key = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="exports")
    kind = models.CharField(max_length=40)
    format = models.CharField(max_length=8, choices=Format.choices)
    query = models.CharField(max_length=500, blank=True)
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(default=0)
    says = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    is_unwanted = models.BooleanField(default=False)
    asked_at = models.DateTimeField()
    began_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=["WAITING", "RUNNING", "DONE", "FAILED", "CANCELLED"]), name="export_state_exists"),
            models.CheckConstraint(condition=Q(format__in=["csv", "geojson", "pdf"]), name="export_format_exists"),
        ]
        indexes = [models.Index(fields=["asked_at"], name="export_unfinished", condition=Q(state__in=["WAITING", "RUNNING"]))]
        verbose_name = _("export")
        verbose_name_plural = _("exports")

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    def is_finished(self) -> bool:
        """Whether nothing of it is made any more."""
        return self.state not in (self.State.WAITING, self.State.RUNNING)


class Share(models.Model):
    """A thing shown to people it does not belong to: to a department, a region or both, or to one person who broke the glass for it.

    `level` says how much of it they see. A share is ended, never changed: other terms are another share.
    """

    class Level(models.TextChoices):
        OUTLINE = "OUTLINE", pgettext_lazy("share", "Outline")
        SITUATION = "SITUATION", pgettext_lazy("share", "Situation")
        FULL = "FULL", pgettext_lazy("share", "All but the caller")

    class Ended(models.TextChoices):
        REVOKED = "REVOKED", pgettext_lazy("share", "Taken back")
        EXPIRED = "EXPIRED", pgettext_lazy("share", "Time over")
        REPLACED = "REPLACED", pgettext_lazy("share", "Shared on other terms")

    kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    department = models.ForeignKey(Department, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    region = models.ForeignKey(Region, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=10, choices=Level.choices)
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    shared_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended = models.CharField(max_length=8, choices=Ended.choices, blank=True)

    class Meta:
        ordering = ["-shared_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=True, department__isnull=False)
                | Q(person__isnull=True, region__isnull=False)
                | Q(person__isnull=False, department__isnull=True, region__isnull=True),
                name="share_is_with_somebody",
            ),
            models.CheckConstraint(condition=Q(until__gt=models.F("shared_at")), name="share_ends"),
            models.CheckConstraint(condition=Q(level__in=["OUTLINE", "SITUATION", "FULL"]), name="share_level_exists"),
            models.CheckConstraint(condition=Q(person=None) | ~Q(note=""), name="share_by_glass_says_why"),
            models.UniqueConstraint(
                fields=["kind", "subject_id", "department", "region", "person"],
                condition=Q(ended_at=None),
                nulls_distinct=False,
                name="share_once_with_each",
            ),
        ]
        indexes = [models.Index(fields=["until"], name="share_running", condition=Q(ended_at=None))]
        verbose_name = _("share")
        verbose_name_plural = _("shares")

    def __str__(self) -> str:
        return f"{self.subject} {self.department_id or '*'}:{self.region_id or '*'}"

    @property
    def subject(self) -> str:
        """What is shared, as the journal names it: "incident:42"."""
        return f"{self.kind}:{self.subject_id}"

    @property
    def is_glass(self) -> bool:
        """Whether somebody took it instead of being given it."""
        return self.person_id is not None

    def is_running(self, now: datetime) -> bool:
        """Whether it holds at a time."""
        return self.ended_at is None and self.until > now


class ShareLook(models.Model):
    """The receipt of a share: who of the other side has seen what was shared, when first and last, and how often."""

    share = models.ForeignKey(Share, on_delete=models.CASCADE, related_name="looks")
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["first_at", "id"]
        constraints = [models.UniqueConstraint(fields=["share", "person"], name="share_look_once")]

    def __str__(self) -> str:
        return f"{self.share_id} {self.person_id}"


class BrokenGlass(models.Model):
    """That somebody saw one thing (`share`) or took a role elsewhere (`membership`) by breaking the glass, and what was found of it afterwards."""

    class Finding(models.TextChoices):
        JUSTIFIED = "JUSTIFIED", pgettext_lazy("broken glass", "Justified")
        UNJUSTIFIED = "UNJUSTIFIED", pgettext_lazy("broken glass", "Not justified")

    share = models.OneToOneField(Share, null=True, blank=True, on_delete=models.PROTECT, related_name="glass")
    membership = models.OneToOneField(Membership, null=True, blank=True, on_delete=models.PROTECT, related_name="glass")
    broken_at = models.DateTimeField()
    finding = models.CharField(max_length=11, choices=Finding.choices, blank=True)
    words = models.CharField(max_length=500, blank=True)
    reviewed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-broken_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(share=None, membership__isnull=False) | Q(share__isnull=False, membership=None), name="glass_of_one"),
            models.CheckConstraint(
                condition=Q(finding="", words="", reviewed_by=None, reviewed_at=None)
                | (Q(finding__in=["JUSTIFIED", "UNJUSTIFIED"], reviewed_by__isnull=False, reviewed_at__isnull=False) & ~Q(words="")),
                name="glass_reviewed_in_words",
            ),
        ]
        indexes = [models.Index(fields=["-broken_at", "-id"], name="glass_newest")]

    def __str__(self) -> str:
        return f"{self.share_id or '-'} {self.membership_id or '-'}"
