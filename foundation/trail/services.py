"""Writing the trail, and sealing it off the hot path."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, Protocol

from django.db import connection, transaction

from foundation.kernel import bus
from foundation.trail import events, rules, selectors
from foundation.trail.gateways import Anchor
from foundation.trail.models import Event, Look, LookCheck, LookDifference, Seal

_told_from: ContextVar[tuple[str, str]] = ContextVar("told_from", default=("", ""))
_together: ContextVar[bool] = ContextVar("together", default=False)
_SEALING = "SELECT pg_advisory_xact_lock(hashtextextended('trail.seal', 0))"


class Reader(Protocol):
    """Somebody with a name and an institution; who that is, people knows and not the trail."""

    institution_id: int

    @property
    def label(self) -> str:
        """Return the name that rows keep."""


@contextmanager
def told_from(*, where: str, request_id: str) -> Iterator[None]:
    """Let every event recorded inside carry the terminal and the number of the request."""
    token = _told_from.set((where, request_id))
    try:
        yield
    finally:
        _told_from.reset(token)


class _Told:
    """A line to be written; Django takes it back with its savepoint."""

    def __init__(self, event: Event) -> None:
        self.event, self.written = event, False

    def __call__(self) -> None:
        """Do nothing: it was written before the commit."""


@contextmanager
def together() -> Iterator[None]:
    """Write what is recorded inside by one statement at the end, in its order.

    Within the transaction that it belongs to, which must not go on after a fault inside. Nothing
    inside may read the trail.
    """
    outermost = not _together.get()
    token = _together.set(True)
    try:
        yield
    finally:
        _together.reset(token)
    if outermost:
        _write()


def _write() -> None:
    told = [
        one
        for one in (entry[1] for entry in connection.run_on_commit)
        if isinstance(one, _Told) and not one.written
    ]
    Event.objects.bulk_create(one.event for one in told)
    for one in told:
        one.written = True


def record(
    *,
    institution_id: int,
    actor: str,
    action: str,
    subject: str,
    at: datetime,
    result: str = "ok",
    where: str = "",
    request_id: str = "",
    detail: Mapping[str, Any] | None = None,
) -> Event:
    """Add one line, in the transaction of what it tells about.

    `detail` may hold `before` and `after`, each a mapping of what was changed. The line has no key
    yet where it is written `together` with others.
    """
    assert connection.in_atomic_block, "an action and its trail stand or fall together"
    here, request = _told_from.get()
    row = Event(
        institution_id=institution_id,
        actor=_one_line(actor, 60),
        action=_one_line(action, 60),
        subject=_one_line(subject, 80),
        at=at,
        result=_one_line(result, 20),
        where=_one_line(where or here, 60),
        request_id=_one_line(request_id or request, 40),
        detail=dict(detail or {}),
    )
    if _together.get():
        transaction.on_commit(_Told(row))
    else:
        row.save(force_insert=True)
    bus.publish(events.Recorded(action=row.action, result=row.result, subject=row.subject))
    return row


def record_export(*, staff: Reader, asked: Mapping[str, str], count: int, at: datetime) -> None:
    """Put on the trail that somebody took lines of it away, which they asked for and how many."""
    record(
        institution_id=staff.institution_id,
        actor=staff.label,
        action="trail.export",
        subject="trail",
        at=at,
        detail={**asked, "count": count},
    )


def keep_look(*, looked: rules.Looked, root_id: int, ended_at: datetime) -> Look:
    """Keep what a look at the books went through and found; its differences by institution."""
    assert connection.in_atomic_block, "a look and what it found stand or fall together"
    look = Look.objects.create(
        began_at=looked.began_at,
        ended_at=max(ended_at, looked.began_at),
        whole=looked.whole,
        first=looked.first,
        last=looked.last,
        watermark=looked.watermark,
        differences=len(looked.found),
    )
    counts = Counter(one.code for one in looked.found)
    LookCheck.objects.bulk_create(
        LookCheck(look=look, code=code, rows=rows, differences=counts[code])
        for code, rows in looked.rows.items()
    )
    LookDifference.objects.bulk_create(
        LookDifference(
            look=look,
            institution_id=one.institution_id or root_id,
            code=one.code,
            kind=_one_line(one.kind, 60),
            subject=_one_line(one.subject, 120),
            detail=_one_line(one.detail, 200),
        )
        for one in looked.found
    )
    return look


def record_look(*, institution_id: int, differences: int, breaks: int, at: datetime) -> None:
    """Put on the trail that all books and the whole trail were looked through, and the result."""
    record(
        institution_id=institution_id,
        actor=rules.SYSTEM,
        action="trail.verify_books",
        subject=rules.BOOKS,
        at=at,
        result="broken" if differences or breaks else "ok",
        detail={"differences": differences, "breaks": breaks},
    )


def seal(*, at: datetime) -> dict[int, rules.Head]:
    """Seal every event whose transaction is finished; return the new heads by institution.

    Needs a transaction over every institution (tasks run in one). Refuses when the transactions
    of the server are counted anew, because then no stretch could be told finished.
    """
    assert connection.in_atomic_block, "the seals of one round stand or fall together"
    with connection.cursor() as cursor:
        cursor.execute(_SEALING)
        cursor.execute("SELECT trail_finished_tx()")
        (upto,) = cursor.fetchone()
    since = selectors.sealed_upto()
    if since > upto:
        raise rules.RestoredElsewhere
    heads: dict[int, rules.Head] = {}
    for institution_id in selectors.institutions_to_seal(since=since, upto=upto):
        former = selectors.head(institution_id=institution_id)
        stretch = rules.Stretch(
            institution_id, former.seq + 1, since, upto, former.digest or rules.FIRST
        )
        count, digest = rules.seal(stretch, selectors.sealed_events(stretch=stretch))
        Seal.objects.create(
            institution_id=institution_id,
            seq=stretch.seq,
            from_tx=since,
            upto_tx=upto,
            count=count,
            former=stretch.former,
            digest=digest,
            sealed_at=at,
        )
        heads[institution_id] = rules.Head(stretch.seq, digest)
    return heads


def drop_anchor(*, anchor: Anchor, at: datetime) -> int:
    """Copy the heads of all chains that the anchor does not know yet; return how many."""
    known = anchor.read().digests
    heads = {
        number: head
        for number, head in selectors.heads().items()
        if known.get(number, {}).get(head.seq) != head.digest
        and head.seq > max(known.get(number, {0: ""}))
    }
    if heads:
        anchor.add(heads, at=at)
    return len(heads)


def _one_line(text: str, length: int) -> str:
    """Return the text without anything that would forge a line of a log, and no longer."""
    return "".join(sign if sign.isprintable() else "�" for sign in text)[:length]
