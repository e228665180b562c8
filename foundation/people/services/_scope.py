"""Acting inside a scope: the database and the process agree on whose rows may be touched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from foundation.kernel import scope
from foundation.people import selectors
from foundation.people.models import Staff


@contextmanager
def acting(*, staff: Staff, allowed: tuple[int, ...] | None = None) -> Iterator[None]:
    """Open a transaction in which exactly the person's institutions can be read and written.

    `allowed` is the person's scope where it was asked just now (`selectors.entered`).
    """
    seen = selectors.scope_of(staff=staff) if allowed is None else allowed
    with _within(seen, actor=str(staff.pk)):
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
    inside, within = connection.in_atomic_block, scope.inside()
    with transaction.atomic(), connection.cursor() as cursor:
        before = _settings(cursor) if inside else ("", "")
        _set(cursor, scope.as_setting(allowed), actor)
        with scope.entered(allowed):
            yield
            if not within:
                _do_what_is_left()
        if inside:
            _set(cursor, *before)


class _Left:
    """Something to be done at the end; Django takes it back with its savepoint."""

    def __init__(self, do: Callable[[Sequence[Any]], None], given: Any) -> None:
        self.do, self.given, self.done = do, given, False

    def __call__(self) -> None:
        """Do nothing: it was done before the commit."""


def at_end(*, do: Callable[[Sequence[Any]], None], given: Any) -> None:
    """Let something be done once with all that is given for it, at the end of the outermost scope.

    What is given inside a savepoint that is taken back is left out. Outside a scope it is done now.
    """
    if scope.inside() and connection.in_atomic_block:
        transaction.on_commit(_Left(do, given))
    else:
        do([given])


def _do_what_is_left() -> None:
    left = [
        one
        for one in (entry[1] for entry in connection.run_on_commit)
        if isinstance(one, _Left) and not one.done
    ]
    together: dict[Callable[[Sequence[Any]], None], list[Any]] = {}
    for one in left:
        one.done = True
        together.setdefault(one.do, []).append(one.given)
    for do, given in together.items():
        do(given)


def _settings(cursor: CursorWrapper) -> tuple[str, str]:
    cursor.execute("SELECT current_setting('app.scope', true), current_setting('app.staff', true)")
    allowed, actor = cursor.fetchone()
    return allowed or "", actor or ""


def _set(cursor: CursorWrapper, allowed: str, actor: str) -> None:
    cursor.execute(
        "SELECT set_config('app.scope', %s, true), set_config('app.staff', %s, true)",
        [allowed, actor],
    )
