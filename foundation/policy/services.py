"""Changing a business number or a day of the calendar: one person proposes, another approves."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from foundation.kernel import scope
from foundation.people import selectors as people
from foundation.people.models import Institution, Staff
from foundation.policy import rules
from foundation.policy.gateways import published_days
from foundation.policy.models import CalendarDay, Policy
from foundation.trail import services as trail


@transaction.atomic
def propose(
    *,
    code: str,
    value: str,
    valid_from: date,
    reason: str,
    by: Staff,
    at: datetime,
    institution: Institution | None = None,
) -> Policy:
    """Propose a value; refuse an unknown code, a bad text, a day begun and a place of others.

    In the scope of the system, at the installation, the day and the place are not asked.
    """
    rules.value_of(code, value)
    _check(valid_from, institution, at)
    row = Policy.objects.create(
        code=code,
        institution=institution,
        value=value,
        valid_from=valid_from,
        reason=reason,
        proposed_by=by,
        proposed_at=at,
    )
    _tell(row, "policy.propose", by=by, at=at)
    return row


@transaction.atomic
def approve(*, policy_id: int, by: Staff, at: datetime) -> Policy:
    """Put a proposed value in force; refuse its proposer, under any number of the same human."""
    row = _waiting(policy_id, by=by)
    _check(row.valid_from, row.institution, at)
    row.approved_by, row.approved_at = by, at
    row.save(update_fields=["approved_by", "approved_at"])
    _tell(row, "policy.approve", by=by, at=at)
    return row


@transaction.atomic
def decline(*, policy_id: int, by: Staff, at: datetime) -> Policy:
    """Decline a proposed value; refuse its proposer."""
    row = _waiting(policy_id, by=by)
    row.declined_by, row.declined_at = by, at
    row.save(update_fields=["declined_by", "declined_at"])
    _tell(row, "policy.decline", by=by, at=at)
    return row


@transaction.atomic
def propose_day(
    *, on: date, works: bool, name: str, source: str, by: Staff, at: datetime
) -> CalendarDay:
    """Propose a day that differs from its weekday, with where that is published."""
    row = CalendarDay.objects.create(
        on=on, works=works, name=name, source=source, proposed_by=by, proposed_at=at
    )
    _tell_day(row, "policy.propose_day", by=by, at=at)
    return row


@transaction.atomic
def approve_day(*, day_id: int, by: Staff, at: datetime) -> CalendarDay:
    """Let a proposed day count; refuse its proposer, under any number of the same human."""
    row = CalendarDay.objects.select_for_update(of=("self",)).get(id=day_id)
    if row.proposed_by is None or row.approved_by_id is not None:
        raise rules.AlreadyDecided
    if row.proposed_by.person == by.person:
        raise rules.SamePerson
    row.approved_by, row.approved_at = by, at
    row.save(update_fields=["approved_by", "approved_at"])
    _tell_day(row, "policy.approve_day", by=by, at=at)
    return row


@transaction.atomic
def load_holidays(*, year: int) -> int:
    """Load the published days of a year, once; return how many were new."""
    known = set(
        CalendarDay.objects.filter(on__year=year, proposed_by=None).values_list("on", flat=True)
    )
    rows = [
        CalendarDay(on=day.on, works=day.works, name=day.name, source="chinesecalendar")
        for day in published_days(year)
        if day.on not in known
    ]
    return len(CalendarDay.objects.bulk_create(rows, ignore_conflicts=True))


def _waiting(policy_id: int, *, by: Staff) -> Policy:
    row = Policy.objects.select_for_update(of=("self",)).get(id=policy_id)
    if row.proposed_by.person == by.person:
        raise rules.SamePerson
    if row.approved_by_id is not None or row.declined_by_id is not None:
        raise rules.AlreadyDecided
    return row


def _check(valid_from: date, institution: Institution | None, at: datetime) -> None:
    allowed = scope.current() if scope.inside() else scope.EVERYTHING
    if allowed == scope.EVERYTHING:
        return
    rules.check_day(valid_from, today=localdate(at))
    if (institution.pk if institution else people.root_id()) not in allowed:
        raise rules.NotYours(field="institution")


def _tell(row: Policy, action: str, *, by: Staff, at: datetime) -> None:
    trail.record(
        institution_id=by.institution_id,
        actor=by.label,
        action=action,
        subject=f"policy:{row.code}",
        at=at,
        detail={
            "value": row.value,
            "valid_from": str(row.valid_from),
            "institution": row.institution.number if row.institution else "",
            "reason": row.reason,
        },
    )


def _tell_day(row: CalendarDay, action: str, *, by: Staff, at: datetime) -> None:
    trail.record(
        institution_id=by.institution_id,
        actor=by.label,
        action=action,
        subject=f"policy.day:{row.on}",
        at=at,
        detail={"works": row.works, "name": row.name, "source": row.source},
    )
