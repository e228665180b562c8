"""Registers the assembly with Django: loads last, connects the centres."""

from django.apps import AppConfig


class OpsPlatformConfig(AppConfig):
    name = "ops_platform"
    label = "ops_platform"

    def ready(self) -> None:
        """Connect who listens to whom."""
        from ops_platform import frame, keyboard, menu, metrics, naming, wiring

        wiring.connect()
        metrics.connect()
        menu.connect()
        frame.connect()
        naming.connect()
        keyboard.connect()
