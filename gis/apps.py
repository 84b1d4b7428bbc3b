from django.apps import AppConfig


class GisConfig(AppConfig):
    """The room is called gis; its label is not, because GeoDjango's own application holds that one."""

    name = "gis"
    label = "city_gis"
    default_auto_field = "django.db.models.BigAutoField"
