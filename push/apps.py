from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PushConfig(AppConfig):
    name = "push"
    verbose_name = _("Messages to closed tablets")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from push import labels, permissions  # noqa: F401  (registers actions)

        labels.register()
