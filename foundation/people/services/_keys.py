"""The keys that a person chose for the actions of the screens."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from django.db import transaction

from foundation.people.models import Staff
from foundation.trail import services as trail

Keys = Mapping[str, str]


@transaction.atomic
def choose_keys(*, staff: Staff, change: Callable[[Keys], dict[str, str]], at: datetime) -> Keys:
    """Keep the keys that `change` makes of a person's own; the same again leaves no trace.

    `change` knows the screens, which people does not, and refuses what cannot be.
    """
    row: Staff = Staff.objects.select_for_update(of=("self",)).get(id=staff.pk)
    before: dict[str, str] = row.own_keys
    after = change(before)
    moved = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    if moved:
        row.own_keys = after
        row.save(update_fields=["own_keys"])
        trail.record(
            institution_id=row.institution_id,
            actor=row.label,
            action="people.choose_keys",
            subject=f"people.staff:{row.number}",
            at=at,
            detail={
                "before": {name: key for name, key in before.items() if name in moved},
                "after": {name: key for name, key in after.items() if name in moved},
            },
        )
    return after
