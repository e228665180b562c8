"""Fills an empty database with a believable demo bank and two of its days."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.people.models import Institution
from ops_platform.demo import house, seed
from ops_platform.demo.cases import Size

# Outlets, transactions of today, their vouchers as images, items left in the queue.
SIZES = {"full": (house.OUTLETS_MAX, 240, 50, 10), "small": (6, 60, 16, 3)}


class Command(BaseCommand):
    """Seed the demo bank."""

    help = "Fill an empty database with the demo bank: institutions, staff, accounts, two days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read the size of the bank and of its days."""
        outlets, transactions, images, waiting = SIZES[settings.OPS_DEMO_SIZE]
        parser.add_argument("--outlets", type=int, default=outlets)
        parser.add_argument("--transactions", type=int, default=transactions, help="of today")
        parser.add_argument("--images", type=int, default=images, help="vouchers of today")
        parser.add_argument("--waiting", type=int, default=waiting, help="items left in the queue")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Seed, or refuse a database that is not empty."""
        if not settings.OPS_DEMO:
            raise CommandError("OPS_DEMO is off: this installation is not for demos")
        if Institution.objects.exists():
            raise CommandError("the database is not empty; `bin/run --fresh` begins anew")
        started = timezone.now()
        seed.seed(
            folder=settings.OPS_VAR,
            outlet_count=options["outlets"],
            today=Size(options["transactions"], options["images"], options["waiting"]),
            seed_number=options["seed"],
            now=started,
            say=self.stdout.write,
        )
        seconds = (timezone.now() - started) // timedelta(seconds=1)
        self.stdout.write(f"done in {seconds} s")
