from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AlertsConfig(AppConfig):
    name = "alerts"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Alarms")

    def ready(self) -> None:
        from alerts import labels, permissions  # noqa: F401  (registers names and actions)

        labels.register()
