"""What customers moved on a day, what the AML desk has to do, and what was reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Count, Model, Q, QuerySet, Sum

from foundation.ledger import selectors as ledger
from foundation.ledger.models import JournalLine
from foundation.people import selectors as people
from foundation.people.models import Institution
from foundation.policy import selectors as policy
from monitoring.models import AmlExemption, AmlReport, LargeValue, SuspiciousCase
from monitoring.rules import aml as rules
from monitoring.rules import currencies

PAGE = 50
# A report tells of so many at most; the next one tells of the rest.
REPORTED_MOST = 5000
TRADES = (*rules.CASH_TRADES, *rules.TRANSFER_TRADES, *rules.CROSS_TRADES)
OPEN_CASES = (rules.DRAFT, rules.SUBMITTED, rules.SUPPORTED)
RowT = TypeVar("RowT", bound=Model)


@dataclass(frozen=True)
class Flowed:
    """What one customer moved in one way on one day: why it is large, the movements behind it."""

    customer: str
    name: str
    side: str
    kind: str
    weighed: currencies.Weighed
    moves: tuple[rules.Move, ...]

    @property
    def sums(self) -> Mapping[str, int]:
        """Return the sum in each currency, in hundredths of its unit."""
        return _sums(self.moves)


@dataclass(frozen=True)
class Listing:
    """A page of rows, and the id before which the next ones begin."""

    rows: Sequence[Any]
    next_before: int | None


def branches() -> Sequence[Institution]:
    """Return the branches in scope: each keeps the rows of the customers below it."""
    return tuple(people.institutions_in_scope().filter(kind="branch"))


def branch_of(*, institution: Institution) -> Institution | None:
    """Return the branch that an institution is or stands below, or None."""
    above = people.ancestors(institution_id=institution.pk)
    some = people.institutions_by_id(ids=above)
    return next((one for one in some if one.kind == "branch"), None)


def rates(*, on: date) -> Mapping[str, int]:
    """Return the rates in force on a day by currency; one that the bank has not set is left out."""
    found = policy.bank_wholes(codes=tuple(currencies.RATES.values()), on=on)
    return {name: found[code] for name, code in currencies.RATES.items() if code in found}


def flowed(
    *, branch_id: int, on: date, least: Mapping[str, currencies.Threshold], customer: str = ""
) -> Sequence[Flowed]:
    """Return what customers of a branch moved from the thresholds on, by customer, side and kind.

    `least` are the thresholds by kind; with `customer` only what that one moved. Between a
    customer's own accounts nothing moves, and what was reversed never did. Sums are made by the
    database; lines are fetched of large ones.
    """
    below, rated = people.institutions_below(ids=[branch_id]), rates(on=on)
    legs = ledger.customer_legs(on=on, places=below, trade_codes=TRADES)
    legs = legs.filter(customer=customer) if customer else legs
    grouped = legs.values("customer", "inward", "corporate", "entry__trade_code", "currency")
    totals: dict[tuple[str, bool, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in grouped.annotate(fen=Sum("amount_fen")).order_by():
        kind = rules.kind_of(row["entry__trade_code"], corporate=row["corporate"])
        if kind is not None:
            key = (row["customer"], row["inward"], kind)
            totals[key][row["currency"]] += abs(row["fen"])
    large = {
        key
        for key, sums in totals.items()
        if currencies.weigh(sums, rates=rated, least=least[key[2]]) is not None
    }
    if not large:
        return ()
    found: dict[tuple[str, bool, str], list[Any]] = defaultdict(list)
    wanted = {customer for customer, _inward, _kind in large}
    rows = list(legs.filter(customer__in=wanted).order_by("entry_id", "line"))
    own = own_entries(rows=rows)
    for row in rows:
        kind = rules.kind_of(row.entry.trade_code, corporate=row.corporate)
        key = (row.customer, row.inward, kind or "")
        if key in large and (row.entry_id, row.customer) not in own:
            found[key].append(row)
    counters = ledger.lines_of_entries(
        entries={row.entry_id for some in found.values() for row in some}
    )
    made = []
    for (owner, inward, kind), some in sorted(found.items()):
        moves = [move_of(row=row, counters=counters, rated=rated) for row in some]
        weighed = currencies.weigh(_sums(moves), rates=rated, least=least[kind])
        if weighed is not None:
            said = tuple(move for move in moves if move.currency in weighed.currencies)
            side = rules.IN if inward else rules.OUT
            made.append(Flowed(owner, some[0].account.name, side, kind, weighed, said))
    return made


def _sums(moves: Sequence[rules.Move]) -> Mapping[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for move in moves:
        sums[move.currency] += move.fen
    return dict(sums)


def own_entries(*, rows: Sequence[Any]) -> set[tuple[int, str]]:
    """Return the entries that have both sides on accounts of one customer."""
    sides: dict[tuple[int, str], set[bool]] = defaultdict(set)
    for row in rows:
        sides[row.entry_id, row.customer].add(row.inward)
    return {key for key, both in sides.items() if len(both) > 1}


def move_of(
    *, row: Any, counters: Mapping[int, JournalLine], rated: Mapping[str, int]
) -> rules.Move:
    """Return a leg as a movement, with its counter-account and what it is worth."""
    line, mine = counters.get(row.entry_id), row.account.number
    other = ""
    if line is not None:
        other = line.counter_account if line.account_number == mine else line.account_number
    return rules.Move(
        row.entry_id,
        row.entry.journal_no,
        row.entry.institution.number,
        mine,
        other,
        row.entry.trade_code,
        abs(row.amount_fen),
        row.currency,
        currencies.fen_of(abs(row.amount_fen), currency=row.currency, rates=rated),
    )


def exemption(*, branch_id: int, customer: str, on: date) -> AmlExemption | None:
    """Return by which exemption a customer's large values of a day need no report, or None."""
    found: AmlExemption | None = (
        AmlExemption.objects.filter(
            institution_id=branch_id,
            customer=customer,
            state=rules.ACTIVE,
            valid_from__lte=on,
            valid_until__gte=on,
        )
        .order_by("id")
        .first()
    )
    return found


