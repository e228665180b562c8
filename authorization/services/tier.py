"""The automatic tier: a set is proposed and decided by two; items are judged by it, in shadow."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import structlog
from django.db import transaction
from django.utils.timezone import localdate

from authorization import events, selectors
from authorization import rules as items
from authorization.models import Request, TierPublication, TierSet, TierVerdict
from authorization.rules import tier as rules
from authorization.selectors import publishing as published_for
from authorization.selectors import tier
from authorization.services import publishing
from authorization.services._queueing import told
from foundation.imaging import events as imaging
from foundation.kernel import scope
from foundation.kernel.errors import Refused
from foundation.people import selectors as people
from foundation.people.models import Staff
from foundation.trail import services as trail
from foundation.worklist import services as worklist

# What is judged in one go; what is left is due again in some seconds.
AT_ONCE = 200
JUDGE = "authorization.tasks.judge_one"
SYSTEM = "system"
log = structlog.get_logger(__name__)


@transaction.atomic
def propose_set(
    *, lines: Sequence[str], valid_from: date, reason: str, by: Staff, at: datetime
) -> TierSet:
    """Propose a set; refuse one that is not whole, a day begun, and who is not of the head office.

    In the scope of the system, at the installation, the day and the place are not asked.
    """
    read = rules.read_set(lines)
    _check(valid_from, at)
    row: TierSet = TierSet.objects.create(
        lines=[str(line) for line in read],
        valid_from=valid_from,
        reason=reason,
        proposed_by=by,
        proposed_at=at,
    )
    _tell(row, "propose_tier", by=by, at=at)
    return row


@transaction.atomic
def approve_set(*, set_id: int, by: Staff, at: datetime) -> TierSet:
    """Put a set in force, in shadow; refuse its proposer, under any number of the same human."""
    row = _waiting(set_id, by=by)
    _check(row.valid_from, at)
    row.approved_by, row.approved_at = by, at
    row.save(update_fields=["approved_by", "approved_at"])
    _tell(row, "approve_tier", by=by, at=at)
    return row


@transaction.atomic
def decline_set(*, set_id: int, by: Staff, at: datetime) -> TierSet:
    """Decline a set; refuse its proposer."""
    row = _waiting(set_id, by=by)
    row.declined_by, row.declined_at = by, at
    row.save(update_fields=["declined_by", "declined_at"])
    _tell(row, "decline_tier", by=by, at=at)
    return row


def ask_due(*, at: datetime) -> int:
    """Ask workers for each item that is due, once a round and content; return how many were asked.

    What waits for somebody goes first, the longest waiting at its head. Each is a job of its own,
    so that none is locked while another is looked at, and none keeps others from being judged.
    Before, publications end whose day is past or that passed too much wrongly.
    """
    publishing.watch(at=at)
    return sum(_ask(*one) for one in tier.due(at=at, limit=AT_ONCE))


def on_page_read(event: imaging.PageRead) -> None:
    """Ask for an item as soon as its last image is read, where its transaction is published.

    What is missed here is found by `ask_due`.
    """
    _ask_now(document_id=event.document_id)


def on_moved(event: events.Moved) -> None:
    """Ask for an item that comes to the queue with its images read, where it is published."""
    if event.state == items.QUEUED:
        _ask_now(number=event.number)


def _ask_now(*, document_id: int | None = None, number: str = "") -> None:
    published = published_for.published_codes()
    if not published:
        return
    waiting = tier.waiting_read(document_id=document_id, number=number, codes=published)
    if waiting is not None:
        _ask(*waiting)


def _ask(number: str, attempt: int, content: str) -> bool:
    asked = worklist.enqueue_job(
        kind=JUDGE,
        args={"number": number},
        subject=f"authorization.request:{number}",
        dedup_key=f"tier:{number}:{attempt}:{content[:16]}",
    )
    return asked is not None


def judge_due(*, at: datetime) -> int:
    """Judge what is due here and now, as the jobs would; return how many items were."""
    publishing.watch(at=at)
    due = tier.due(at=at, limit=AT_ONCE)
    return sum(judge_safely(number=number, at=at) is not None for number, *_round in due)


def judge_safely(*, number: str, at: datetime) -> TierVerdict | None:
    """Judge an item; one that cannot be judged is left to people, with what went wrong.

    One that changes meanwhile is left for the next time; what is judged is not due again.
    """
    try:
        return judge(number=number, at=at)
    except Exception as failure:
        log.exception("an item was not judged", number=number)
        return _fail(number, failure, at)


@transaction.atomic
def judge(*, number: str, at: datetime) -> TierVerdict | None:
    """Keep what the set in force says of the present round of an item.

    In shadow nothing of the item changes. Where the set is published for the transaction, a pass
    decides it (`publishing.decide`) in the same transaction; what the ledger does not take then is
    left to people, and told.

    None where the round is judged by this set already, where none was in force on its business
    day, and where the item went into another round while it was looked at.
    """
    request = selectors.item(number=number)
    if request is None:
        raise items.NoSuchItem(number=number)
    version = tier.in_force(on=request.business_date)
    if version is None or request.queued_at is None:
        return None
    judged = rules.judge(version.says, tier.seen(request=request))
    return _kept(request, version, judged, at)


@transaction.atomic
def _fail(number: str, failure: Exception, at: datetime) -> TierVerdict | None:
    """Keep that an item could not be judged and is left to people."""
    request = selectors.item(number=number)
    version = tier.in_force(on=request.business_date) if request else None
    if request is None or version is None:
        return None
    said = rules.Judged(rules.HUMAN, "", 0, ())
    return _kept(request, version, said, at, failure=type(failure).__name__[:100])


def _kept(
    request: Request, version: TierSet, judged: rules.Judged, at: datetime, *, failure: str = ""
) -> TierVerdict | None:
    """Keep a verdict once, and let it decide where its set is published."""
    # Locked no sooner than now: who decides the item does not wait while its images are compared.
    now = selectors.locked(number=request.number)
    if (now.attempt, now.content_hash) != (request.attempt, request.content_hash):
        return None
    published = published_for.held(tier_set=version, trade_code=now.trade_code)
    row, added = TierVerdict.objects.get_or_create(
        request=now,
        seq=now.attempt,
        tier_set=version,
        defaults={
            "institution_id": now.institution_id,
            "outcome": judged.outcome,
            "reason": judged.reason,
            "line": judged.line,
            "held": list(judged.held),
            "failure": failure,
            "content_hash": now.content_hash,
            "publication": published,
            "at": at,
        },
    )
    if added and published is not None:
        _let_decide(now, row, published, at)
    return row if added else None


def _let_decide(
    request: Request, verdict: TierVerdict, published: TierPublication, at: datetime
) -> None:
    try:
        with transaction.atomic():
            publishing.decide(request=request, verdict=verdict, published=published, at=at)
    except Refused as refusal:
        told(request=request, step="not_automatic", actor=SYSTEM, at=at, why=refusal.code)


def _waiting(set_id: int, *, by: Staff) -> TierSet:
    row = TierSet.objects.select_for_update(of=("self",)).filter(id=set_id).first()
    if row is None:
        raise rules.NoSuchSet(number=set_id)
    found: TierSet = row
    if found.proposed_by.person == by.person:
        raise rules.SetOfSamePerson
    if found.approved_by_id is not None or found.declined_by_id is not None:
        raise rules.SetDecided
    return found


def _check(valid_from: date, at: datetime) -> None:
    allowed = scope.current()
    if allowed == scope.EVERYTHING:
        return
    items.check_rule_day(valid_from, today=localdate(at))
    if people.root_id() not in allowed:
        raise items.RuleNotYours


def _tell(row: TierSet, step: str, *, by: Staff, at: datetime) -> None:
    trail.record(
        institution_id=by.institution_id,
        actor=by.label,
        action=f"authorization.{step}",
        subject=f"authorization.tier:{row.pk}",
        at=at,
        detail={
            "lines": len(row.lines),
            "valid_from": str(row.valid_from),
            "reason": row.reason,
        },
    )
