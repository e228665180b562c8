"""Opening a business day, and closing it: blockers, seal, two signatures, opening again by two."""

from __future__ import annotations

import json
from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import QuerySet

from foundation.kernel import bus
from foundation.kernel.calendar import local
from foundation.ledger import events, rules, selectors
from foundation.ledger.models import BusinessDay, DayCarry, DayClosing, DaySignature, Reopening
from foundation.ledger.services._holds import expire_holds
from foundation.people.models import Staff
from foundation.trail import services as trail

MONTHS_AHEAD = 2


@transaction.atomic
def open_day(*, institution_id: int, on: date, at: datetime, by: str) -> BusinessDay:
    """Open a day for posting; the same again changes nothing.

    Refuses while another is not closed, a day not after it, and one too far ahead.
    """
    last: BusinessDay | None = _days(institution_id).order_by("-date").first()
    if last is not None:
        if last.date == on and last.state == rules.DAY_OPEN:
            return last
        today = local(at).date()
        rules.check_next_day(last=last.date, last_state=last.state, new=on, today=today)
    _check_not_past(on)
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_day_ready(%s, %s)", [institution_id, on])
    day: BusinessDay = BusinessDay.objects.create(
        institution_id=institution_id, date=on, opened_at=at, opened_by=by
    )
    _record(day, "ledger.open_day", by=by, at=at)
    expire_holds(on=on, at=at, institution_id=institution_id)
    return day


@transaction.atomic
def begin_close(*, institution_id: int, on: date, at: datetime, by: Staff) -> BusinessDay:
    """Stop posting: whoever is posting finishes first, and nobody posts after."""
    day = _locked(institution_id, on)
    _step(day, "begin_close")
    _record(day, "ledger.begin_close", by=by.label, at=at)
    return day


@transaction.atomic
def resume(*, institution_id: int, on: date, at: datetime, by: Staff) -> BusinessDay:
    """Let people post again on a day that is closing and not yet sealed."""
    day = _locked(institution_id, on)
    _step(day, "resume")
    _record(day, "ledger.resume_day", by=by.label, at=at)
    return day


@transaction.atomic
def carry(
    *, institution_id: int, on: date, check: str, reason: str, at: datetime, by: Staff
) -> DayCarry:
    """Carry forward what a check finds open, with a reason; refuse where it finds nothing."""
    day = _locked(institution_id, on)
    found = next((one for one in selectors.blockers(day=day) if one.code == check), None)
    if found is None or not found.stands or day.state not in (rules.DAY_OPEN, rules.DAY_CLOSING):
        raise rules.NothingToCarry
    row: DayCarry = DayCarry.objects.create(
        institution_id=institution_id,
        day=day,
        round=selectors.closings(day=day).count() + 1,
        check_code=check,
        count=found.count,
        reason=reason,
        label=by.label,
        at=at,
    )
    told = {"check": check, "count": found.count, "reason": reason}
    _record(day, "ledger.carry_forward", by=by.label, at=at, **told)
    return row


@transaction.atomic
def seal_day(*, institution_id: int, on: date, at: datetime, by: Staff) -> DayClosing:
    """Write turnover and seal of a day that is closing; refuse while something stands open."""
    day = _locked(institution_id, on)
    target = rules.DAY_FLOW.after(day.state, "seal")
    blockers = selectors.blockers(day=day)
    rules.check_sealable(blockers)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_seal_day(%s, %s, %s, %s)",
            [day.pk, at, by.label, json.dumps(rules.carried(blockers))],
        )
        closing: DayClosing = DayClosing.objects.get(id=cursor.fetchone()[0])
    day.state = target
    day.save(update_fields=["state"])
    told = {"seal": closing.digest, "entries": closing.entries, "legs": closing.legs}
    _record(day, "ledger.seal_day", by=by.label, at=at, **told)
    return closing


@transaction.atomic
def sign_day(*, institution_id: int, on: date, digest: str, at: datetime, by: Staff) -> BusinessDay:
    """Sign the report that was shown; with the second human's signature the day is closed."""
    day = _locked(institution_id, on)
    closing = selectors.closing_in_force(day=day)
    if closing is None or day.state != rules.DAY_SEALED:
        raise rules.NotSealed(day=on)
    if closing.digest != digest:
        raise rules.SealChanged
    signed = list(closing.signatures.order_by("place"))
    if any(one.person == by.person for one in signed):
        raise rules.SignedBySame
    DaySignature.objects.create(
        institution_id=institution_id,
        closing=closing,
        place=len(signed) + 1,
        staff=by,
        person=by.person,
        label=by.label,
        at=at,
    )
    _record(day, "ledger.sign_day", by=by.label, at=at, seal=digest)
    if len(signed) + 1 == rules.SIGNATURES:
        day.closed_at, day.closed_by = at, by.label
        _step(day, "close", "closed_at", "closed_by")
        _record(day, "ledger.close_day", by=by.label, at=at, seal=digest)
        bus.publish(events.DayClosed(institution_id=institution_id, business_date=on))
    return day


