"""A night's work on a day: its lines put together, its figures kept, every rule asked.

Of a large day a second connection takes a half of the questions. It sees what is committed; that it
saw the same lines is compared, and what it answered of others is asked again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from threading import Thread

import structlog
from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from foundation.people import services as people
from monitoring.models import AccountDay, TellerDay
from monitoring.rules.compiled import Numbered, Statement
from monitoring.selectors import workshop as selectors
from monitoring.selectors.workshop import Rows

log = structlog.get_logger(__name__)

# The night groups by account in memory; compiling so many figures costs more than it saves.
_ROOM = "SET LOCAL work_mem = '256MB'; SET LOCAL jit = off"
# From so many lines on a second connection pays for putting them together once more.
LARGE = 50_000
# How long the second waits for a lock; the first may be the one who holds it.
_WAIT = "2s"
_COLUMNS = (
    "institution_id, day, entity, lines, out_fen, in_fen, cash_out_fen, cash_in_fen, cash_lines,"
    " cash_max_fen, max_fen, reversals"
)


def go_through(*, rules: Sequence[Numbered], on: date) -> tuple[int, Rows]:
    """Keep a day's figures and ask the rules; return how many lines it has, and what they find."""
    asked = selectors.statements(rules=rules, on=on)
    shared = deque(one for one in asked if not one.of_days)
    with _second(on, shared) as second:
        gather(on=on)
        lines = fold_day(on=on, gathered=True)
        answers = {one.name: selectors.ask(statement=one) for one in asked if one.of_days}
        answers |= answered(shared=shared)
        answers |= second.agreed()
    answers |= {one.name: selectors.ask(statement=one) for one in asked if one.name not in answers}
    return lines, [row for rows in answers.values() for row in rows]


def answered(*, shared: deque[Statement]) -> dict[str, Rows]:
    """Ask what nobody has taken yet, one after another."""
    answers: dict[str, Rows] = {}
    while True:
        try:
            one = shared.popleft()
        except IndexError:
            return answers
        answers[one.name] = selectors.ask(statement=one)


class Second(Thread):
    """Takes statements that are shared and asks them by a connection of its own."""

    def __init__(self, on: date, shared: deque[Statement]) -> None:
        super().__init__(name="second of a night", daemon=True)
        self._on, self._shared, self._like = on, shared, connections[DEFAULT_DB_ALIAS]
        self._opened: BaseDatabaseWrapper | None = None
        self._seen: tuple[int, int] | None = None
        self._answers: dict[str, Rows] = {}

    def run(self) -> None:
        """Put the lines together as well, and ask; what fails is left to the first."""
        opened = self._opened = self._like.copy()
        connections[DEFAULT_DB_ALIAS] = opened
        try:
            with people.acting_as_system(reason="monitoring.second"):
                with connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = '{_WAIT}'")
                make_room()
                gather(on=self._on)
                seen = selectors.seen()
                self._answers = answered(shared=self._shared)
                self._seen = seen
        except DatabaseError as failure:
            log.warning("a second connection did not answer", failure=type(failure).__name__)
        finally:
            opened.close()

    def agreed(self) -> dict[str, Rows]:
        """Return what was answered, once it is: nothing where other lines were seen."""
        if self.ident is None:
            return {}
        self.join()
        return self._answers if self._seen == selectors.seen() else {}

    def stop(self) -> None:
        """Take back what it is at."""
        self._shared.clear()
        if self.is_alive():
            raw = self._opened and self._opened.connection
            if raw:
                raw.cancel()
            self.join()


@contextmanager
def _second(on: date, shared: deque[Statement]) -> Iterator[Second]:
    """Let a second connection take of the statements meanwhile, where the day is large."""
    second = Second(on, shared)
    if len(shared) > 1 and selectors.is_large(on=on, least=LARGE):
        second.start()
    try:
        yield second
    finally:
        second.stop()


def make_room() -> None:
    """Let the transaction group by account in memory."""
    with connection.cursor() as cursor:
        cursor.execute(_ROOM)


def gather(*, on: date) -> None:
    """Put the day's lines together once for all that is asked of them in this transaction."""
    with connection.cursor() as cursor:
        cursor.execute(selectors.gather_sql(on=on))


@transaction.atomic
def fold_day(*, on: date, gathered: bool = False) -> int:
    """Keep the figures of accounts and tellers of a day anew; return how many lines it has."""
    total = 0
    for model, entity in ((AccountDay, "account"), (TellerDay, "teller")):
        model.objects.filter(day=on).delete()
        table = model._meta.db_table  # noqa: SLF001 -- Django's own public name
        with connection.cursor() as cursor:
            select = selectors.fold_sql(on=on, entity=entity, gathered=gathered)
            cursor.execute(f"INSERT INTO {table} ({_COLUMNS}) {select}")
            if entity == "teller":
                cursor.execute(f"SELECT coalesce(sum(lines), 0) FROM {table} WHERE day = %s", [on])  # noqa: S608
                total = int(cursor.fetchone()[0])
    return total
