"""What can be done with an outlet's day: match it, explain its breaks, close it (轧账)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from foundation.imaging import selectors as imaging
from foundation.imaging.services import batches
from foundation.people.models import Staff
from foundation.trail import services as trail
from foundation.ui import live
from foundation.worklist import services as worklist
from monitoring import rules, selectors, services
from monitoring.models import Alignment, DayEnd, Explanation, Match
from monitoring.rules import matching, settling
from monitoring.selectors import settling as selected
from monitoring.services import pairs


@dataclass(frozen=True)
class Ran:
    """What matching a day came to."""

    paired: int
    image_missing: int
    journal_missing: int
    unsettled: int
    batches: int


@transaction.atomic
def ask_match(*, institution_id: int, business_date: date, by: Staff, at: datetime) -> bool:
    """Ask a worker to match a day; False where one of the institution is being matched already."""
    if selected.is_matching(institution_id=institution_id):
        return False
    key = f"{settling.MATCH_JOB}:{institution_id}:{business_date}:{at:%Y%m%d%H%M%S}"
    args = {"institution_id": institution_id, "business_date": str(business_date)}
    asked = worklist.enqueue_job(kind=settling.MATCH_JOB, args=args, dedup_key=key)
    if asked is None:
        return False
    _tell_day(institution_id, business_date, "ask_match", by, at)
    return True


@transaction.atomic
def match_day(*, institution_id: int, business_date: date, at: datetime) -> Ran:
    """Set everything of a day that stands alone side by side; open a break for what stays alone.

    Safe to run again: what is paired stays, what an auditor looks at is left to the auditor.
    """
    pairs.take_turns(institution_id=institution_id)
    alone = selected.alone(institution_id=institution_id, on=business_date)
    found = _told_apart(alone, matching.align(alone.rows, alone.sheets, taken=alone.taken))
    for one in found:
        _attach(alone, one, at)
    ended = [one.sheet for one in found if one.how != matching.AGAIN]
    strays = selected.strays(institution_id=institution_id, documents=ended)
    for stray in strays.values():
        services.end_stray(stray=stray, at=at)
    for document_id in dict.fromkeys(one.sheet for one in found):
        services.match_document(document_id=document_id, at=at)
    services.match_day(institution_id=institution_id, business_date=business_date, at=at)
    paired = {one.sheet for one in found}
    for sheet in alone.sheets:
        if sheet.key not in paired:
            services.stray(
                document_id=sheet.key, institution_id=institution_id, day=business_date, at=at
            )
    count = batches.matched(institution_id=institution_id, business_date=business_date, at=at)
    live.tell(rules.TOPIC, institution_id)
    now = selected.standing(institution_id=institution_id, on=business_date)
    return Ran(len(ended), now.image_missing, now.journal_missing, now.unsettled, count)


@transaction.atomic
def explain(*, match_id: int, text: str, by: Staff, at: datetime) -> Explanation:
    """Say what became of a break; refuse what is none, and a second explanation."""
    said = settling.check_text(text)
    match = _break(match_id)
    if match.explanations.exclude(state=settling.DECLINED).exists():
        raise settling.ExplainedAlready
    row: Explanation = Explanation.objects.create(
        institution_id=match.institution_id,
        match=match,
        text=said,
        author=by,
        author_person=by.person,
        written_at=at,
    )
    _tell(match, "explain", by.label, at, reason=said)
    return row


@transaction.atomic
def decide_explanation(
    *, explanation_id: int, accepted: bool, by: Staff, at: datetime
) -> Explanation:
    """Accept or decline an explanation; refuse its author. Accepted, the break is confirmed."""
    row = (
        Explanation.objects.select_for_update(of=("self",))
        .filter(id=explanation_id)
        .select_related("match")
        .first()
    )
    if row is None:
        raise settling.NoSuchExplanation
    settling.check_two(author=row.author_person, decider=by.person)
    step = "accept" if accepted else "decline"
    row.state = settling.EXPLANATION_FLOW.after(row.state, step)
    row.decided_by, row.decided_person, row.decided_at = by, by.person, at
    row.save(update_fields=["state", "decided_by", "decided_person", "decided_at"])
    if accepted:
        _confirm(row, by, at)
    _tell(row.match, f"{step}_explanation", by.label, at, reason=row.text)
    found: Explanation = row
    return found


@transaction.atomic
def close_day(*, institution_id: int, business_date: date, by: Staff, at: datetime) -> DayEnd:
    """Close the vouchers of a day; refuse while something is unsettled, unexplained or unread."""
    pairs.take_turns(institution_id=institution_id)
    now = selected.standing(institution_id=institution_id, on=business_date)
    settling.check_may_close(now)
    batches.close_day(institution_id=institution_id, business_date=business_date, at=at)
    chosen = Match.objects.filter(institution_id=institution_id, business_date=business_date)
    end: DayEnd
    end, new = DayEnd.objects.get_or_create(
        institution_id=institution_id,
        business_date=business_date,
        defaults={
            "closed_by": by,
            "closed_at": at,
            "pairs": chosen.count(),
            "explained": now.explained,
        },
    )
    if not new:
        raise settling.DayClosedAlready
    _tell_day(institution_id, business_date, "close_vouchers", by, at, count=end.pairs)
    live.tell(rules.TOPIC, institution_id)
    return end


def _told_apart(alone: selected.Alone, found: Sequence[matching.Found]) -> list[matching.Found]:
    """Return what was found with each part that looks like its line's voucher as that once more."""
    firsts = dict(alone.documents)
    firsts |= {one.line: one.sheet for one in found if one.how not in matching.FURTHER}
    return [
        replace(one, how=matching.AGAIN)
        if one.how == matching.PART
        and imaging.look_alike(document_id=one.sheet, other_id=firsts[one.line])
        else one
        for one in found
    ]


