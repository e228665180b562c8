"""Rings the workers for every job that is ready; nothing lives only in the broker."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from ops_platform import booting, jobs
from ops_platform.bell import Bell
from ops_platform.loop import Loop
from ops_platform.relay import Relay

POLL_SECONDS = 0.5
AGAIN_SECONDS = 0.05


class Command(BaseCommand):
    """Watch the job table and ring Celery with the ids that are ready."""

    help = "Ring the workers for the jobs that are ready."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Run until told to stop; a broker or database that is away is tried again."""
        booting.check_scopes()
        relay, bell, loop = Relay(), Bell(), Loop("relay")
        while loop.goes_on():
            more = False
            with loop.surviving():
                jobs.sign(jobs.RELAY)
                more = relay.pass_on()
            if more:
                loop.stopping.wait(AGAIN_SECONDS)
            else:
                bell.wait(POLL_SECONDS)
        bell.close()
