"""What auditors do: take the next of what waits for them, decide, accept a colleague's match."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate

from foundation.imaging import selectors as imaging
from foundation.imaging.rules import batches as scans
from foundation.imaging.services import rescans
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.ui import live
from foundation.worklist import services as worklist
from foundation.worklist.models import WorkItem
from monitoring import rules, selectors
from monitoring.models import Forcing, Look, Match
from monitoring.rules import forcing, looks
from monitoring.selectors import auditing as selected
from monitoring.selectors import looks as looked
from monitoring.services import entry, pairs
from monitoring.services import looks as looking

# Where the desk takes from: a colleague who waits first, then differences, then second looks.
QUEUES = (forcing.QUEUE, rules.QUEUE, looks.QUEUE)
SECOND_PRIORITY = 20


@dataclass(frozen=True)
class Opened:
    """What an auditor was given, with the lease under which it is held.

    A difference; or a match by hand that a colleague proposed; or a second look.
    """

    match: Match
    item: WorkItem
    forcing: Forcing | None = None
    look: Look | None = None


@transaction.atomic
def open_next(*, auditor: Staff, at: datetime) -> Opened | None:
    """Give the auditor what is held already, or the next of what waits; None when nothing does."""
    held = selected.held_queue(staff=auditor, queues=QUEUES)
    for queue in dict.fromkeys((held, *QUEUES) if held else QUEUES):
        item = worklist.claim_next(queue=queue, staff=auditor, at=at)
        if item is not None:
            return _opened(item)
    return None


@transaction.atomic
def decide(
    *,
    match_id: int,
    finding: str,
    tries: int,
    fence: int,
    auditor: Staff,
    at: datetime,
    reason: str = "",
) -> Match:
    """Record what an auditor found; refuse own work, a stale picture, and an unexplained match.

    From the limit of the day on a match by hand is only proposed, and waits for a colleague.
    """
    match = pairs.locked(match_id=match_id)
    step = rules.check_finding(finding, reason, possible=match.findings, whole=match.is_whole)
    if match.state != rules.OPEN:
        raise rules.NotOpen
    rules.check_auditor(auditor_person=auditor.person, touched=match.touched)
    if match.tries != tries:
        raise rules.ShownIsStale
    worklist.finish(item_id=pairs.item_of(match=match), fence=fence, staff=auditor)
    why = reason.strip()[:200]
    if step == "force" and forcing.needs_second(match.amount_fen, limit_fen=_limit(match)):
        _propose(match, why, auditor, at)
        return match
    before = match.result
    _end(match, step, finding, why, auditor, at)
    pairs.tell(match=match, step=step, by=auditor.label, at=at, machine=before, finding=finding)
    return match


@transaction.atomic
def hand_back(*, match_id: int, fence: int, auditor: Staff, at: datetime) -> None:
    """Put a difference, or a colleague's proposal about it, back at its old place."""
    match = pairs.locked(match_id=match_id)
    waiting = Forcing.objects.filter(match=match, state=forcing.PROPOSED).first()
    item = waiting.work_item_id if waiting else None
    worklist.release(item_id=item or pairs.item_of(match=match), fence=fence, staff=auditor)
    pairs.tell(match=match, step="hand_back", by=auditor.label, at=at)
    live.tell(rules.TOPIC, match.institution_id)


@transaction.atomic
def ask_rescan(*, match_id: int, auditor: Staff, at: datetime) -> None:
    """Ask the outlet for a better scan of a difference's sheet; refuse a sheet of no batch.

    The difference stays where it is: it is compared again when the better scan was read.
    """
    match = pairs.locked(match_id=match_id)
    if match.state != rules.OPEN:
        raise rules.NotOpen
    rules.check_auditor(auditor_person=auditor.person, touched=match.touched)
    if match.document_id is None:
        raise scans.NoRescanPossible
    found = imaging.pages(document_id=match.document_id)
    rescans.ask(page_ids=[page.pk for page in found], by=auditor, at=at)


