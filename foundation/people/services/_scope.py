"""Acting inside a scope: the database and the process agree on whose rows may be touched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from foundation.kernel import scope
from foundation.people import selectors
from foundation.people.models import Staff


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
    # The settings are local to the transaction: a pooled connection never carries them on, and
    # an exception takes them back together with the savepoint. Only within another scope are they
    # put back by hand; else they end with the transaction.
    inside = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        before = _settings(cursor) if inside else ("", "")
        _set(cursor, scope.as_setting(allowed), actor)
        with scope.entered(allowed):
            yield
        if inside:
            _set(cursor, *before)


def _settings(cursor: CursorWrapper) -> tuple[str, str]:
    cursor.execute("SELECT current_setting('app.scope', true), current_setting('app.staff', true)")
    allowed, actor = cursor.fetchone()
    return allowed or "", actor or ""


def _set(cursor: CursorWrapper, allowed: str, actor: str) -> None:
    cursor.execute(
        "SELECT set_config('app.scope', %s, true), set_config('app.staff', %s, true)",
        [allowed, actor],
    )
