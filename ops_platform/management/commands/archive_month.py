"""Takes the earliest month off the books, when a person says so."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone
from psycopg2.errors import LockNotAvailable

from foundation.kernel.errors import Refused
from foundation.ledger import services as ledger
from foundation.people import services as people

BUSY = "The books were not free within two seconds; nothing was archived, try again later."


class Command(BaseCommand):
    """Archive one month; it must be the earliest, and closed for good."""

    help = "Take the earliest month off the books: its tables stand aside, its sums are carried."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read the month, as 2025-11."""
        parser.add_argument("month", type=_month, help="the earliest month of the books, 2025-11")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Archive it and say how much it held; leave with 1 when it is refused."""
        try:
            with people.acting_as_system(reason="archive_month"):
                month = ledger.archive_month(
                    month=options["month"], at=timezone.now(), by="archive_month"
                )
        except Refused as refusal:
            raise CommandError(f"{refusal.shown(str)} {refusal.hinted(str)}") from refusal
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
            raise CommandError(BUSY) from error
        self.stdout.write(
            f"{month}: {month.lines} lines, {month.legs} legs; ledger_archive.journalline_"
            f"{month.month:%Y%m} and leg_{month.month:%Y%m}"
        )


def _month(text: str) -> date:
    return date.fromisoformat(f"{text}-01")