def large_values(*, state: str = "", before: int | None = None) -> Listing:
    """Return a page of large values in scope, the latest first."""
    rows = LargeValue.objects.select_related("institution", "filled_by", "reviewed_by")
    return page(rows=rows.filter(state=state) if state else rows, before=before)


def large_counts() -> Mapping[str, int]:
    """Return how many large values in scope are in each state."""
    return dict(LargeValue.objects.order_by().values_list("state").annotate(n=Count("*")))


def late(*, on: date) -> int:
    """Return how many large values are past their day and not reported."""
    return LargeValue.objects.filter(state__in=rules.TO_REPORT, due_on__lt=on).count()


def large_value(*, large_id: int, lock: bool = False) -> LargeValue:
    """Return a large value in scope, locked if asked for; refuse another."""
    found = ("filled_by", "reviewed_by", "report")
    return one(kind=LargeValue, number=large_id, missing=rules.NoSuchLarge, with_=found, lock=lock)


def exemptions(*, of: int | None = None, before: int | None = None) -> Listing:
    """Return a page of exemptions in scope, the latest first, or one of them."""
    rows = AmlExemption.objects.select_related("proposed_by", "decided_by")
    return page(rows=rows if of is None else rows.filter(id=of), before=before)


def one_exemption(*, exemption_id: int, lock: bool = False) -> AmlExemption:
    """Return an exemption in scope, locked if asked for; refuse another."""
    found = ("proposed_by", "decided_by")
    return one(
        kind=AmlExemption,
        number=exemption_id,
        missing=rules.NoSuchExemption,
        with_=found,
        lock=lock,
    )


def reports(*, of: int | None = None, before: int | None = None) -> Listing:
    """Return a page of reports in scope without their content, the latest first, or one of them."""
    rows = AmlReport.objects.select_related("asked_by").defer("content")
    return page(rows=rows if of is None else rows.filter(id=of), before=before)


