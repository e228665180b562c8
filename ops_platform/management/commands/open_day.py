"""Opens the business day of institutions: the first of an installation, or the next."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.kernel.errors import Refused
from foundation.ledger import services as ledger
from foundation.people import selectors as people
from foundation.people import services as people_services
from foundation.people.models import Institution


class Command(BaseCommand):
    """Open a day for posting, on the trail of each institution."""

    help = "Open the business day of institutions; without numbers, of every one that is there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read which institutions, which day, and who has it opened."""
        parser.add_argument("numbers", nargs="*", help="numbers of institutions (default: all)")
        parser.add_argument(
            "--on", type=date.fromisoformat, help="the business date (default: today)"
        )
        parser.add_argument("--by", default="", help="number of the member of staff who asks")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Open the day at all of them, or at none; the same again changes nothing."""
        on, at = options["on"] or timezone.localdate(), timezone.now()
        by = _asking(options["by"])
        with people_services.acting_as_system(reason="open_day"):
            places = _places(options["numbers"])
            for place in places:
                try:
                    ledger.open_day(institution_id=place.pk, on=on, at=at, by=by)
                except Refused as refusal:
                    raise CommandError(f"{place.number} {place.name}: {refusal}") from refusal
        self.stdout.write(f"{on} is open at {len(places)} institutions")


def _asking(number: str) -> str:
    if not number:
        return "system command"
    staff = people.staff_by_number(number=number)
    if staff is None:
        raise CommandError("Nobody has this number.")
    return staff.label


def _places(numbers: Sequence[str]) -> Sequence[Institution]:
    rows = people.institutions_in_scope()
    found = tuple(rows.filter(number__in=numbers) if numbers else rows)
    missing = set(numbers) - {place.number for place in found}
    if missing:
        raise CommandError(f"There is no institution {', '.join(sorted(missing))}.")
    if not found:
        raise CommandError("There is no institution yet: open one under System, Institutions.")
    return found
