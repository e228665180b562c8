"""Charging the points of an error, and giving them back; rows are added and never changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.utils.timezone import localdate

from foundation.trail import services as trail
from monitoring.models import Slip, SlipPoint
from monitoring.rules import points as rules
from monitoring.selectors import slips as selected

_ONE_BY_ONE = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def is_repeated(*, slip: Slip) -> bool:
    """Tell whether the teller was charged with the same error in the days before.

    Two slips of one teller and error are issued one after the other, so that the second knows of
    the first. What was given back does not count.
    """
    if slip.at_fault_person is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute(_ONE_BY_ONE, [f"monitoring.slip {slip.at_fault_person} {slip.code}"])
    days = selected.number(name="repeat_days", on=slip.issued_on)
    rows = SlipPoint.objects.filter(
        person=slip.at_fault_person,
        code=slip.code,
        on__gte=slip.issued_on - timedelta(days=days),
        reverses=None,
        reversal=None,
    )
    return bool(rows.exists())


def charge(*, slip: Slip, by: str, at: datetime) -> SlipPoint:
    """Charge an error slip its points: those of its class, times the number when repeated."""
    on = slip.issued_on
    worth = rules.points(
        base=selected.number(name=f"points_{slip.error_class}", on=on),
        times=selected.number(name="repeat_times", on=on),
        repeated=slip.repeated,
    )
    row: SlipPoint = SlipPoint.objects.create(
        institution_id=slip.institution_id, slip=slip, code=slip.code,
        person=slip.at_fault_person, points=worth, repeated=slip.repeated, on=on, at=at, label=by,
    )  # fmt: skip
    _told(row, slip, "charge", by, at)
    return row


def give_back(*, slip: Slip, by: str, at: datetime) -> SlipPoint:
    """Give the points of a slip back in a row of its own, of the day on which that is decided."""
    given = SlipPoint.objects.get(slip=slip, reverses=None)
    row: SlipPoint = SlipPoint.objects.create(
        institution_id=slip.institution_id, slip=slip, code=slip.code,
        person=slip.at_fault_person, points=-given.points, repeated=given.repeated,
        reverses=given, on=localdate(at), at=at, label=by,
    )  # fmt: skip
    _told(row, slip, "give_back", by, at)
    return row


def _told(row: SlipPoint, slip: Slip, step: str, by: str, at: datetime) -> None:
    trail.record(
        institution_id=row.institution_id, actor=by, action=f"monitoring.{step}_points",
        subject=slip.trail_subject, at=at, detail={"points": row.points},
    )  # fmt: skip
