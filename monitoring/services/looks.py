"""What can be done with second looks: open them, look, judge between two who looked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate

from foundation.kernel import bus
from foundation.people.models import Staff
from foundation.policy import selectors as policy
from foundation.trail import services as trail
from foundation.ui import live
from foundation.worklist import services as worklist
from monitoring import events, rules
from monitoring.models import Look, Match, Proof
from monitoring.rules import looks
from monitoring.selectors import looks as selected

MACHINE = "system monitoring"
PRIORITY: Mapping[str, int] = {looks.PROOF: 20, looks.AGAIN: 10, looks.KEY: 10, looks.SAMPLE: 5}


def on_matched(*, match: Match, automatic: bool, at: datetime) -> None:
    """Draw a pair that was matched just now: for proof by blind keying, and for an auditor."""
    numbers = policy.bank_wholes(codes=looks.NUMBERS, on=match.business_date)
    if automatic and _drawn("proof", match, numbers.get(looks.PROOF_SHARE, 0)):
        Proof.objects.create(institution_id=match.institution_id, match=match, drawn_at=at)
        _tell(match.institution_id, match.trail_subject, "draw_proof", MACHINE, at)
        bus.publish(events.ProofDrawn(match_id=match.pk, subject=match.trail_subject))
    pair = looks.Pair(match.trade_code, match.amount_fen or 0)
    business = looks.key_business(pair, numbers=numbers)
    if business:
        open_look(match=match, kind=looks.KEY, why=business, at=at)
        return
    widest = max(numbers.get(code, 0) for code in looks.SHARES.values())
    if not _drawn("sample", match, widest):
        return
    risks = looks.risks_of(selected.weighed(match=match), numbers=numbers)
    why, share = looks.share_of(risks, numbers=numbers)
    if _drawn("sample", match, share):
        open_look(match=match, kind=looks.SAMPLE, why=why, at=at)


def on_audited(*, match: Match, by: Staff, at: datetime) -> None:
    """Draw what an auditor found just now, for another who does not see it."""
    share = policy.bank_wholes(codes=[looks.AGAIN_SHARE], on=match.business_date)
    if _drawn("again", match, share.get(looks.AGAIN_SHARE, 0)):
        open_look(match=match, kind=looks.AGAIN, at=at, first_by=by)


def open_look(
    *, match: Match, kind: str, at: datetime, why: str = "", first_by: Staff | None = None
) -> Look:
    """Put an ended pair before an auditor once more; who had a part in it is not offered it."""
    touched = {*match.touched, *([first_by.person] if first_by else [])}
    first = "" if first_by is None else _first(match)
    look: Look = Look.objects.create(
        institution_id=match.institution_id,
        match=match,
        kind=kind,
        why=why,
        first=first,
        first_by=first_by,
        touched=sorted(touched),
        opened_at=at,
    )
    minutes = policy.whole(code="monitoring.wait_target_minutes", on=localdate(at))
    look.work_item = worklist.enqueue(
        queue=looks.QUEUE,
        subject=look.trail_subject,
        institution_id=look.institution_id,
        priority=PRIORITY[kind],
        amount_fen=match.amount_fen or 0,
        conflicted=list(look.touched),
        target=timedelta(minutes=minutes),
        at=at,
    )
    look.save(update_fields=["work_item"])
    _tell(look.institution_id, look.trail_subject, "open_look", MACHINE, at)
    return look


@transaction.atomic
def look(*, look_id: int, answer: str, fence: int, auditor: Staff, at: datetime) -> Look:
    """Keep what an auditor finds on a second look; refuse own work and what was looked at."""
    row = _locked(look_id)
    if row.state != looks.WAITING or row.work_item_id is None:
        raise looks.LookGone
    looks.check_apart(auditor.person, others=row.touched)
    step = looks.step_after(row.kind, answer=answer, first=row.first)
    worklist.finish(item_id=row.work_item_id, fence=fence, staff=auditor)
    row.state, row.found = looks.LOOK_FLOW.after(row.state, step), answer
    row.looked_by, row.looked_person, row.looked_at = auditor, auditor.person, at
    row.save(update_fields=["state", "found", "looked_by", "looked_person", "looked_at"])
    _tell(row.institution_id, row.trail_subject, f"{step}_look", auditor.label, at, finding=answer)
    if row.kind == looks.PROOF:
        _end_proof(row, "dismiss" if step == "bear_out" else "uphold", auditor, at)
    return row


@transaction.atomic
def hand_back_look(*, look_id: int, fence: int, auditor: Staff, at: datetime) -> None:
    """Put a second look back into its queue, at its old place."""
    row = _locked(look_id)
    if row.work_item_id is None:
        raise looks.LookGone
    worklist.release(item_id=row.work_item_id, fence=fence, staff=auditor)
    _tell(row.institution_id, row.trail_subject, "hand_back", auditor.label, at)


@transaction.atomic
def judge(*, look_id: int, upheld: bool, by: Staff, at: datetime) -> Look:
    """Say which of two auditors was right; refuse either of them and whoever had a part."""
    row = _locked(look_id)
    if row.state != looks.DIFFERS:
        raise looks.LookGone
    looks.check_apart(by.person, others=[*row.touched, row.looked_person])
    step = "uphold" if upheld else "dismiss"
    row.state = looks.LOOK_FLOW.after(row.state, step)
    row.judged_by, row.judged_person, row.judged_at = by, by.person, at
    row.save(update_fields=["state", "judged_by", "judged_person", "judged_at"])
    _tell(row.institution_id, row.trail_subject, f"{step}_look", by.label, at)
    return row


def _first(match: Match) -> str:
    return looks.AGREES if match.state == rules.FORCED else match.result


def _drawn(purpose: str, match: Match, share: int) -> bool:
    return looks.is_drawn(
        purpose,
        institution_id=match.institution_id,
        on=match.business_date,
        number=match.journal_no,
        share=share,
    )


def _end_proof(row: Look, step: str, by: Staff, at: datetime) -> None:
    proof = Proof.objects.select_for_update(of=("self",)).get(match_id=row.match_id)
    proof.state, proof.ended_at = looks.PROOF_FLOW.after(proof.state, step), at
    proof.save(update_fields=["state", "ended_at"])
    _tell(row.institution_id, row.match.trail_subject, f"{step}_proof", by.label, at)


def _locked(look_id: int) -> Look:
    row: Look | None = (
        Look.objects.select_for_update(of=("self",))
        .select_related("match")
        .filter(id=look_id)
        .first()
    )
    if row is None:
        raise looks.NoSuchLook
    return row


def _tell(
    institution_id: int, subject: str, step: str, actor: str, at: datetime, **detail: object
) -> None:
    trail.record(
        institution_id=institution_id,
        actor=actor,
        action=f"monitoring.{step}",
        subject=subject,
        at=at,
        detail=detail,
    )
    live.tell(rules.TOPIC, institution_id)
