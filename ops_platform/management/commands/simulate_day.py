"""Simulates a branch day on the seeded demo bank."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.kernel.calendar import local
from foundation.people.models import Institution
from ops_platform.demo import days, house, seed, truth
from ops_platform.demo.cases import Size, TooSmall


class Command(BaseCommand):
    """Simulate one branch day."""

    help = "Simulate a reproducible branch day up to an hour; the demo bank must be seeded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read the size of the day."""
        parser.add_argument("--outlets", type=int, default=house.OUTLETS_MAX)
        parser.add_argument("--transactions", type=int, default=200)
        parser.add_argument("--images", type=int, default=40, help="transactions with a voucher")
        parser.add_argument("--waiting", type=int, default=0, help="items left in the queue")
        parser.add_argument("--seed", type=int, default=2)
        parser.add_argument("--until", type=time.fromisoformat, help="hour, such as 14:30")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Simulate, or refuse a bank that is not the demo's."""
        if not settings.OPS_DEMO:
            raise CommandError("OPS_DEMO is off: this installation is not for demos")
        if not Institution.objects.filter(number=house.BRANCH_NUMBER).exists():
            raise CommandError("there is no demo bank yet; run seed_demo first")
        until = local(timezone.now())
        if options["until"]:
            until = min(until, datetime.combine(until.date(), options["until"], until.tzinfo))
        if options["seed"] in truth.seeds(settings.OPS_VAR, on=until.date()):
            raise CommandError("this seed was played today already; give another --seed")
        try:
            played = seed.one_more_day(
                folder=settings.OPS_VAR,
                outlet_count=options["outlets"],
                size=Size(options["transactions"], options["images"], options["waiting"]),
                seed_number=options["seed"],
                hours=days.hours_of(until.date(), until=until),
                say=self.stdout.write,
            )
        except TooSmall as small:
            raise CommandError(f"{small}, such as --images 8") from small
        self.stdout.write(f"{played.on}: {len(played.planted)} planted cases in the truth file")
