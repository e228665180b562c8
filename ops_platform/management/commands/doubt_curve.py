"""What each limit of doubt would let pass, on vouchers whose truth people have established."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from foundation.imaging.rules import nearest
from foundation.imaging.rules.nearest import Point
from foundation.imaging.selectors import layouts
from foundation.kernel import chance
from foundation.people import services as people
from monitoring.selectors import proving

MILLION = 1_000_000


class Command(BaseCommand):
    """Set the share that people look at against the errors that would be missed."""

    help = "Show by limits of doubt the manual share, missed differences, and wrong records passed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read the days and the form of the answer."""
        parser.add_argument("--first", type=date.fromisoformat, help="default: 30 days ago")
        parser.add_argument("--last", type=date.fromisoformat, help="default: today")
        parser.add_argument("--json", action="store_true")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the curve; refuse days of which nothing is known."""
        last = options["last"] or timezone.localdate()
        first = options["first"] or last - timedelta(days=30)
        with people.acting_as_system(reason="doubt_curve"):
            lines = layouts.lines(on=last)
            known = proving.known(first=first, last=last)
        if lines is None or not known:
            raise CommandError("no settled pair of these days was read by zones")
        points = [_row(point) for point in nearest.curve(known, lines=lines)]
        if options["json"]:
            self.stdout.write(json.dumps(points, indent=1, default=str))
            return
        self.stdout.write(
            f"{len(known)} pairs; the limit in force is {lines.same}\n"
            "doubt  manual %  missed ppm  wrong records passed ppm (95 %)"
        )
        for point in points:
            self.stdout.write(
                f"{point['doubt']:>5} {point['manual_percent']:>9} {point['missed_ppm']:>11}"
                f"  {point['wrong_ppm']} ({point['wrong_ppm_lower']}-{point['wrong_ppm_upper']})"
            )


def _row(point: Point) -> dict[str, Any]:
    wrong = chance.share(part=point.wrong_passed, whole=point.wrong)
    shares = {
        "wrong_ppm": wrong.percent,
        "wrong_ppm_lower": wrong.lower,
        "wrong_ppm_upper": wrong.upper,
    }
    return {
        **asdict(point),
        "manual_percent": chance.share(part=point.manual, whole=point.vouchers).percent,
        "missed_ppm": point.missed * MILLION // point.vouchers,
        **{name: int((share or Decimal(0)) * 10_000) for name, share in shares.items()},
    }
