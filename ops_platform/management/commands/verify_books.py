"""Proves books and trail, or tells what is wrong; the exit code is for the night's report."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from foundation.people import services as people
from ops_platform import verifying


class Command(BaseCommand):
    """Look through the books and the trail of every institution."""

    help = "Check debits against credits, balances, the journal, and the trail's seals and anchor."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read the days; without them everything is looked at."""
        parser.add_argument(
            "--from", dest="first", type=date.fromisoformat, default=verifying.FIRST
        )
        parser.add_argument("--to", dest="last", type=date.fromisoformat, default=verifying.LAST)

        parser.add_argument(
            "--since-last", dest="since", action="store_true",
            help="only what was posted since the last sound look, as each hour",
        )  # fmt: skip

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print each difference; leave with 1 if there is any."""
        if options["since"]:
            found = verifying.look_since()
        else:
            found = verifying.look(first=options["first"], last=options["last"])
        with people.acting_as_system(reason="verify_books"):
            verifying.keep(found, ended_at=timezone.now())
        for difference in found.differences:
            self.stderr.write(f"{difference.kind}: {difference.subject} {difference.found}".strip())
        for broken in found.breaks:
            where = f"institution {broken.institution_id} seal {broken.seq}"
            self.stderr.write(f"trail {broken.kind}: {where}")
        for lost in found.lost:
            self.stderr.write(f"work {lost.kind}: {lost.subject}")
        extent = found.extent
        self.stdout.write(
            f"{extent.entries} entries, {extent.legs} legs, {extent.lines} journal lines,"
            f" {extent.accounts} accounts: {len(found.differences) + len(found.lost)} differences;"
            f" trail: {len(found.breaks)} breaks"
        )
        if not found.sound:
            sys.exit(1)
