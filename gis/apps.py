from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class GisConfig(AppConfig):
    """The room is called gis; its label is not, because GeoDjango's own application holds that one."""

    name = "gis"
    label = "city_gis"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Map")

    def ready(self) -> None:
        from gis import checks, labels, permissions, place_tiles  # noqa: F401  (registers checks, names, actions and the layer of places)

        labels.register()
