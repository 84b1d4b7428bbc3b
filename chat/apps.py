from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChatConfig(AppConfig):
    name = "chat"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Chat")

    def ready(self) -> None:
        from access import scopes
        from access.sharing import kinds
        from chat import carried, labels, membership, permissions  # noqa: F401  (registers names and actions)
        from chat.sharing import files, keeping

        labels.register()
        files.register()
        carried.register()
        scopes.register(membership.scopes_of)
        kinds.register(keeping.KIND, keeping.KEEPER)
