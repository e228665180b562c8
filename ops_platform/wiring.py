"""Who listens to whom: every effect that is not a plain call, now or later, one line each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext_noop as _

from authorization import events as authorization
from authorization.rules import add_look, screening
from authorization.services import tier
from foundation.hooks import services as hooks
from foundation.hooks.rules import Topic, name_topic
from foundation.imaging import events as imaging
from foundation.imaging.services import batches, rescans
from foundation.kernel import bus
from foundation.ledger import events as ledger
from foundation.people import events as people
from foundation.people import services as people_services
from foundation.people.roles import Permission
from foundation.trail import events as trail
from foundation.worklist import events as queues
from foundation.worklist import services as worklist
from foundation.worklist.rules import Kind, Queue, name_kind, open_queue
from monitoring import events as monitored
from monitoring import services as monitoring
from monitoring.rules import slips
from monitoring.selectors import screening as screening_lists
from monitoring.services import asking, at_once
from monitoring.services import screening as screened
from ops_platform import closing_checks, day_checks, logs, metrics

ITEM_TOPIC = "authorization.item"
SLIP_TOPIC = "monitoring.slip"


def connect() -> None:
    """Connect the listeners, and name the queues."""
    open_queues()
    name_jobs()
    name_topics()
    screening.screen_by(screening_lists.at_counter)
    bus.listen(imaging.PageStored, later("foundation.imaging.tasks.make_copies"))
    bus.listen(imaging.PageStored, later("foundation.imaging.tasks.read_page"))
    bus.listen(authorization.Completed, monitoring.on_authorization_completed)
    bus.listen(authorization.Completed, later("monitoring.tasks.match_document"))
    bus.listen(authorization.Completed, at_once.on_authorization_posted)
    bus.listen(authorization.VoucherMissing, monitoring.on_voucher_missing)
    bus.listen(monitored.LineFound, later("monitoring.tasks.look_at_line"))
    add_look("monitoring", at_once.on_attempt)
    bus.listen(monitored.TrialAsked, later("monitoring.tasks.go_on_with_trial"))
    bus.listen(authorization.Listed, screened.on_item_listed)
    bus.listen(authorization.Moved, tell_others)
    bus.listen(authorization.Moved, tier.on_moved)
    bus.listen(imaging.PageRead, later("monitoring.tasks.match_document"))
    bus.listen(imaging.PageRead, tier.on_page_read)
    bus.listen(monitored.SlipMoved, tell_of_slip)
    bus.listen(monitored.SlipMoved, asking.on_slip_moved)
    bus.listen(monitored.BulletinAsked, later("monitoring.tasks.make_bulletin"))
    bus.listen(imaging.PageMeasured, rescans.on_page_measured)
    bus.listen(imaging.PageRead, batches.on_page_read)
    bus.listen(imaging.PageRead, rescans.on_page_read)
    bus.listen(imaging.FileArrived, later("foundation.imaging.tasks.take_apart"))
    bus.listen(imaging.BatchRead, later("monitoring.tasks.match_day"))
    bus.listen(monitored.Unreadable, later("monitoring.tasks.cut_slices"))
    bus.listen(monitored.ProofDrawn, later("monitoring.tasks.cut_proof"))
    bus.listen(monitored.Keyed, later("monitoring.tasks.match_keyed"))
    bus.listen(ledger.DayClosed, later("monitoring.tasks.match_day"))
    bus.listen(ledger.DayClosed, later("foundation.ledger.tasks.close_dates"))
    bus.listen(ledger.CloseAsked, later("foundation.ledger.tasks.close_one"))
    bus.listen(ledger.OpeningDue, later("foundation.ledger.tasks.open_one"))
    bus.listen(ledger.ExportAsked, later("foundation.ledger.tasks.make_export"))
    bus.listen(trail.Recorded, metrics.count_recorded)
    bus.listen(trail.Recorded, logs.note_subject)
    bus.listen(queues.Claimed, metrics.count_claim)
    bus.listen(queues.LetGo, of_queue("authorization", later("authorization.tasks.let_go")))
    bus.listen(people.SignedOut, lay_down)
    bus.listen(people.NumbersJoined, later("foundation.ledger.tasks.follow_person"))
    day_checks.connect()
    closing_checks.connect()


def open_queues() -> None:
    """Name the queues, who works in them and who leads them."""
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
    _open_queues_of_monitoring()


def _open_queues_of_monitoring() -> None:
    open_queue(
        Queue(
            "monitoring.audit",
            _("Voucher audit"),
            Permission.MONITORING_AUDIT,
            working_time=True,
        )
    )
    open_queue(
        Queue(
            "monitoring.second",
            _("Matches by hand for two"),
            Permission.MONITORING_AUDIT,
            working_time=True,
        )
    )
    open_queue(
        Queue("monitoring.look", _("Second looks"), Permission.MONITORING_AUDIT, working_time=True)
    )
    open_queue(
        Queue(
            "monitoring.alert",
            _("Alerts of rules"),
            Permission.ALERT_HANDLE,
            working_time=True,
        )
    )
    open_queue(
        Queue("monitoring.entry", _("Supplementary entry"), Permission.SLICE_KEY, working_time=True)
    )
    open_queue(
        Queue(
            "monitoring.arbiter",
            _("Between two keyers"),
            Permission.SLICE_ARBITRATE,
            working_time=True,
        )
    )


AML_JOBS = (
    Kind("monitoring.tasks.build_large_values", _("Build large values"), patient=True),
    Kind("monitoring.tasks.report_large_values", _("Make a report of large values")),
    Kind("monitoring.tasks.hold_inflows", _("Hold what came into frozen accounts")),
    Kind("monitoring.tasks.screen_customers", _("Screen all customers"), patient=True),
    Kind("monitoring.tasks.screen_new_customers", _("Screen new customers"), patient=True),
)


def name_jobs() -> None:
    """Name the kinds of jobs, with the limits that they obey and whether they wait for others."""
    for kind in (*_kinds_of_vouchers(), *_kinds_of_the_house()):
        name_kind(kind)


def _kinds_of_vouchers() -> tuple[Kind, ...]:
    """Return the jobs about images, authorization and monitoring."""
    return (
        Kind("foundation.imaging.tasks.make_copies", _("Copy a page for screens"),
             running_most="jobs.copying_running_most"),
        Kind("foundation.imaging.tasks.read_page", _("Read a page"),
             running_most="jobs.reading_running_most", waiting_most="jobs.reading_waiting_most"),
        Kind("foundation.imaging.tasks.take_apart", _("Take a scanner's file apart"),
             running_most="jobs.copying_running_most"),
        Kind("foundation.imaging.tasks.sweep_folder", _("Take in what the scanner wrote")),
        Kind("foundation.imaging.tasks.read_again_due", _("Have read what an outage left unread")),
        Kind("monitoring.tasks.cut_slices", _("Cut fields out for keyers"),
             running_most="jobs.copying_running_most"),
        Kind("monitoring.tasks.cut_proof", _("Cut fields out for a proof"),
             running_most="jobs.copying_running_most"),
        Kind("monitoring.tasks.match_keyed", _("Compare what people keyed")),
        Kind("authorization.tasks.let_go", _("Let an item wait again")),
        Kind("authorization.tasks.settle", _("Let a decision take effect")),
        Kind("authorization.tasks.watch", _("Watch how long items wait")),
        Kind("authorization.tasks.end_emergencies", _("End emergencies whose time is over")),
        Kind("authorization.tasks.judge_in_shadow", _("Find items to be judged automatically")),
        Kind("authorization.tasks.judge_one", _("Judge an item automatically")),
        Kind("authorization.tasks.draw_reviews", _("Draw decisions to be seen again"),
             patient=True),
        Kind("authorization.tasks.draw_shadows", _("Draw decisions for those in the shadow"),
             patient=True),
        Kind("authorization.tasks.watch_admissions", _("Watch admissions of authorizers")),
        Kind("monitoring.tasks.match_document", _("Compare a document"),
             waiting_most="jobs.matching_waiting_most"),
        Kind("monitoring.tasks.match_day", _("Compare an outlet's day"),
             running_most="jobs.day_running_most", patient=True),
        Kind("monitoring.tasks.look_at_line", _("Raise what a rule found in a line")),
        Kind("monitoring.tasks.run_rules", _("Run the rules over a day"), patient=True),
        Kind("monitoring.tasks.add_up_views", _("Add up who opened images"), patient=True),
        Kind("monitoring.tasks.go_on_with_trial", _("Try a rule on days past"), patient=True),
    )  # fmt: skip


def _kinds_of_the_house() -> tuple[Kind, ...]:
    """Return the jobs of the foundation."""
    return (
        *_kinds_of_slips(),
        *AML_JOBS,
        Kind("foundation.worklist.tasks.expire_leases", _("End leases")),
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
        Kind("foundation.ledger.tasks.purge_exports", _("Forget files that expired"), patient=True),
        Kind("foundation.ledger.tasks.close_dates", _("Write closing balances")),
        Kind("foundation.ledger.tasks.drop_anchor", _("Drop the anchor of the days")),
        Kind("foundation.ledger.tasks.expire_holds", _("Release holds that expired")),
        Kind("foundation.ledger.tasks.make_months", _("Make the tables of the coming months")),
        Kind("foundation.ledger.tasks.archive_due", _("Archive a month of the books"),
             patient=True),
        Kind("ops_platform.tasks.verify_recent", _("Verify what is new in the books")),
        Kind("ops_platform.tasks.verify_books", _("Verify the books"), patient=True),
    )  # fmt: skip


def _kinds_of_slips() -> tuple[Kind, ...]:
    """Return the jobs about slips."""
    return (
        Kind("monitoring.tasks.climb_slips", _("Let overdue slips go up")),
        Kind("monitoring.tasks.make_bulletins", _("Make the bulletins of a month"), patient=True),
        Kind("monitoring.tasks.make_bulletin", _("Make a bulletin"), patient=True),
    )  # fmt: skip


def name_topics() -> None:
    """Name what other systems may hear of."""
    for state, title in (
        ("queued", _("An item waits for an authorizer")),
        ("on_site", _("An item waits for somebody of its outlet")),
        ("on_hold", _("Something is asked about an item")),
        ("escalated", _("An item went up to the leads")),
        ("returned", _("An item was sent back to its teller")),
        ("rejected", _("An item was rejected")),
        ("posted", _("An item was posted")),
        ("withdrawn", _("An item was taken back")),
    ):
        name_topic(Topic(f"{ITEM_TOPIC}.{state}", title))
    name_topic(Topic(SLIP_TOPIC, _("A slip moved")))


def tell_others(event: authorization.Moved) -> None:
    """Write down for other systems of the bank where an item stands now."""
    hooks.tell(
        topic=f"{ITEM_TOPIC}.{event.state}",
        subject=event.number,
        state=event.state,
        institution_id=event.institution_id,
        at=event.at,
    )


def tell_of_slip(event: monitored.SlipMoved) -> None:
    """Write down for other systems where a slip stands now; of a suspected crime none hears."""
    if event.kind == slips.CASE:
        return
    hooks.tell(
        topic=SLIP_TOPIC,
        subject=event.number,
        state=event.state,
        institution_id=event.institution_id,
        at=event.at,
    )


def lay_down(event: people.SignedOut) -> None:
    """Let go of what a person holds who has left, so that nobody waits for the lease to end.

    An administrator who ends a session does not see what it is about.
    """
    with people_services.acting_as_system(reason="session ended"):
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
