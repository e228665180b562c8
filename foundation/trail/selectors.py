"""Reading the trail, and finding where it was tampered with."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet
from django.utils.timezone import get_current_timezone, localtime

from foundation.kernel import scope
from foundation.trail import rules
from foundation.trail.models import Event, Look, LookCheck, LookDifference, Seal

EXPORT_MAX = 10_000
_FIELDS = (
    "id", "institution_id", "at", "actor", "action", "subject", "result", "where", "request_id",
    "detail",
)  # fmt: skip
_STRAYS = """
SELECT event.institution_id, count(*) FROM trail_event event
 WHERE event.tx < %s AND NOT EXISTS (
   SELECT 1 FROM trail_seal seal WHERE seal.institution_id = event.institution_id
      AND event.tx >= seal.from_tx AND event.tx < seal.upto_tx)
 GROUP BY 1 ORDER BY 1
"""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is looked for on the trail; an empty field matches everything.

    `action` is the beginning of a code; `actions`, where there are any, are asked for instead.
    `without` are the beginnings of actions and subjects that the reader does not see.
    """

    subject: str = ""
    actor: str = ""
    action: str = ""
    actions: Sequence[str] = ()
    result: str = ""
    since: date | None = None
    until: date | None = None
    without: Sequence[str] = ()


@dataclass(frozen=True)
class Page:
    """Some events, newest first, and the id below which the next page begins."""

    events: Sequence[Event]
    next_below: int | None = None
    wanted: Wanted = field(default_factory=Wanted)


def timeline(
    *,
    subject: str,
    limit: int = 200,
    below: int | None = None,
    detail: Mapping[str, object] | None = None,
) -> Sequence[Event]:
    """Return what happened to a subject, newest first, or what lies below an id of it.

    With `detail` only what says just that: the part of a subject's events that is about one of its
    records, such as a hold of an account.
    """
    rows = _in_scope().filter(subject=subject)
    rows = rows if below is None else rows.filter(id__lt=below)
    rows = rows.filter(detail__contains=dict(detail)) if detail else rows
    return tuple(rows.order_by("-id")[:limit])


def search(*, wanted: Wanted, below: int | None = None, limit: int = 50) -> Page:
    """Return events that match, newest first, by pages that stay the same while rows are added."""
    rows = _matching(wanted)
    if below is not None:
        rows = rows.filter(id__lt=below)
    found = tuple(rows.order_by("-id")[: limit + 1])
    shown = found[:limit]
    return Page(shown, shown[-1].pk if len(found) > limit else None, wanted)


def actions_called(*, word: str, known: Iterable[str]) -> tuple[str, ...]:
    """Return which of the known actions have the word in what the page calls them."""
    wanted = word.strip().casefold()
    labels = {code: Event(action=code).label.casefold() for code in known} if wanted else {}
    return tuple(code for code, label in labels.items() if wanted in label)


def counted(
    *, actors: Collection[str], actions: Collection[str], since: date, until: date
) -> Mapping[tuple[str, str], int]:
    """Return how often each of some people did each of some things, from one day to another."""
    rows = _in_scope().filter(
        actor__in=actors,
        action__in=actions,
        at__gte=_midnight(since),
        at__lt=_midnight(until + timedelta(days=1)),
    )
    found = rows.order_by().values_list("actor", "action").annotate(n=Count("*"))
    return {(actor, action): count for actor, action, count in found}


def looked_on(*, on: date, actions: Collection[str]) -> Iterator[Event]:
    """Return each time that something was looked at in one of these ways on a day, in order."""
    rows = _in_scope().filter(
        action__contains=rules.LOOKED,
        action__in=actions,
        at__gte=_midnight(on),
        at__lt=_midnight(on + timedelta(days=1)),
    )
    yield from rows.order_by("at", "id").iterator(chunk_size=2000)


def hands_on(*, subjects: Collection[str]) -> Mapping[str, set[str]]:
    """Return of each subject who did anything with it; only to have looked does not count."""
    rows = _in_scope().filter(subject__in=subjects).exclude(action__contains=rules.LOOKED)
    found: dict[str, set[str]] = {}
    for subject, actor in rows.order_by().values_list("subject", "actor").distinct():
        found.setdefault(subject, set()).add(actor)
    return found


