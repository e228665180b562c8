"""Suspicious cases: opened, joined by what is found later, told, reviewed, confirmed, reported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from foundation.people.models import Institution, Staff
from foundation.trail import services as trail
from monitoring.models import ScreeningHit, SuspiciousCase
from monitoring.rules import aml as rules
from monitoring.selectors import aml as selected
from monitoring.selectors import patterns

SYSTEM = "system aml"
_REVIEWER = ("reviewer", "reviewer_person", "reviewed_at")
_LEAD = ("lead", "lead_person", "decided_at")


@dataclass(frozen=True)
class _Finding:
    """What was found of a customer: the key by which it is told once, why, by whom and when."""

    key: str
    origin: str
    actor: str
    at: datetime


@transaction.atomic
def open_by_rule(
    *, branch: Institution, suspect: patterns.Suspect, origin: str, at: datetime
) -> SuspiciousCase | None:
    """Open a case for what a rule found, or join it to the open one; None where nothing opened.

    What a case was opened for or joined before is not told again, however that case ended.
    """
    if selected.is_told(branch_id=branch.pk, customer=suspect.customer, key=suspect.key):
        return None
    evidence = [asdict(move) for move in suspect.moves]
    already = selected.open_case(branch_id=branch.pk, customer=suspect.customer, lock=True)
    if already is not None:
        _join(already, _Finding(suspect.key, origin, SYSTEM, at), evidence)
        return None
    row: SuspiciousCase = SuspiciousCase.objects.create(
        institution=branch,
        customer=suspect.customer,
        customer_name=suspect.name,
        origin=origin,
        key=suspect.key,
        evidence=evidence,
        opened_at=at,
    )
    _tell(row, "open_case", SYSTEM, at)
    return row


@transaction.atomic
def open_by_hit(*, hit: ScreeningHit, actor: str, at: datetime) -> SuspiciousCase | None:
    """Open a case for a customer who is the one on a list, or join it to the open one.

    None where nothing was opened. After the end of a case the customer's next item opens another.
    """
    found = _Finding(f"hit:{hit.pk}", rules.BY_HIT, actor, at)
    already = selected.open_case(branch_id=hit.institution_id, customer=hit.customer, lock=True)
    if already is not None:
        _join(already, found, ())
        return None
    told = selected.is_told(branch_id=hit.institution_id, customer=hit.customer, key=found.key)
    row: SuspiciousCase = SuspiciousCase.objects.create(
        institution_id=hit.institution_id,
        customer=hit.customer,
        customer_name=hit.customer_name,
        origin=rules.BY_HIT,
        key="" if told else found.key,
        opened_at=at,
    )
    _tell(row, "open_case", actor, at)
    return row


@transaction.atomic
def open_by_hand(
    *, customer: str, customer_name: str, branch: Institution, by: Staff, at: datetime
) -> SuspiciousCase:
    """Open a case about a customer; refuse a second open one."""
    already = selected.open_case(branch_id=branch.pk, customer=customer)
    if already is not None:
        raise rules.CaseIsOpen(field="customer", number=already.pk)
    row = SuspiciousCase(
        institution=branch,
        customer=customer,
        customer_name=customer_name,
        origin=rules.BY_HAND,
        opened_at=at,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise rules.CaseIsOpen(field="customer", number="—") from error
    _tell(row, "open_case", by.label, at)
    return row


@transaction.atomic
def submit(*, case_id: int, narrative: str, by: Staff, at: datetime) -> SuspiciousCase:
    """Tell what is suspicious and give it to a reviewer."""
    row = selected.case(case_id=case_id, lock=True)
    row.state = rules.CASE_FLOW.after(row.state, "submit")
    row.narrative = narrative
    row.analyst, row.analyst_person, row.submitted_at = by, by.person, at
    row.save(update_fields=["state", "narrative", "analyst", "analyst_person", "submitted_at"])
    _tell(row, "submit_case", by.label, at)
    return row


@transaction.atomic
def review(*, case_id: int, step: str, remark: str, by: Staff, at: datetime) -> SuspiciousCase:
    """Support, send back or dismiss what another human told."""
    row = selected.case(case_id=case_id, lock=True)
    if row.state != rules.SUBMITTED or step not in rules.BY_REVIEWER:
        rules.CASE_FLOW.after(row.state, "support")
    state = rules.CASE_FLOW.after(row.state, step)
    rules.check_second(by.person, row.analyst_person)
    row.state = state
    if step != "send_back":
        row.reviewer, row.reviewer_person, row.reviewed_at = by, by.person, at
    row.save(update_fields=["state", *_REVIEWER])
    _tell(row, f"{step}_case", by.label, at, remark=remark)
    return row


@transaction.atomic
def lead(*, case_id: int, step: str, remark: str, by: Staff, at: datetime) -> SuspiciousCase:
    """Confirm, send back or dismiss what two other humans told and supported."""
    row = selected.case(case_id=case_id, lock=True)
    if row.state != rules.SUPPORTED or step not in rules.BY_LEAD:
        rules.CASE_FLOW.after(row.state, "confirm")
    state = rules.CASE_FLOW.after(row.state, step)
    rules.check_second(by.person, row.analyst_person, row.reviewer_person)
    row.state = state
    if step == "send_back":
        row.reviewer, row.reviewer_person, row.reviewed_at = None, None, None
    else:
        row.lead, row.lead_person, row.decided_at = by, by.person, at
    row.save(update_fields=["state", *_REVIEWER, *_LEAD])
    _tell(row, f"{step}_case", by.label, at, remark=remark)
    return row


def line_of(*, row: SuspiciousCase) -> rules.Line:
    """Return what the report says of a case."""
    return rules.Line(
        1,
        {
            "customer": row.customer,
            "name": row.customer_name,
            "origin": row.origin,
            "opened": f"{row.opened_at:%Y-%m-%d}",
            "narrative": row.narrative,
        },
        [f"{move['place']}/{move['journal_no']}" for move in row.evidence],
    )


def _join(row: SuspiciousCase, found: _Finding, evidence: Sequence[dict[str, Any]]) -> None:
    """Add to an open case what was found since, once; what it has already is not added again."""
    if found.key in (row.key, *row.joined):
        return
    fresh = [move for move in evidence if move not in row.evidence]
    row.joined, row.evidence = [*row.joined, found.key], [*row.evidence, *fresh]
    row.save(update_fields=["joined", "evidence"])
    _tell(row, "join_case", found.actor, found.at, origin=found.origin, lines=len(fresh))


def _tell(row: SuspiciousCase, step: str, actor: str, at: datetime, **detail: object) -> None:
    shown: Mapping[str, object] = detail
    trail.record(
        institution_id=row.institution_id,
        actor=actor,
        action=f"{rules.APART}.{step}",
        subject=row.subject,
        at=at,
        detail=shown,
    )
