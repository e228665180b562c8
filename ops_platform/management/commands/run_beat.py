"""Writes the jobs of the bank's day when their time comes; two beats write no job twice."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from ops_platform import booting, jobs
from ops_platform.loop import Loop
from ops_platform.schedule import Beat


class Command(BaseCommand):
    """Look at the schedule each second."""

    help = "Write the jobs of ops_platform/schedule.py when their time comes."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until told to stop."""
        booting.check_scopes()
        beat, loop = Beat(), Loop("beat")
        while loop.goes_on():
            with loop.surviving():
                jobs.sign(jobs.BEAT)
                beat.write_due(at=timezone.now())
            loop.stopping.wait(1)