def report(*, report_id: int) -> AmlReport:
    """Return a report in scope with its content; refuse another."""
    return one(kind=AmlReport, number=report_id, missing=rules.NoSuchReport, with_=("asked_by",))


def reviewed(*, branch_id: int) -> QuerySet[LargeValue]:
    """Return the reviewed large values of a branch for its report, without changed ones."""
    rows: QuerySet[LargeValue] = LargeValue.objects.filter(institution_id=branch_id, changed="")
    return rows.filter(state=rules.PASSED)


def standing(*, branch_id: int, on: date) -> Sequence[LargeValue]:
    """Return the large values of a branch's day that are to be reported, locked."""
    rows = LargeValue.objects.filter(institution_id=branch_id, business_date=on)
    rows = rows.filter(state__in=rules.TO_REPORT)
    return tuple(rows.select_for_update(of=("self",)).order_by("id"))


def to_report(*, branch_id: int) -> Sequence[LargeValue]:
    """Return the reviewed large values of a branch without a report, locked, oldest first."""
    rows = reviewed(branch_id=branch_id).select_related("institution")
    return tuple(rows.select_for_update(of=("self",)).order_by("id")[:REPORTED_MOST])


def hold_numbers(*, branch_id: int, kind: str) -> None:
    """Let nobody else number a report of a branch until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"aml:{branch_id}:{kind}"]
        )


def last_seq(*, branch_id: int, kind: str, year: int) -> int:
    """Return the number of the last report of a kind in a branch's year, 0 before the first."""
    rows = AmlReport.objects.filter(institution_id=branch_id, kind=kind, year=year)
    return rows.order_by("-seq").values_list("seq", flat=True).first() or 0


def cases(*, state: str = "", before: int | None = None) -> Listing:
    """Return a page of suspicious cases in scope, the latest first."""
    rows = SuspiciousCase.objects.select_related("analyst", "reviewer", "lead")
    return page(rows=rows.filter(state=state) if state else rows, before=before)


def case(*, case_id: int, lock: bool = False) -> SuspiciousCase:
    """Return a suspicious case in scope, locked if asked for; refuse another."""
    found = ("institution", "analyst", "reviewer", "lead", "report")
    return one(
        kind=SuspiciousCase, number=case_id, missing=rules.NoSuchCase, with_=found, lock=lock
    )


def open_case(*, branch_id: int, customer: str, lock: bool = False) -> SuspiciousCase | None:
    """Return the open case about a customer, locked if asked for, or None."""
    rows = SuspiciousCase.objects.filter(institution_id=branch_id, state__in=OPEN_CASES)
    rows = rows.select_for_update(of=("self",)) if lock else rows
    found: SuspiciousCase | None = rows.filter(customer=customer).first()
    return found


def is_told(*, branch_id: int, customer: str, key: str) -> bool:
    """Tell whether a case of the branch was opened for a finding, or the finding joined to one."""
    rows = SuspiciousCase.objects.filter(institution_id=branch_id)
    return rows.filter(Q(key=key) | Q(customer=customer, joined__contains=[key])).exists()


def page(*, rows: QuerySet[Any], before: int | None) -> Listing:
    """Return a page of rows, the latest first."""
    if before:
        rows = rows.filter(id__lt=before)
    found = tuple(rows.order_by("-id")[: PAGE + 1])
    return Listing(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)


def one(
    *,
    kind: type[RowT],
    number: int,
    missing: type[Any],
    with_: Sequence[str],
    lock: bool = False,
) -> RowT:
    """Return a row in scope, locked if asked for; refuse another by the refusal `missing`."""
    rows = kind._default_manager.select_related(*with_).filter(pk=number)  # noqa: SLF001 -- Django's own
    found: RowT | None = (rows.select_for_update(of=("self",)) if lock else rows).first()
    if found is None:
        raise missing(number=number)
    return found
