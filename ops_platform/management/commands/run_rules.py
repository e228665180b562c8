"""Runs the monitoring rules over a business day, as the night's job does."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.kernel.errors import Refused
from foundation.people import services as people
from monitoring.services import runs


class Command(BaseCommand):
    """Run every rule in force and in the shadow over one day; again changes nothing."""

    help = "Run the monitoring rules over a business day, yesterday where none is named."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read the day, as 2026-11-23."""
        parser.add_argument("--date", type=date.fromisoformat, help="the business day, 2026-11-23")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run them and say what came of it; leave with 1 when the day is refused."""
        on = options["date"] or timezone.localdate() - timedelta(days=1)
        try:
            with people.acting_as_system(reason="run_rules"):
                run = runs.run_day(on=on, at=timezone.now())
        except Refused as refusal:
            raise CommandError(f"{refusal.shown(str)} {refusal.hinted(str)}") from refusal
        seconds = (run.ended_at - run.started_at).total_seconds()
        self.stdout.write(
            f"{run.day}: {run.rules} rules, {run.lines} lines, {run.hits} hits, {run.cut} left out,"
            f" {run.raised} alerts, {seconds:.1f} s"
        )
