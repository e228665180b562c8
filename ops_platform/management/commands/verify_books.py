"""Proves the books, or tells what is wrong with them; the exit code is for the night's report."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from foundation.ledger import selectors as ledger
from foundation.people import services as people

FIRST, LAST = date(2000, 1, 1), date(2089, 12, 31)


class Command(BaseCommand):
    """Look through the books of every institution."""

    help = "Check debits against credits, balances against postings, journal against entries."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read the days; without them everything is looked at."""
        parser.add_argument("--from", dest="first", type=date.fromisoformat, default=FIRST)
        parser.add_argument("--to", dest="last", type=date.fromisoformat, default=LAST)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print each difference; leave with 1 if there is any."""
        with people.acting_as_system(reason="verify_books"):
            extent = ledger.extent(first=options["first"], last=options["last"])
            differences = ledger.differences(first=options["first"], last=options["last"])
        for difference in differences:
            self.stderr.write(f"{difference.kind}: {difference.subject} {difference.found}".strip())
        self.stdout.write(
            f"{extent.entries} entries, {extent.legs} legs, {extent.lines} journal lines,"
            f" {extent.accounts} accounts: {len(differences)} differences"
        )
        if differences:
            sys.exit(1)
