from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "incidents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from incidents import attachments, exports, labels, permissions, webhook_channel  # noqa: F401  (registers names and actions)

        labels.register()
        exports.register()
        attachments.register()
