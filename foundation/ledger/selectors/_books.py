"""The books as a whole: the business day, trial totals, and all that may be wrong in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from foundation.ledger import rules
from foundation.ledger.models import (
    Account,
    BusinessDay,
    DayClosing,
    Entry,
    JournalLine,
    Posting,
)
from foundation.ledger.selectors._history import archived_until

DIFFERENCES_MAX = 1000


@dataclass(frozen=True)
class Difference:
    """One thing in the books that is not as it must be."""

    kind: str
    subject: str
    found: str


@dataclass(frozen=True)
class Totals:
    """Debits and credits of one currency; the two are the same or the books are wrong."""

    currency: str
    legs: int
    debit_fen: int
    credit_fen: int


def business_date(*, institution_id: int) -> date:
    """Return the open business day of an institution, or refuse."""
    rows = BusinessDay.objects.filter(institution_id=institution_id, state=rules.DAY_OPEN)
    found: date | None = rows.order_by("-date").values_list("date", flat=True).first()
    if found is None:
        raise rules.NoDayOpen
    return found


# The open business day of an institution, for a question of another room; it names `institution`.
OPEN_DAY_SQL = """SELECT open.date FROM ledger_businessday open
WHERE open.institution_id = %(institution)s AND open.state = 'open'
ORDER BY open.date DESC LIMIT 1"""


def open_days() -> int:
    """Return how many institutions in scope have a business day open."""
    return BusinessDay.objects.filter(state=rules.DAY_OPEN).count()


def day_state(*, institution_id: int, on: date) -> str:
    """Return the state of an institution's day, empty where there is no such day."""
    rows = BusinessDay.objects.filter(institution_id=institution_id, date=on)
    return rows.values_list("state", flat=True).first() or ""


def trial_totals(*, on: date) -> Sequence[Totals]:
    """Return the debits and credits of a day in each currency, of the institutions in scope."""
    rows = (
        _legs(first=on, last=on)
        .values("currency")
        .annotate(
            legs=Count("seq"),
            debit=Sum("amount_fen", filter=Q(amount_fen__gt=0), default=0),
            credit=Sum("amount_fen", filter=Q(amount_fen__lt=0), default=0),
        )
        .order_by("currency")
    )
    return tuple(
        Totals(row["currency"], row["legs"], int(row["debit"]), -int(row["credit"])) for row in rows
    )


@dataclass(frozen=True)
class Extent:
    """How much there is in the books."""

    entries: int
    legs: int
    lines: int
    accounts: int


def months() -> Sequence[date]:
    """Return the first days of the months that have tables, the earliest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT m FROM ledger_months() m ORDER BY m")
        return tuple(first for (first,) in cursor.fetchall())


def extent(*, first: date, last: date) -> Extent:
    """Return how many entries, legs and journal lines the days have, and how many accounts."""
    ids = rules.ids_of(first, last)
    return Extent(
        entries=Entry.objects.filter(id__range=ids).count(),
        legs=_legs(first=first, last=last).count(),
        lines=JournalLine.objects.filter(id__range=ids).count(),
        accounts=Account.objects.count(),
    )


def differences(*, first: date, last: date) -> Sequence[Difference]:
    """Return what is wrong in the books; call it over every institution.

    Entries, legs and journal are looked at from the first day to the last; balances always whole.
    """
    return _found("SELECT * FROM ledger_differences(%s, %s) LIMIT %s", _kept(first), last)


def day_differences(*, first: date, last: date) -> Sequence[Difference]:
    """Return what is wrong with seals, turnover, closings and marks; over every institution."""
    return _found("SELECT * FROM ledger_day_differences(%s, %s) LIMIT %s", _kept(first), last)


def archive_differences() -> Sequence[Difference]:
    """Return archived months that are not what they were; over every institution."""
    return _found("SELECT * FROM ledger_archive_differences() LIMIT %s")


def guards_off() -> Sequence[Difference]:
    """Return guards of the books that are missing or off, and rights that nobody should have."""
    return _found("SELECT * FROM ledger_guards_off() LIMIT %s")


def hot_differences() -> Sequence[Difference]:
    """Return hot accounts that nobody approved, and rights that nobody should have on shards."""
    return _found("SELECT * FROM ledger_hot_differences() LIMIT %s")


def recent_differences(*, first: date) -> Sequence[Difference]:
    """Return what is wrong with what was posted from a date on; over every institution."""
    return _found("SELECT * FROM ledger_recent_differences(%s) LIMIT %s", first)


def seal_breaks(*, anchored: Mapping[int, Mapping[int, str]], whole: bool) -> Sequence[Difference]:
    """Return where the day seals are not those that the anchor knows."""
    found = [] if whole else [Difference("anchor broken", "anchor of the days", "")]
    rows = DayClosing.objects.values_list("institution_id", "seq", "digest")
    stored = {(place, seq): digest for place, seq, digest in rows}
    for place, known in anchored.items():
        for seq, digest in known.items():
            if stored.get((place, seq)) != digest:
                found.append(Difference("seal not the anchored", f"day {place}", f"seal {seq}"))
    return found


def homes(*, subjects: Collection[str]) -> Mapping[str, int]:
    """Return the institution of each account, entry or day that a difference names."""
    numbers = {one: one.removeprefix("account ") for one in subjects if one.startswith("account ")}
    accounts = dict(
        Account.objects.filter(number__in=numbers.values()).values_list("number", "institution_id")
    )
    entries = {one: one.removeprefix("entry ") for one in subjects if one.startswith("entry ")}
    ids = [int(one) for one in entries.values() if one.isdigit()]
    posted = dict(Entry.objects.filter(id__in=ids).values_list("id", "institution_id"))
    found = {one: accounts.get(number) for one, number in numbers.items()}
    found |= {one: posted.get(int(number)) for one, number in entries.items() if number.isdigit()}
    days = (one.split() for one in subjects if one.startswith("day "))
    found |= {" ".join(words): int(words[1]) for words in days if words[1].isdigit()}
    return {one: place for one, place in found.items() if place is not None}


def _kept(first: date) -> date:
    """Return the day, or the first one that is still in the books."""
    until = archived_until()
    return max(first, until + timedelta(days=1)) if until else first


def _legs(*, first: date, last: date) -> QuerySet[Posting]:
    """Return the legs of some days, of which the ids lead to the months."""
    low, high = rules.ids_of(first, last)
    rows: QuerySet[Posting] = Posting.objects.filter(
        business_date__range=(first, last), entry_id__gte=low, entry_id__lte=high
    )
    return rows


def _found(statement: str, *given: date) -> Sequence[Difference]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [*given, DIFFERENCES_MAX])
        return tuple(Difference(*row) for row in cursor.fetchall())
