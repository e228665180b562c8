"""The life of a process that works until it is told to stop, whatever fails around it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.db import connection

log = structlog.get_logger("ops.loop")


class Loop:
    """Goes on until the process is told to stop; a fault costs a pause, never the process."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.stopping = threading.Event()
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._stop)
            signal.signal(signal.SIGINT, self._stop)

    def goes_on(self) -> bool:
        """Tell whether nobody asked to stop yet."""
        return not self.stopping.is_set()

    @contextmanager
    def surviving(self) -> Iterator[None]:
        """Log a fault of one round, leave the broken connection, and pause."""
        try:
            yield
        except Exception as fault:  # noqa: BLE001  the database may be away for a while
            log.warning("loop.fault", process=self._name, error=repr(fault))
            connection.close()
            self.stopping.wait(1)

    def _stop(self, *_signal: Any) -> None:
        self.stopping.set()
