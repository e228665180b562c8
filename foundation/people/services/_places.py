"""The tree of institutions."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from foundation.people import rules
from foundation.people.models import Institution, Staff
from foundation.trail import services as trail


@transaction.atomic
def open_institution(
    *,
    number: str,
    name: str,
    kind: str,
    parent: Institution | None,
    by: Staff | None = None,
    at: datetime | None = None,
) -> Institution:
    """Add an institution below its parent; refuse a taken number and a place that is not its.

    Without `by` and `at` it is the installation that builds the first tree.
    """
    rules.check_place(kind, parent.kind if parent else None)
    if Institution.objects.filter(number=number).exists():
        raise rules.NumberTaken(field="number")
    row = Institution.objects.create(number=number, name=name, kind=kind, parent=parent, path="")
    row.refresh_from_db(fields=["path"])
    if by and at:
        _tell(row, by=by, at=at, action="people.open_institution", detail={"name": name})
    return row


@transaction.atomic
def move_institution(
    *, institution_id: int, parent: Institution, by: Staff, at: datetime
) -> Institution:
    """Put an institution, with all below it, under another parent; refuse a circle."""
    row = Institution.objects.select_for_update(of=("self",)).get(id=institution_id)
    rules.check_place(row.kind, parent.kind)
    if parent.path.startswith(row.path):
        raise rules.Circle
    before = row.parent_id
    row.parent = parent
    row.save(update_fields=["parent"])
    row.refresh_from_db(fields=["path"])
    changes = {"before": {"parent": before}, "after": {"parent": parent.pk}}
    _tell(row, by=by, at=at, action="people.move_institution", detail=changes)
    return row


def _tell(
    row: Institution, *, by: Staff, at: datetime, action: str, detail: dict[str, object]
) -> None:
    # Told at the institution of the one who did it: a new institution is in nobody's scope yet.
    trail.record(
        institution_id=by.institution_id,
        actor=by.label,
        action=action,
        subject=f"people.institution:{row.number}",
        at=at,
        detail=detail,
    )