@transaction.atomic
def decide_forcing(
    *, forcing_id: int, accepted: bool, tries: int, fence: int, auditor: Staff, at: datetime
) -> Match:
    """Accept a colleague's match by hand, or decline it; declined, the difference waits again.

    Refuses its author, whoever had a part in the transaction, and another reading than is shown.
    """
    row = _locked(forcing_id)
    match = pairs.locked(match_id=row.match_id)
    if row.state != forcing.PROPOSED or match.state != rules.OPEN or row.work_item_id is None:
        raise forcing.ForcingGone
    forcing.check_second(auditor.person, author=row.author_person, touched=match.touched)
    if match.tries != tries:
        raise rules.ShownIsStale
    worklist.finish(item_id=row.work_item_id, fence=fence, staff=auditor)
    step = "accept" if accepted else "decline"
    row.state = forcing.FORCING_FLOW.after(row.state, step)
    row.decided_by, row.decided_person, row.decided_at = auditor, auditor.person, at
    row.save(update_fields=["state", "decided_by", "decided_person", "decided_at"])
    if accepted:
        _end(match, "force", rules.MATCHED_FORCED, row.reason, row.author, at)
    else:
        pairs.enqueue(match=match, at=at)
    pairs.tell(match=match, step=f"{step}_force", by=auditor.label, at=at, reason=row.reason)
    return match


def _opened(item: WorkItem) -> Opened:
    number = int(item.subject.partition(":")[2])
    if item.queue == looks.QUEUE:
        look = looked.look(look_id=number)
        if look is None:
            raise looks.NoSuchLook
        return Opened(look.match, item, look=look)
    match = selectors.match(match_id=number)
    if match is None:
        raise rules.NoSuchPair
    if item.queue == forcing.QUEUE:
        return Opened(match, item, forcing=selected.waiting(match_id=match.pk))
    return Opened(match, item)


def _limit(match: Match) -> int:
    return policy.whole(code=forcing.LIMIT, on=match.business_date)


def _propose(match: Match, reason: str, auditor: Staff, at: datetime) -> None:
    row = Forcing.objects.create(
        institution_id=match.institution_id,
        match=match,
        reason=reason,
        tries=match.tries,
        author=auditor,
        author_person=auditor.person,
        proposed_at=at,
    )
    minutes = policy.whole(code="monitoring.wait_target_minutes", on=localdate(at))
    row.work_item = worklist.enqueue(
        queue=forcing.QUEUE,
        subject=match.trail_subject,
        institution_id=match.institution_id,
        priority=SECOND_PRIORITY,
        amount_fen=match.amount_fen or 0,
        conflicted=sorted({*match.touched, auditor.person}),
        target=timedelta(minutes=minutes),
        at=at,
    )
    row.save(update_fields=["work_item"])
    pairs.tell(match=match, step="propose_force", by=auditor.label, at=at, reason=reason)
    live.tell(rules.TOPIC, match.institution_id)


def _end(  # noqa: PLR0917 -- private
    match: Match, step: str, finding: str, reason: str, auditor: Staff, at: datetime
) -> None:
    match.state, match.result = rules.FLOW.after(match.state, step), finding
    match.decided_by, match.decided_person = auditor, auditor.person
    match.decided_label, match.decided_at, match.reason = auditor.label, at, reason
    match.save(
        update_fields=[
            "state", "result", "decided_by", "decided_person", "decided_label", "decided_at",
            "reason",
        ]
    )  # fmt: skip
    entry.void(match_id=match.pk, at=at)
    looking.on_audited(match=match, by=auditor, at=at)
    live.tell(rules.TOPIC, match.institution_id)


def _locked(forcing_id: int) -> Forcing:
    row: Forcing | None = (
        Forcing.objects.select_for_update(of=("self",))
        .select_related("author")
        .filter(id=forcing_id)
        .first()
    )
    if row is None:
        raise forcing.NoSuchForcing
    return row
