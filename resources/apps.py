from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "resources"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from access.sharing import kinds
        from resources import labels, permissions  # noqa: F401  (registers names and actions)
        from resources.sharing import keeping

        labels.register()
        kinds.register(keeping.KIND, keeping.KEEPER)