def subjects_in(*, events: Sequence[Event]) -> set[str]:
    """Return the subjects that the events are about or name in their details."""
    mentioned = (event.detail.get("subject") for event in events)
    return {event.subject for event in events} | {str(raw) for raw in mentioned if raw}


def as_csv(*, wanted: Wanted, limit: int = EXPORT_MAX) -> tuple[str, int]:
    """Return matching events as CSV that no spreadsheet runs, and how many there are."""
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(["at", "actor", "action", "subject", "result", "where", "detail"])
    count = 0
    for row in _matching(wanted).order_by("-id")[:limit]:
        count += 1
        items = "; ".join(f"{name}: {value}" for name, value in row.items)
        at = f"{localtime(row.at):%Y-%m-%d %H:%M:%S}"
        cells = [at, row.actor, row.action, row.subject, row.result, row.where, items]
        writer.writerow([rules.neutral(cell) for cell in cells])
    return file.getvalue(), count


def sealed_upto() -> int:
    """Return the transaction below which everything has been sealed; needs the whole scope."""
    return Seal.objects.aggregate(last=Max("upto_tx"))["last"] or 0


def institutions_to_seal(*, since: int, upto: int) -> list[int]:
    """Return the institutions that have events in the stretch of transactions."""
    rows = Event.objects.filter(tx__gte=since, tx__lt=upto).order_by("institution_id")
    return list(rows.values_list("institution_id", flat=True).distinct())


def sealed_events(*, stretch: rules.Stretch) -> Iterator[Mapping[str, Any]]:
    """Return the events of one institution within a stretch, in the order that is hashed."""
    rows = Event.objects.filter(
        institution_id=stretch.institution_id, tx__gte=stretch.from_tx, tx__lt=stretch.upto_tx
    )
    yield from rows.order_by("id").values(*_FIELDS).iterator(chunk_size=2000)


def head(*, institution_id: int) -> rules.Head:
    """Return the last seal of an institution, number 0 where there is none."""
    row = Seal.objects.filter(institution_id=institution_id).order_by("-seq").first()
    return rules.Head(row.seq, row.digest) if row else rules.Head(0, "")


def heads() -> dict[int, rules.Head]:
    """Return the last seal of every institution in scope."""
    rows = Seal.objects.order_by("institution_id", "-seq").distinct("institution_id")
    return {row.institution_id: rules.Head(row.seq, row.digest) for row in rows}


def broken_seals(*, anchored: rules.Anchored = rules.NOTHING_ANCHORED) -> list[rules.Break]:
    """Return everything that is wrong with the trail, read over every institution.

    Without the anchor the loss of the newest seals, of a whole chain, and a rewriting that is
    right in itself cannot be seen.
    """
    known = anchored.digests
    found = [] if anchored.whole else [rules.Break(0, 0, rules.BAD_ANCHOR)]
    seen: set[int] = set()
    rows = Seal.objects.order_by("institution_id", "seq").iterator(chunk_size=2000)
    for institution_id, chain in groupby(rows, key=lambda row: row.institution_id):
        seen.add(institution_id)
        found += _chain_breaks(chain, known.get(institution_id, {}))
    found += [rules.Break(number, 0, rules.CHAIN_LOST) for number in sorted(set(known) - seen)]
    with connection.cursor() as cursor:
        cursor.execute(_STRAYS, [sealed_upto()])
        found += [rules.Break(row[0], 0, rules.UNSEALED) for row in cursor.fetchall()]
    return found


def oldest_unsealed(*, at: datetime) -> timedelta:
    """Return how long the oldest event has been waiting for its seal."""
    rows = Event.objects.filter(tx__gte=sealed_upto())
    # By transaction, as sealed: the index finds it without reading what is sealed.
    oldest = rows.order_by("tx", "id").values_list("at", flat=True).first()
    return at - oldest if oldest else timedelta(0)


