"""What people can do: act inside a scope, hold roles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from django.db import connection, transaction

from foundation.kernel import scope
from foundation.people import rules, selectors
from foundation.people.models import Institution, Staff, StaffRole
from foundation.people.roles import ROLES


@contextmanager
def acting(*, staff: Staff) -> Iterator[None]:
    """Open a transaction in which exactly the person's institutions can be read and written."""
    allowed = selectors.scope_of(staff=staff)
    with _within(allowed, actor=str(staff.pk)):
        yield


@contextmanager
def acting_as_system(*, reason: str) -> Iterator[None]:
    """Open a transaction over every institution; `reason` names the job, for the database's log."""
    with _within(scope.EVERYTHING, actor=f"system:{reason}"):
        yield


@contextmanager
def _within(allowed: scope.Scope, *, actor: str) -> Iterator[None]:
    text = allowed if isinstance(allowed, str) else ",".join(map(str, allowed))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_setting('app.scope', true), current_setting('app.staff', true),"
            " set_config('app.scope', %s, true), set_config('app.staff', %s, true)",
            [text, actor],
        )
        before = cursor.fetchone()
        with scope.entered(allowed):
            yield
        cursor.execute(
            "SELECT set_config('app.scope', %s, true), set_config('app.staff', %s, true)",
            [before[0] or "", before[1] or ""],
        )


def open_institution(
    *, number: str, name: str, kind: str, parent: Institution | None
) -> Institution:
    """Add an institution below its parent."""
    institution = Institution.objects.create(
        number=number, name=name, kind=kind, parent=parent, path=""
    )
    institution.path = f"{parent.path if parent else '/'}{institution.pk}/"
    institution.save(update_fields=["path"])
    return institution


@transaction.atomic
def grant_role(
    *, staff: Staff, role: str, on: date, granted_by: Staff | None, approved_by: Staff | None
) -> StaffRole:
    """Give a role; refuse one that conflicts with a role held by the same human."""
    held = StaffRole.objects.select_for_update(of=("self",)).filter(
        person=staff.person, valid_until=None
    )
    rules.check_roles(role, [row.role for row in held.order_by("id")])
    return StaffRole.objects.create(
        staff=staff,
        role=role,
        duty=ROLES[role].duty,
        person=staff.person,
        valid_from=on,
        granted_by=granted_by,
        approved_by=approved_by,
    )
