from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "access"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from access import labels, permissions, reference  # noqa: F401  (registers names and actions)
        from access.rest import reference as api_reference  # noqa: F401  (registers a page of the reference)

        labels.register()