def _attach(alone: selected.Alone, one: matching.Found, at: datetime) -> None:
    """Give a line its voucher, and keep how it was found; a voucher once more is a difference."""
    line = alone.lines[one.line]
    further = one.how in matching.FURTHER
    match = services.pair(
        line=line,
        document_id=None if further else one.sheet,
        touched=selectors.touched_by_teller(line=line),
        at=at,
    )
    if not further and match.document_id is None:
        match.document_id = one.sheet
        match.save(update_fields=["document"])
    if one.how == matching.AGAIN:
        services.again(document_id=one.sheet, of=match, at=at)
    Alignment.objects.get_or_create(
        match=match,
        document_id=one.sheet,
        defaults={"institution_id": match.institution_id, "how": one.how, "found_at": at},
    )
    _tell(match, "aligned", services.MACHINE, at, document=one.sheet, how=one.how)


def _confirm(row: Explanation, by: Staff, at: datetime) -> None:
    """Let the break be confirmed by whoever accepts, unless an auditor has it or has done so."""
    match = _break(row.match_id)
    touched = by.person in match.touched
    if match.state != rules.OPEN or touched or services.is_held(match=match):
        return
    match.state = rules.FLOW.after(match.state, "confirm")
    match.decided_by, match.decided_person = by, by.person
    match.decided_label, match.decided_at, match.reason = by.label, at, row.text
    match.save(
        update_fields=[
            "state", "decided_by", "decided_person", "decided_label", "decided_at", "reason",
        ]
    )  # fmt: skip
    if match.work_item_id is not None:
        worklist.withdraw(item_id=match.work_item_id, at=at)


def _break(match_id: int) -> Match:
    match: Match | None = Match.objects.select_for_update(of=("self",)).filter(id=match_id).first()
    if match is None:
        raise rules.NoSuchPair
    if match.result not in rules.BREAKS or match.state not in (rules.OPEN, rules.CONFIRMED):
        raise settling.NotABreak
    return match


def _tell(match: Match, step: str, actor: str, at: datetime, **detail: object) -> None:
    trail.record(
        institution_id=match.institution_id,
        actor=actor,
        action=f"monitoring.{step}",
        subject=match.trail_subject,
        at=at,
        detail=detail,
    )
    live.tell(rules.TOPIC, match.institution_id)


def _tell_day(
    place_id: int, on: date, step: str, by: Staff, at: datetime, **detail: object
) -> None:
    trail.record(
        institution_id=place_id,
        actor=by.label,
        action=f"monitoring.{step}",
        subject=f"monitoring.day:{place_id}.{on}",
        at=at,
        detail={**detail, "valid_from": str(on)},
    )
