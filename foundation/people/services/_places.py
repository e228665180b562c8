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
    if parent:
        check_in_use(institution_id=parent.pk)
    if Institution.objects.filter(number=number).exists():
        raise rules.NumberTaken(field="number")
    row = Institution.objects.create(number=number, name=name, kind=kind, parent=parent, path="")
    row.refresh_from_db(fields=["path"])
    if by and at:
        _tell(row, by=by, at=at, action="people.open_institution", detail={"name": name})
    return row


def check_in_use(*, institution_id: int) -> Institution:
    """Return an institution, which nobody changes until the commit; refuse a closed one."""
    row = Institution.objects.select_for_update(of=("self",), no_key=True).select_related("parent")
    found = row.get(id=institution_id)
    if not found.active:
        raise rules.InstitutionClosed(field="institution")
    return found


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
