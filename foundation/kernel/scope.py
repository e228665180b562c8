"""Whose data the present work may see: the scope in the process and the policy in the database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, TypeAlias

EVERYTHING: Literal["*"] = "*"
SETTING = "app.scope"

Scope: TypeAlias = tuple[int, ...] | Literal["*"]

_IDENTIFIER = re.compile(r"[a-z_][a-z0-9_]{0,57}")
_scope: ContextVar[Scope | None] = ContextVar("scope", default=None)


class NoScope(RuntimeError):
    """Rows of institutions are touched outside every scope: a fault of the programmer."""


def current() -> Scope:
    """Return the ids of the institutions in scope, or EVERYTHING; raises NoScope outside."""
    scope = _scope.get()
    if scope is None:
        raise NoScope("enter people.services.acting or acting_as_system first")
    return scope


def inside() -> bool:
    """Tell whether a scope has been entered."""
    return _scope.get() is not None


@contextmanager
def entered(scope: Scope) -> Iterator[Scope]:
    """Make the scope the current one until the end of the block, then the former one again."""
    as_setting(scope)
    token = _scope.set(scope)
    try:
        yield scope
    finally:
        _scope.reset(token)


def as_setting(scope: Scope) -> str:
    """Return the scope as the text that the database's policies read."""
    if scope == EVERYTHING:
        return EVERYTHING
    if any(type(number) is not int for number in scope):
        raise TypeError(f"a scope is EVERYTHING or a tuple of ids, not {scope!r}")
    return ",".join(str(number) for number in scope)


def rls_sql(table: str, column: str = "institution_id") -> list[str]:
    """Return the statements that lock a table's rows to the scope, for its migration.

    The scope is read once per statement and hashed, so that a row costs one probe however many
    institutions are in scope. '*' is taken out before the cast, because either side of an OR may
    be evaluated first.
    """
    for name in (table, column):
        if not _IDENTIFIER.fullmatch(name):
            raise ValueError(f"{name!r} is not a plain identifier")
    setting = f"current_setting('{SETTING}', true)"
    ids = f"string_to_array(nullif(nullif({setting}, ''), '{EVERYTHING}'), ',')::bigint[]"
    seen = f"{column} IN (select unnest({ids})) OR (select {setting}) = '{EVERYTHING}'"
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {table}_scope ON {table} FOR ALL USING ({seen}) WITH CHECK ({seen})",
    ]


def system_only_sql(table: str) -> list[str]:
    """Return the statements that lock a table's rows to the system: no person's scope shows one."""
    if not _IDENTIFIER.fullmatch(table):
        raise ValueError(f"{table!r} is not a plain identifier")
    seen = f"(select current_setting('{SETTING}', true)) = '{EVERYTHING}'"
    return [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY {table}_scope ON {table} FOR ALL USING ({seen}) WITH CHECK ({seen})",
    ]


def rls_undo_sql(table: str) -> list[str]:
    """Return the statements that take the policy away again, for a migration's way back."""
    if not _IDENTIFIER.fullmatch(table):
        raise ValueError(f"{table!r} is not a plain identifier")
    return [
        f"DROP POLICY IF EXISTS {table}_scope ON {table}",
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    ]
