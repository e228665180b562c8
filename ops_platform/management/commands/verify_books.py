"""Proves books and trail, or tells what is wrong; the exit code is for the night's report."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from foundation.ledger import selectors as ledger
from foundation.people import services as people
from foundation.trail import gateways
from foundation.trail import selectors as trail

FIRST, LAST = date(2000, 1, 1), date(2089, 12, 31)


class Command(BaseCommand):
    """Look through the books and the trail of every institution."""

    help = "Check debits against credits, balances, the journal, and the trail's seals and anchor."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read the days; without them everything is looked at."""
        parser.add_argument("--from", dest="first", type=date.fromisoformat, default=FIRST)
        parser.add_argument("--to", dest="last", type=date.fromisoformat, default=LAST)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print each difference; leave with 1 if there is any."""
        with people.acting_as_system(reason="verify_books"):
            extent = ledger.extent(first=options["first"], last=options["last"])
            differences = ledger.differences(first=options["first"], last=options["last"])
            breaks = trail.broken_seals(anchored=gateways.anchor().read())
        for difference in differences:
            self.stderr.write(f"{difference.kind}: {difference.subject} {difference.found}".strip())
        for broken in breaks:
            where = f"institution {broken.institution_id} seal {broken.seq}"
            self.stderr.write(f"trail {broken.kind}: {where}")
        self.stdout.write(
            f"{extent.entries} entries, {extent.legs} legs, {extent.lines} journal lines,"
            f" {extent.accounts} accounts: {len(differences)} differences;"
            f" trail: {len(breaks)} breaks"
        )
        if differences or breaks:
            sys.exit(1)
