"""Sets an outlet's day of vouchers beside its journal, and tells what stays alone."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.people import services as people
from monitoring.rules import settling as rules
from monitoring.selectors import settling as selected
from monitoring.services import settling


class Command(BaseCommand):
    """Match one outlet's day now, as the job does when its batches are read."""

    help = "Set the vouchers of an outlet's day beside its journal lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read the outlet's number and the day."""
        parser.add_argument("--outlet", required=True, metavar="NUMBER")
        parser.add_argument("--date", required=True, type=date.fromisoformat, metavar="YYYY-MM-DD")
        parser.add_argument("--json", action="store_true", help="one JSON object for programs")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print how many pairs were found and how the day stands; refuse an unknown outlet."""
        with people.acting_as_system(reason="match_day"):
            outlet = selected.outlet(number=options["outlet"])
            if outlet is None:
                refusal = rules.NoSuchOutlet(number=options["outlet"])
                raise CommandError(f"{refusal.code} {refusal}")
            ran = settling.match_day(
                institution_id=outlet.pk, business_date=options["date"], at=timezone.now()
            )
            differing = selected.differing(institution_id=outlet.pk, on=options["date"])
            told = {
                "outlet": outlet.number, "date": str(options["date"]), **asdict(ran),
                "differing": differing,
            }  # fmt: skip
        if options["json"]:
            self.stdout.write(json.dumps(told))
            return
        self.stdout.write(
            f"{outlet.number} {told['date']}: {ran.paired} pairs found, {ran.unsettled} not"
            f" settled, {ran.image_missing} lines without voucher,"
            f" {ran.journal_missing} vouchers without line"
        )
