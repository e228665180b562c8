"""Fills an empty database with a believable demo bank."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.people import services as people
from foundation.people.models import Institution
from ops_platform.demo import house, seed


class Command(BaseCommand):
    """Seed the demo bank."""

    help = "Fill an empty database with the demo bank: institutions, staff, accounts, two days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read the size of the bank."""
        parser.add_argument("--outlets", type=int, default=house.OUTLETS_MAX)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Seed, or refuse a database that is not empty."""
        if not settings.OPS_DEMO:
            raise CommandError("OPS_DEMO is off: this installation is not for demos")
        if Institution.objects.exists():
            raise CommandError("the database is not empty")
        now = timezone.now()
        on = timezone.localdate(now) - timedelta(days=400)
        secret = seed.password()
        with people.acting_as_system(reason="seed_demo"):
            places = seed.open_places(options["outlets"])
            staff = seed.enlist(
                places=places, outlet_count=options["outlets"], secret=secret, on=on, at=now
            )
            seed.set_policies(staff=staff, on=on, at=now)
        path = settings.OPS_VAR / "demo_sign_ins.txt"
        seed.write_sign_ins(path, secret=secret, outlet_count=options["outlets"])
        self.stdout.write(f"{len(places)} institutions, {len(staff)} staff; sign-ins in {path}")
