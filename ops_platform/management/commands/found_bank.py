"""Makes the first institution of an empty installation, its head office, and its administrators."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone, translation

from foundation.kernel.errors import Refused
from foundation.people import services
from foundation.people.roles import ROLES
from foundation.people.rules import Founder

# Two security administrators, because one proposes a role and another decides.
OPTIONS = (
    ("sysadmin", "sysadmin"),
    ("secadmin", "secadmin"),
    ("secadmin2", "secadmin"),
    ("auditadmin", "auditadmin"),
)


class Command(BaseCommand):
    """Found the bank, on the trail; what is not given as an option is asked for."""

    help = (
        "Open the head office (总行) of an empty installation and its system, security (two) and"
        " audit administrators; print their first passwords, this once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read what may be told at once, each as number and name."""
        told = [("head", "head office"), *((option, ROLES[role].name) for option, role in OPTIONS)]
        for option, who in told:
            parser.add_argument(f"--{option}", nargs=2, metavar=("NUMBER", "NAME"), help=who)

    def handle(self, *_args: Any, **options: Any) -> None:
        """Found the bank, or leave everything as it is and say why."""
        number, name = options["head"] or _asked("Head office")
        founders = [
            Founder(role, *(options[option] or _asked(ROLES[role].name)))
            for option, role in OPTIONS
        ]
        try:
            with translation.override("zh-hans"):
                passwords = services.found_bank(
                    number=number, name=name, founders=founders, by="system command",
                    at=timezone.now(),
                )  # fmt: skip
        except Refused as refusal:
            raise CommandError(f"{refusal.code} {refusal}") from refusal
        self.stdout.write(f"{number} {name} is founded. First passwords, told this once:\n\n")
        for one in founders:
            self.stdout.write(f"{one.number}\t{one.name}\t{one.role}\t{passwords[one.number]}\n")
        self.stdout.write("\nEach must be changed at the first sign-in.\n")


def _asked(who: str) -> list[str]:
    if not sys.stdin.isatty():
        raise CommandError(f"{who}: number and name are missing; see --help.")
    return [input(f"{who}, number: ").strip(), input(f"{who}, name: ").strip()]