def last_look() -> Event | None:
    """Return when all books and the whole trail were last looked through, and how that ended."""
    return Event.objects.filter(subject=rules.BOOKS).order_by("-id").first()


@dataclass(frozen=True)
class LookReport:
    """One look at the books: each check with its words, and the differences in sight."""

    look: Look
    checks: Sequence[tuple[rules.BookCheck, LookCheck]]
    found: Sequence[LookDifference]
    hidden: int


def looks(*, limit: int = 50) -> Sequence[Look]:
    """Return the last looks at the books, the newest first."""
    return tuple(Look.objects.order_by("-id")[:limit])


def look_report(*, look_id: int, limit: int = 500) -> LookReport | None:
    """Return one look with its checks in order, and the differences of institutions in scope."""
    look = Look.objects.filter(id=look_id).first()
    if look is None:
        return None
    kept = {row.code: row for row in LookCheck.objects.filter(look=look)}
    checks = [(check, kept[code]) for code, check in rules.BOOK_CHECKS.items() if code in kept]
    allowed, rows = scope.current(), LookDifference.objects.filter(look=look)
    if allowed != scope.EVERYTHING:
        rows = rows.filter(institution_id__in=allowed)
    found = tuple(rows.order_by("id")[:limit])
    return LookReport(look, checks, found, look.differences - len(found))


def last_watermark() -> date | None:
    """Return from where the next partial look begins, None before the first sound whole look."""
    rows = Look.objects.filter(differences=0, watermark__isnull=False)
    return rows.order_by("-id").values_list("watermark", flat=True).first()


def _chain_breaks(chain: Iterator[Seal], known: Mapping[int, str]) -> Iterator[rules.Break]:
    seq, former, upto = 0, rules.FIRST, 0
    for row in chain:
        for kind in _seal_breaks(row, seq, former, upto, known.get(row.seq)):
            yield rules.Break(row.institution_id, row.seq, kind)
        seq, former, upto = row.seq, row.digest, row.upto_tx
    if known and max(known) > seq:
        yield rules.Break(row.institution_id, max(known), rules.TAIL_LOST)


def _seal_breaks(
    row: Seal, seq: int, former: str, upto: int, anchored: str | None
) -> Iterator[str]:
    stretch = rules.Stretch(row.institution_id, row.seq, row.from_tx, row.upto_tx, row.former)
    count, digest = rules.seal(stretch, sealed_events(stretch=stretch))
    if row.seq != seq + 1 or row.from_tx < upto:
        yield rules.GAP
    elif row.former != former:
        yield rules.BROKEN_LINK
    if (count, digest) != (row.count, row.digest):
        yield rules.CHANGED
    if anchored is not None and anchored != row.digest:
        yield rules.REWRITTEN


def _matching(wanted: Wanted) -> QuerySet[Event]:
    rows = _without(_in_scope(), wanted.without)
    if wanted.subject:
        rows = rows.filter(Q(subject=wanted.subject) | Q(subject__endswith=f":{wanted.subject}"))
    if wanted.actor:
        rows = rows.filter(actor__startswith=wanted.actor)
    if wanted.actions:
        rows = rows.filter(action__in=wanted.actions)
    elif wanted.action:
        rows = rows.filter(action__startswith=wanted.action)
    if wanted.result:
        rows = rows.filter(result=wanted.result)
    if wanted.since:
        rows = rows.filter(at__gte=_midnight(wanted.since))
    if wanted.until:
        rows = rows.filter(at__lt=_midnight(wanted.until + timedelta(days=1)))
    return rows


def _without(rows: QuerySet[Event], kept: Sequence[str]) -> QuerySet[Event]:
    """Leave out what begins so, of what was done and of what it was done to."""
    for beginning in kept:
        rows = rows.exclude(Q(subject__startswith=beginning) | Q(action__startswith=beginning))
    return rows


def _in_scope() -> QuerySet[Event]:
    """Return the events of the institutions in scope, which the database sees to as well."""
    allowed = scope.current()
    rows = Event.objects.all()
    return rows if allowed == scope.EVERYTHING else rows.filter(institution_id__in=allowed)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=get_current_timezone())
