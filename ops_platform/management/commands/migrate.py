"""Django's own command, in a part of its time (ops_platform/migrating.py)."""

from __future__ import annotations

from typing import Any

from django.core.management.commands import migrate

from ops_platform.migrating import one_model_at_a_time


class Command(migrate.Command):
    """Bring the tables to the state of the code."""

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate as Django does."""
        with one_model_at_a_time():
            super().handle(*args, **options)
