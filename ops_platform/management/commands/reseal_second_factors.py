"""Seals every secret with the present key, so that an old one can go."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from foundation.hooks import services as hooks
from foundation.people import services


class Command(BaseCommand):
    """Seal every secret anew that an older key sealed."""

    help = "After a new key was put first among OPS_TOTP_KEYS: seal every secret with it."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Seal, and say how many."""
        count = services.reseal_second_factors() + hooks.reseal()
        self.stdout.write(f"{count} secrets sealed with the present key; the other keys may go")
