"""What auditors do with what stands alone: set a voucher beside a line, and join the two."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from foundation.imaging import selectors as imaging
from foundation.people.models import Staff
from foundation.ui import live
from foundation.worklist import rules as worklist_rules
from foundation.worklist import services as worklist
from monitoring import rules, services
from monitoring.models import Alignment, Match
from monitoring.rules import matching, tracing
from monitoring.selectors import settling as days
from monitoring.services import pairs


@transaction.atomic
def trace(*, stray: Match, line: Match | None, by: Staff, at: datetime) -> None:
    """Keep that an auditor traces a voucher, beside which line: why its image was looked at."""
    told = {"journal_no": line.journal_no} if line else {}
    pairs.tell(match=stray, step="trace", by=by.label, at=at, **told)


@transaction.atomic
def join(*, stray_id: int, line_id: int, reason: str, by: Staff, at: datetime) -> Match:
    """Give a line the voucher that an auditor found for it, and compare the two as any other.

    Refuses who had a part in either, what stands alone no longer or is before a colleague, a
    closed day, an unread voucher, and no reason. The line is locked first, as matching a day does.
    """
    why = tracing.check_reason(reason)
    first = Match.objects.filter(id=line_id).values_list("institution_id", flat=True).first()
    pairs.take_turns(institution_id=first or 0)
    line, stray = pairs.locked(match_id=line_id), pairs.locked(match_id=stray_id)
    _check(line, stray, by)
    document_id = stray.document_id
    assert document_id is not None, "a voucher without a line is a voucher"
    if not imaging.is_read(document_id=document_id):
        raise tracing.JoinUnread
    Alignment.objects.create(
        institution_id=line.institution_id,
        match=line,
        document_id=document_id,
        how=matching.HAND,
        found_at=at,
        joined_by=by,
        joined_person=by.person,
        reason=why,
    )
    line.document_id = document_id
    line.save(update_fields=["document"])
    for one, beside in ((line, stray), (stray, line)):
        _let_go(one, by)
        on = str(beside.business_date)
        pairs.tell(
            match=one, step="join", by=by.label, at=at, reason=why, journal_no=line.journal_no,
            document=document_id, valid_from=on,
        )  # fmt: skip
    services.end_stray(stray=stray, at=at)
    services.match_document(document_id=document_id, at=at)
    live.tell(rules.TOPIC, line.institution_id)
    line.refresh_from_db()
    return line


def _check(line: Match, stray: Match, by: Staff) -> None:
    if not line.journal_no or stray.journal_no:
        raise rules.NoSuchPair
    for one in (line, stray):
        rules.check_auditor(auditor_person=by.person, touched=one.touched)
    tracing.check_near(
        same_outlet=line.institution_id == stray.institution_id,
        of_voucher=stray.business_date,
        of_line=line.business_date,
    )
    both = (line.business_date, stray.business_date)
    if days.is_closed(institution_id=line.institution_id, days=both):
        raise tracing.JoinDayClosed
    lonely = (line.state, line.result, line.document_id) == (rules.OPEN, rules.IMAGE_MISSING, None)
    if not lonely or (stray.state, stray.result) != (rules.OPEN, rules.JOURNAL_MISSING):
        raise tracing.JoinedAlready
    if any(_is_anothers(one, by) for one in (line, stray)):
        raise tracing.JoinHeld


def _is_anothers(match: Match, by: Staff) -> bool:
    """Tell whether another auditor has the pair at the desk."""
    item = match.work_item
    return item is not None and item.state == worklist_rules.HELD and item.holder_id != by.pk


def _let_go(match: Match, by: Staff) -> None:
    """Give back what the auditor holds at the desk: it is no longer what was given out."""
    item = match.work_item
    if item is not None and item.state == worklist_rules.HELD:
        worklist.release(item_id=item.pk, fence=item.fence, staff=by)
