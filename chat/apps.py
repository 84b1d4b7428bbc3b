from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    name = "chat"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Chat")

    def ready(self) -> None:
        from access import scopes
        from chat import carried, labels, membership, permissions  # noqa: F401  (registers names and actions)

        labels.register()
        carried.register()
        scopes.register(membership.scopes_of)
