from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InsightConfig(AppConfig):
    name = "insight"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Insight")

    def ready(self) -> None:
        from insight import permissions  # noqa: F401  (registers actions)
