"""What monitoring can do: pair, compare, give out differences, record what an auditor found."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from authorization import events as authorization_events
from authorization import selectors as authorization
from foundation.imaging import selectors as imaging
from foundation.kernel import bus
from foundation.ledger.models import JournalLine
from foundation.policy import selectors as policy
from foundation.ui import live
from foundation.worklist import services as worklist
from monitoring import events, rules, selectors
from monitoring.models import Match
from monitoring.rules.looks import least_confidence
from monitoring.selectors import settling as days
from monitoring.services import entry, pairs
from monitoring.services import looks as looking
from monitoring.services.auditing import Opened, decide, hand_back, open_next
from monitoring.services.pairs import MACHINE, is_held

__all__ = [
    "MACHINE",
    "Opened",
    "again",
    "decide",
    "end_stray",
    "hand_back",
    "is_held",
    "match_day",
    "match_document",
    "match_keyed",
    "on_authorization_completed",
    "on_voucher_missing",
    "open_next",
    "pair",
    "stray",
]


def on_authorization_completed(event: authorization_events.Completed) -> None:
    """Pair the journal line of a posted counter transaction with its document.

    The line was written in this transaction: nobody else can have paired it, nor see it yet.
    """
    line, touched, alone = selectors.posted(
        line_id=event.line_id, subject=event.subject, document_id=event.document_id
    )
    made = Match.objects.create(
        institution_id=line.institution_id,
        business_date=line.business_date,
        journal_no=line.journal_no,
        **_facts_of(line, event.document_id, touched, line.at),
    )
    _paired(made, line.at, alone=alone)


@transaction.atomic
def on_voucher_missing(event: authorization_events.VoucherMissing) -> None:
    """Let a pair whose voucher is not there be what every line without voucher is."""
    pairs.take_turns(institution_id=event.institution_id)
    rows = Match.objects.select_for_update(of=("self",)).filter(
        document_id=event.document_id, state=rules.WAITING
    )
    for match in rows.exclude(journal_no="").order_by("id"):
        match.state = rules.FLOW.after(match.state, "differ")
        match.result, match.document, match.judged_at = rules.IMAGE_MISSING, None, event.at
        match.save(update_fields=["state", "result", "document", "judged_at"])
        pairs.tell(match=match, step="judged", by=MACHINE, at=event.at, result=match.result)
        pairs.enqueue(match=match, at=event.at)
        live.tell(rules.TOPIC, match.institution_id)


@transaction.atomic
def pair(
    *, line: JournalLine, document_id: int | None, touched: Sequence[UUID], at: datetime
) -> Match:
    """Put a journal line beside its document; the same line again changes nothing."""
    match, created = Match.objects.get_or_create(
        institution_id=line.institution_id,
        business_date=line.business_date,
        journal_no=line.journal_no,
        defaults=_facts_of(line, document_id, touched, at),
    )
    found: Match = match
    if created:
        _paired(found, at, alone=True)
    return found


def _facts_of(
    line: JournalLine, document_id: int | None, touched: Sequence[UUID], at: datetime
) -> dict[str, Any]:
    return {
        "journal_at": line.at,
        "trade_code": line.trade_code,
        "teller": line.teller,
        "account_number": line.account_number,
        "counter_account": line.counter_account,
        "amount_fen": line.amount_fen,
        "voucher_no": line.voucher_no,
        "subject": line.subject,
        "document_id": document_id,
        "state": rules.WAITING if document_id else rules.FLOW.after(rules.WAITING, "differ"),
        "result": rules.WAITING if document_id else rules.IMAGE_MISSING,
        "judged_at": None if document_id else at,
        "touched": sorted(set(touched)),
        "created_at": at,
    }


def _paired(made: Match, at: datetime, *, alone: bool) -> None:
    """Tell of a new pair, give out what has no document, and end the break that its document was.

    That there is one, `alone`, is looked at again under its lock.
    """
    pairs.tell(match=made, step="paired", by=MACHINE, at=at, journal_no=made.journal_no)
    if made.state == rules.OPEN:
        pairs.enqueue(match=made, at=at)
    if alone and made.document_id and (stray := days.stray(document_id=made.document_id)):
        end_stray(stray=stray, at=at)
    live.tell(rules.TOPIC, made.institution_id)


@transaction.atomic
def match_document(*, document_id: int, at: datetime) -> Sequence[Match]:
    """Compare the pairs of a document that is read; ended ones and unread ones stay as they are.

    So does what has no voucher yet, since that follows its posting.
    """
    rows = (
        Match.objects.select_for_update(of=("self",))
        .filter(document_id=document_id, state__in=(rules.WAITING, rules.OPEN))
        .exclude(journal_no="")
        .order_by("id")
    )
    matches = tuple(rows)
    if not matches or not imaging.is_read(document_id=document_id):
        return ()
    if authorization.is_awaited(document_id=document_id):
        return ()
    duplicate = selectors.image_used_before(document_id=document_id)
    for match in matches:
        _judge(match, duplicate, at)
    return matches


@transaction.atomic
def match_day(*, institution_id: int, business_date: date, at: datetime) -> Sequence[Match]:
    """Open a difference for every journal line and every voucher of the day that stands alone."""
    lonely_lines = days.lines_without_pair(institution_id=institution_id, on=business_date)
    found = [
        pair(line=line, document_id=None, touched=selectors.touched_by_teller(line=line), at=at)
        for line in lonely_lines
    ]
    strays = days.documents_without_line(institution_id=institution_id, on=business_date)
    return (
        *found,
        *(
            stray(document_id=one.pk, institution_id=institution_id, day=business_date, at=at)
            for one in strays
        ),
    )


@transaction.atomic
def match_keyed(*, match_id: int, at: datetime) -> Sequence[Match]:
    """Compare a pair again after people have read a field of its voucher."""
    match = pairs.locked(match_id=match_id)
    if match.document_id is None:
        return ()
    return match_document(document_id=match.document_id, at=at)


def _judge(match: Match, duplicate: bool, at: datetime) -> None:  # noqa: FBT001 -- private
    seen, fields, match.layout = selectors.compared(match=match)
    thresholds = rules.Thresholds(
        same=policy.whole(code="monitoring.same_confidence_min", on=match.business_date),
        differs=policy.whole(code="monitoring.differs_confidence_min", on=match.business_date),
    )
    result = rules.judge(fields, thresholds=thresholds, duplicate=duplicate)
    was_open = match.state == rules.OPEN
    if was_open and result == rules.MATCHED and is_held(match=match):
        result = match.result  # the auditor who is looking decides, and is shown the new reading
    read = [asdict(field) | {"box": field.box and list(field.box)} for field in fields]
    if was_open and (result, read) == (match.result, match.fields):
        return  # another page was read, or the same again: what is shown still holds
    match.state, match.result = rules.FLOW.after(match.state, rules.step_to(result)), result
    match.fields = read
    match.judged_at, match.tries = at, match.tries + 1
    if fields == seen:
        match.least = least_confidence(seen, duplicate=duplicate)
    saved = ("state", "result", "fields", "judged_at", "tries", "least", "layout")
    match.save(update_fields=saved)
    pairs.tell(match=match, step="judged", by=MACHINE, at=at, result=result)
    _follow(match, at, was_open=was_open, automatic=fields == seen)


def _follow(match: Match, at: datetime, *, was_open: bool, automatic: bool) -> None:
    """Let the queue, the keyers and who draws second looks know what a pair came to."""
    if match.state == rules.OPEN and not was_open:
        pairs.enqueue(match=match, at=at)
    if match.result == rules.UNREADABLE:
        bus.publish(events.Unreadable(match_id=match.pk, subject=match.trail_subject))
    if match.state == rules.MATCHED:
        if was_open:
            entry.void(match_id=match.pk, at=at)
            worklist.withdraw(item_id=pairs.item_of(match=match), at=at)
        looking.on_matched(match=match, automatic=automatic, at=at)
    live.tell(rules.TOPIC, match.institution_id)


def stray(*, document_id: int, institution_id: int, day: date, at: datetime) -> Match:
    """Open the break that a voucher without a line is; the same voucher again changes nothing."""
    match: Match
    match, created = Match.objects.get_or_create(
        document_id=document_id,
        journal_no="",
        defaults={
            "institution_id": institution_id,
            "business_date": day,
            "state": rules.FLOW.after(rules.WAITING, "differ"),
            "result": rules.JOURNAL_MISSING,
            "judged_at": at,
            "created_at": at,
        },
    )
    if created:
        pairs.tell(match=match, step="paired", by=MACHINE, at=at, document=document_id)
        pairs.enqueue(match=match, at=at)
    return match


def again(*, document_id: int, of: Match, at: datetime) -> Match:
    """Open the difference that the same voucher once more is; who touched its line may not audit.

    A voucher that was held to be without a line is from now on this.
    """
    match: Match
    match, created = Match.objects.get_or_create(
        document_id=document_id,
        journal_no="",
        defaults={
            "institution_id": of.institution_id,
            "business_date": of.business_date,
            "state": rules.FLOW.after(rules.WAITING, "differ"),
            "result": rules.DUPLICATE_IMAGE,
            "judged_at": at,
            "touched": of.touched,
            "created_at": at,
        },
    )
    if created:
        pairs.tell(match=match, step="paired", by=MACHINE, at=at, journal_no=of.journal_no)
        pairs.enqueue(match=match, at=at)
    elif (match.state, match.result) == (rules.OPEN, rules.JOURNAL_MISSING):
        match.result, match.judged_at = rules.DUPLICATE_IMAGE, at
        match.save(update_fields=["result", "judged_at"])
        pairs.tell(match=match, step="judged", by=MACHINE, at=at, result=match.result)
    return match


def end_stray(*, stray: Match, at: datetime) -> None:
    """End the break that a voucher was, since its line is found."""
    stray.state, stray.result = rules.FLOW.after(stray.state, "match"), rules.MATCHED
    stray.judged_at = at
    stray.save(update_fields=["state", "result", "judged_at"])
    if stray.work_item_id is not None:
        worklist.withdraw(item_id=stray.work_item_id, at=at)
    pairs.tell(match=stray, step="judged", by=MACHINE, at=at, result=stray.result)
    live.tell(rules.TOPIC, stray.institution_id)
