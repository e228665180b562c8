"""Who listens to whom: every effect that is not a plain call, now or later, one line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext_noop as _

from authorization import events as authorization
from foundation.hooks import services as hooks
from foundation.hooks.rules import Topic, name_topic
from foundation.imaging import events as imaging
from foundation.kernel import bus
from foundation.ledger import events as ledger
from foundation.people import events as people
from foundation.people.roles import Permission
from foundation.trail import events as trail
from foundation.worklist import events as queues
from foundation.worklist import services as worklist
from foundation.worklist.rules import Kind, Queue, name_kind, open_queue
from monitoring import services as monitoring
from ops_platform import day_checks, metrics

ITEM_TOPIC = "authorization.item"


def connect() -> None:
    """Connect the listeners, and name the queues."""
    open_queue(
        Queue(
            "authorization",
            _("Authorization"),
            Permission.AUTHORIZATION_DECIDE,
            leads=Permission.AUTHORIZATION_LEAD,
        )
    )
    open_queue(
        Queue(
            "authorization.review",
            _("Blind review"),
            Permission.AUTHORIZATION_DECIDE,
            working_time=True,
        )
    )
    open_queue(
        Queue(
            "monitoring.audit",
            _("Voucher audit"),
            Permission.MONITORING_AUDIT,
            working_time=True,
        )
    )
    name_jobs()
    name_topics()
    bus.listen(imaging.PageStored, later("foundation.imaging.tasks.make_copies"))
    bus.listen(imaging.PageStored, later("foundation.imaging.tasks.read_page"))
    bus.listen(authorization.Completed, monitoring.on_authorization_completed)
    bus.listen(authorization.Completed, later("monitoring.tasks.match_document"))
    bus.listen(authorization.Moved, tell_others)
    bus.listen(imaging.PageRead, later("monitoring.tasks.match_document"))
    bus.listen(ledger.DayClosed, later("monitoring.tasks.match_day"))
    bus.listen(ledger.DayClosed, later("foundation.ledger.tasks.close_dates"))
    bus.listen(ledger.CloseAsked, later("foundation.ledger.tasks.close_one"))
    bus.listen(ledger.OpeningDue, later("foundation.ledger.tasks.open_one"))
    bus.listen(ledger.ExportAsked, later("foundation.ledger.tasks.make_export"))
    bus.listen(trail.Recorded, metrics.count_recorded)
    bus.listen(queues.Claimed, metrics.count_claim)
    bus.listen(queues.LetGo, of_queue("authorization", later("authorization.tasks.let_go")))
    bus.listen(people.SignedOut, lay_down)
    day_checks.connect()


AML_JOBS = (
    Kind("monitoring.tasks.build_large_values", _("Build large values"), patient=True),
    Kind("monitoring.tasks.report_large_values", _("Make a report of large values")),
    Kind("monitoring.tasks.screen_customers", _("Screen all customers"), patient=True),
    Kind("monitoring.tasks.screen_new_customers", _("Screen new customers"), patient=True),
)


def name_jobs() -> None:
    """Name the kinds of jobs, with the limits that they obey and whether they wait for others."""
    for kind in (
        Kind("foundation.imaging.tasks.make_copies", _("Copy a page for screens"),
             running_most="jobs.copying_running_most"),
        Kind("foundation.imaging.tasks.read_page", _("Read a page"),
             running_most="jobs.reading_running_most", waiting_most="jobs.reading_waiting_most"),
        Kind("authorization.tasks.let_go", _("Let an item wait again")),
        Kind("authorization.tasks.settle", _("Let a decision take effect")),
        Kind("authorization.tasks.watch", _("Watch how long items wait")),
        Kind("authorization.tasks.end_emergencies", _("End emergencies whose time is over")),
        Kind("authorization.tasks.judge_in_shadow", _("Judge items in shadow"), patient=True),
        Kind("authorization.tasks.draw_reviews", _("Draw decisions to be seen again"),
             patient=True),
        Kind("authorization.tasks.draw_shadows", _("Draw decisions for those in the shadow"),
             patient=True),
        Kind("authorization.tasks.watch_admissions", _("Watch admissions of authorizers")),
        Kind("monitoring.tasks.match_document", _("Compare a document"),
             waiting_most="jobs.matching_waiting_most"),
        Kind("monitoring.tasks.match_day", _("Compare an outlet's day"),
             running_most="jobs.day_running_most", patient=True),
        *AML_JOBS, Kind("foundation.worklist.tasks.expire_leases", _("End leases")),
        Kind("foundation.worklist.tasks.resume_due", _("Resume what was set aside")),
        Kind("foundation.worklist.tasks.bury_jobs", _("Give up jobs of dead workers")),
        Kind("foundation.worklist.tasks.purge_jobs", _("Forget jobs done"), patient=True),
        Kind("foundation.hooks.tasks.send", _("Tell another system"),
             running_most="jobs.hooks_running_most"),
        Kind("foundation.hooks.tasks.sweep", _("Find what was not told")),
        Kind("foundation.hooks.tasks.purge", _("Forget what was told long ago"), patient=True),
        Kind("foundation.trail.tasks.seal", _("Seal the trail")),
        Kind("foundation.trail.tasks.drop_anchor", _("Drop the anchor of the trail")),
        Kind("foundation.people.tasks.take_up_posts", _("Take up posts")),
        Kind("foundation.people.tasks.forget_tries", _("Forget tries to sign in"), patient=True),
        Kind("foundation.people.tasks.disable_dormant", _("Disable dormant staff"), patient=True),
        Kind("foundation.ledger.tasks.close_one", _("Close a business day")),
        Kind("foundation.ledger.tasks.ask_openings", _("See which business days are due")),
        Kind("foundation.ledger.tasks.open_one", _("Open a business day")),
        Kind("foundation.ledger.tasks.make_export", _("Make a long file"), patient=True),
        Kind("foundation.ledger.tasks.purge_exports", _("Forget files that expired"),
             patient=True),
        Kind("foundation.ledger.tasks.close_dates", _("Write closing balances")),
        Kind("foundation.ledger.tasks.drop_anchor", _("Drop the anchor of the days")),
        Kind("foundation.ledger.tasks.expire_holds", _("Release holds that expired")),
        Kind("foundation.ledger.tasks.make_months", _("Make the tables of the coming months")),
        Kind("foundation.ledger.tasks.archive_due", _("Archive a month of the books"),
             patient=True),
        Kind("ops_platform.tasks.verify_recent", _("Verify what is new in the books")),
        Kind("ops_platform.tasks.verify_books", _("Verify the books"), patient=True),
    ):  # fmt: skip
        name_kind(kind)


def name_topics() -> None:
    """Name what other systems may hear of."""
    for state, title in (
        ("queued", _("An item waits for an authorizer")),
        ("on_hold", _("Something is asked about an item")),
        ("escalated", _("An item went up to the leads")),
        ("returned", _("An item was sent back to its teller")),
        ("rejected", _("An item was rejected")),
        ("posted", _("An item was posted")),
        ("withdrawn", _("An item was taken back")),
    ):
        name_topic(Topic(f"{ITEM_TOPIC}.{state}", title))


def tell_others(event: authorization.Moved) -> None:
    """Write down for other systems of the bank where an item stands now."""
    hooks.tell(
        topic=f"{ITEM_TOPIC}.{event.state}",
        subject=event.number,
        state=event.state,
        institution_id=event.institution_id,
        at=event.at,
    )


def lay_down(event: people.SignedOut) -> None:
    """Let go of what a person holds who signs out, so that nobody waits for the lease to end."""
    worklist.let_go_of(staff_id=event.staff_id, at=event.at)


def of_queue(queue: str, listener: Callable[[Any], None]) -> Callable[[Any], None]:
    """Let a listener hear of one queue alone."""

    def heard(event: Any) -> None:
        if event.queue == queue:
            listener(event)

    return heard


def later(kind: str) -> Callable[[Any], None]:
    """Write a job in the publisher's transaction; a worker runs the task of that dotted name."""

    def enqueue(event: Any) -> None:
        subject = str(getattr(event, "subject", ""))
        worklist.enqueue_job(kind=kind, args=asdict(event), subject=subject)

    return enqueue
