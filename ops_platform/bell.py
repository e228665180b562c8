"""The bell of the job table: waits until a job is written, or a moment passes."""

from __future__ import annotations

import select
import time
from typing import Any

import psycopg2
from django.conf import settings
from django.db import connection

from foundation.worklist.services import BELL


class Bell:
    """A connection that listens; while it cannot be had, only time passes.

    Behind a pooler that shares connections between transactions nothing is heard, so it goes past
    one (OPS_DIRECT_URL); without, the poll alone finds the jobs, half a second later.
    """

    def __init__(self) -> None:
        self._line: Any = None

    def wait(self, seconds: float) -> None:
        """Return when the bell has rung, or after the given time."""
        began = time.monotonic()
        try:
            line = self._line = self._line or _listening()
            if select.select([line], [], [], seconds)[0]:
                line.poll()
                line.notifies.clear()
        except (psycopg2.Error, OSError):
            self.close()
            time.sleep(max(0, seconds - (time.monotonic() - began)))

    def close(self) -> None:
        """Stop listening; the next wait listens anew."""
        if self._line is not None:
            self._line.close()
        self._line = None


def _listening() -> Any:
    wanted = connection.get_connection_params() | settings.OPS_LISTEN_AT
    names = ("dbname", "user", "password", "host", "port")
    line = psycopg2.connect(
        **{name: wanted[name] for name in names if name in wanted},
        application_name="ops-bell",
        connect_timeout=5,
    )
    line.autocommit = True
    with line.cursor() as cursor:
        cursor.execute(f"LISTEN {BELL}")
    return line
