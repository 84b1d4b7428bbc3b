"""Radio: the talk groups the city's departments speak on."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class TalkGroup(models.Model):
    """A talk group of a trunked radio system, or a channel of a plain one. `number` is its address there, as printed on the radios."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80, blank=True)
    system = models.CharField(max_length=40, blank=True, help_text=_("The network it belongs to: PDT, TETRA, a frequency."))
    number = models.CharField(max_length=20, blank=True)
    department = models.ForeignKey("access.Department", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    is_shared = models.BooleanField(default=False, help_text=_("Radios of several departments have it."))
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("talk group")
        verbose_name_plural = _("talk groups")

    def __str__(self) -> str:
        return self.name