@transaction.atomic
def ask_to_reopen(
    *, institution_id: int, on: date, reason: str, at: datetime, by: Staff
) -> Reopening:
    """Ask that a sealed or closed day be opened again; refuse all but the latest day."""
    day = _locked(institution_id, on)
    closing = _reopenable(day)
    if closing.reopenings.filter(approved=None).exists():
        raise rules.AskedAlready
    row: Reopening = Reopening.objects.create(
        institution_id=institution_id,
        closing=closing,
        reason=reason,
        asked_by=by,
        asked_person=by.person,
        asked_label=by.label,
        asked_at=at,
    )
    _record(day, "ledger.ask_to_reopen", by=by.label, at=at, reason=reason)
    return row


@transaction.atomic
def decide_reopening(
    *, institution_id: int, on: date, approve: bool, at: datetime, by: Staff
) -> BusinessDay:
    """Open the day again, or say no; the seal stays and is superseded by the next one."""
    day = _locked(institution_id, on)
    closing = _reopenable(day)
    asked = closing.reopenings.select_for_update(of=("self",)).filter(approved=None).first()
    if asked is None:
        raise rules.AskedAlready
    if asked.asked_person == by.person:
        raise rules.ReopenedBySame
    asked.decided_by, asked.decided_person, asked.decided_label = by, by.person, by.label
    asked.decided_at, asked.approved = at, approve
    asked.save(
        update_fields=["decided_by", "decided_person", "decided_label", "decided_at", "approved"]
    )
    if approve:
        day.closed_at, day.closed_by = None, ""
        _step(day, "reopen", "closed_at", "closed_by")
    action = "ledger.reopen_day" if approve else "ledger.decline_reopening"
    _record(day, action, by=by.label, at=at, reason=asked.reason, seal=closing.digest)
    return day


def make_months(*, on: date, ahead: int = MONTHS_AHEAD) -> int:
    """Make the tables of this month and of so many after it; return how many were missing.

    Whoever posts is never kept waiting: a lock that is not free within two seconds is given up, and
    the task tries again.
    """
    made = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '2s'")
        for month in rules.months_from(on, ahead + 1):
            cursor.execute("SELECT ledger_month(%s)", [month])
            made += bool(cursor.fetchone()[0])
        cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    return made


def close_dates() -> int:
    """Write closing balances and general ledger of each date that all have closed; return how many.

    Needs a transaction over every institution (tasks run in one).
    """
    assert connection.in_atomic_block, "a date is closed as a whole"
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_close_dates()")
        count: int = cursor.fetchone()[0]
    return count


@transaction.atomic
def close_day(
    *, institution_id: int, on: date, at: datetime, by: tuple[Staff, Staff], reason: str = ""
) -> BusinessDay:
    """Take every step of the close for two people; what is open is carried if a reason is given."""
    first, second = by
    day = _locked(institution_id, on)
    if day.state == rules.DAY_CLOSED:
        raise rules.DayClosed(day=on)
    if day.state == rules.DAY_OPEN:
        begin_close(institution_id=institution_id, on=on, at=at, by=first)
    for blocker in selectors.blockers(day=day) if reason else ():
        if blocker.stands:
            carry(
                institution_id=institution_id,
                on=on,
                check=blocker.code,
                reason=reason,
                at=at,
                by=first,
            )
    closing = seal_day(institution_id=institution_id, on=on, at=at, by=first)
    for signer in (first, second):
        day = sign_day(
            institution_id=institution_id, on=on, digest=closing.digest, at=at, by=signer
        )
    return day


def _days(institution_id: int) -> QuerySet[BusinessDay]:
    return BusinessDay.objects.select_for_update(of=("self",)).filter(institution_id=institution_id)


def _locked(institution_id: int, on: date) -> BusinessDay:
    day: BusinessDay | None = _days(institution_id).filter(date=on).first()
    if day is None:
        raise rules.DayNotOpened(day=on)
    return day


def _reopenable(day: BusinessDay) -> DayClosing:
    """Return the closing that would be given up; refuse a day not sealed or not the last."""
    rules.DAY_FLOW.after(day.state, "reopen")
    _check_not_past(day.date)
    closing = selectors.closing_in_force(day=day)
    if closing is None:
        raise rules.NotSealed(day=day.date)
    later = BusinessDay.objects.filter(institution_id=day.institution_id, date__gt=day.date)
    if later.exists():
        raise rules.NotLatestDay(day=day.date)
    return closing


def _check_not_past(on: date) -> None:
    until = selectors.closed_until()
    if until is not None and on < until:
        raise rules.DatePast(day=on, field="on")


def _step(day: BusinessDay, step: str, *more: str) -> None:
    day.state = rules.DAY_FLOW.after(day.state, step)
    day.save(update_fields=["state", *more])


def _record(day: BusinessDay, action: str, *, by: str, at: datetime, **detail: object) -> None:
    trail.record(
        institution_id=day.institution_id,
        actor=by,
        action=action,
        subject=f"ledger.day:{day.institution_id}/{day.date}",
        at=at,
        detail=detail,
    )
