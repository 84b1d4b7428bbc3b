from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "incidents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from access.sharing import kinds
        from incidents import attachments, exports, labels, permissions, seeing, webhook_channel  # noqa: F401  (registers names and actions)
        from incidents.services import showing

        labels.register()
        exports.register()
        attachments.register()
        kinds.register(seeing.KIND, showing.KEEPER)
