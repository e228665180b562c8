"""Gives another system of the bank a token by which it acts as one member of staff."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.kernel.errors import Refused
from foundation.people import selectors, services


class Command(BaseCommand):
    """Issue a token, or end all of a person's."""

    help = "Print a new token of the API for a member of staff; it is shown this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read whose token it is, what for and for how long."""
        parser.add_argument("number", help="staff number")
        parser.add_argument("--purpose", default="", help="which system, and what for")
        parser.add_argument("--days", type=int, default=90)
        parser.add_argument("--revoke", action="store_true", help="end every token of the person")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Issue or revoke, on the trail."""
        staff = selectors.staff_by_number(number=options["number"])
        if staff is None:
            raise CommandError("Nobody has this number.")
        by, at = "system command", timezone.now()
        with services.acting_as_system(reason="issue_token"):
            if options["revoke"]:
                ended = services.revoke_tokens(staff=staff, by=by, at=at)
                self.stdout.write(f"{ended} tokens ended")
                return
            try:
                token = services.issue_token(
                    staff=staff, purpose=options["purpose"], days=options["days"], by=by, at=at
                )
            except Refused as refusal:
                raise CommandError(str(refusal)) from refusal
        self.stdout.write(token)
