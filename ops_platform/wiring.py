"""Who listens to whom: every effect that is not a plain call, now or later, one line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext_noop as _

from authorization import events as authorization
from foundation.imaging import events as imaging
from foundation.kernel import bus
from foundation.ledger import events as ledger
from foundation.people.roles import Permission
from foundation.trail import events as trail
from foundation.worklist import events as queues
from foundation.worklist import services as worklist
from foundation.worklist.rules import Queue, open_queue
from monitoring import services as monitoring
from ops_platform import day_checks, metrics


def connect() -> None:
    """Connect the listeners, and name the queues."""
    open_queue(Queue("authorization", _("Authorization"), Permission.AUTHORIZATION_DECIDE))
    open_queue(
        Queue(
            "monitoring.audit",
            _("Voucher audit"),
            Permission.MONITORING_AUDIT,
            working_time=True,
        )
    )
    bus.listen(imaging.PageStored, later("foundation.imaging.tasks.make_copies"))
    bus.listen(imaging.PageStored, later("foundation.imaging.tasks.read_page"))
    bus.listen(authorization.Completed, monitoring.on_authorization_completed)
    bus.listen(authorization.Completed, later("monitoring.tasks.match_document"))
    bus.listen(imaging.PageRead, later("monitoring.tasks.match_document"))
    bus.listen(ledger.DayClosed, later("monitoring.tasks.match_day"))
    bus.listen(ledger.DayClosed, later("foundation.ledger.tasks.close_dates"))
    bus.listen(ledger.CloseAsked, later("foundation.ledger.tasks.close_one"))
    bus.listen(trail.Recorded, metrics.count_recorded)
    bus.listen(queues.Claimed, metrics.count_claim)
    day_checks.connect()


def later(kind: str) -> Callable[[Any], None]:
    """Write a job in the publisher's transaction; a worker runs the task of that dotted name."""

    def enqueue(event: Any) -> None:
        worklist.enqueue_job(kind=kind, args=asdict(event))

    return enqueue
