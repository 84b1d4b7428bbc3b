from django.apps import AppConfig

from kit import starting


class CommandCenterConfig(AppConfig):
    name = "command_center"

    def ready(self) -> None:
        from command_center import late_orders, reference  # noqa: F401  (registers its page)

        late_orders.register()
        starting.done()  # every room is here: this one is the last
