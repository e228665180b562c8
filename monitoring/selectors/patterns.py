"""Who moved money as launderers do: just under the threshold, in and out again, in circles."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, Sum

from foundation.ledger import selectors as ledger
from foundation.ledger.models import JournalLine
from foundation.people import selectors as people
from monitoring.models import RuleHit
from monitoring.rules import aml, currencies, patterns, workshop
from monitoring.selectors import aml as desk


@dataclass(frozen=True)
class Suspect:
    """A customer with the movements that are suspicious, and the key by which it is told once."""

    customer: str
    name: str
    key: str
    moves: tuple[aml.Move, ...]


def structured(*, branch_id: int, on: date, of: patterns.Structure) -> Sequence[Suspect]:
    """Return who moved cash just under the threshold on several days, the last of them this one."""
    below, rated = people.institutions_below(ids=[branch_id]), desk.rates(on=on)
    parts: dict[tuple[str, bool], list[tuple[date, Any]]] = defaultdict(list)
    today: set[str] = set()
    for day in (on - timedelta(days=back) for back in range(of.days)):
        legs = ledger.customer_legs(on=day, places=below, trade_codes=aml.CASH_TRADES)
        legs = legs.filter(_within(of, rated))
        if day < on:
            legs = legs.filter(customer__in=today)
        for row in legs.order_by("entry_id", "line"):
            parts[row.customer, row.inward].append((day, row))
        today = today or {customer for customer, _inward in parts}
        if not today:
            return ()
    entries = {row.entry_id for some in parts.values() for _day, row in some}
    lines = ledger.lines_of_entries(entries=entries)
    found = []
    for (customer, inward), some in sorted(parts.items()):
        told = [(day, desk.move_of(row=row, counters=lines, rated=rated)) for day, row in some]
        if patterns.is_structured(told, on=on, of=of):
            moves = tuple(sorted((move for _day, move in told), key=lambda move: move.entry_id))
            side = aml.IN if inward else aml.OUT
            key = f"days:{customer}:{side}:{moves[-1].entry_id}"
            found.append(Suspect(customer, some[0][1].account.name, key, moves))
    return found


def passed_through(*, branch_id: int, on: date, least: int, percent: int) -> Sequence[Suspect]:
    """Return whose money came in and nearly all went out again on a day, over all accounts."""
    below, rated = people.institutions_below(ids=[branch_id]), desk.rates(on=on)
    legs = ledger.customer_legs(on=on, places=below, trade_codes=desk.TRADES)
    sums: dict[str, dict[bool, int]] = defaultdict(lambda: {True: 0, False: 0})
    grouped = legs.values("customer", "inward", "currency").annotate(fen=Sum("amount_fen"))
    for row in grouped.order_by():
        worth = currencies.fen_of(abs(row["fen"]), currency=row["currency"], rates=rated)
        sums[row["customer"]][row["inward"]] += worth
    wanted = [one for one, both in sums.items() if min(both.values()) >= least]
    if not wanted:
        return ()
    rows = list(legs.filter(customer__in=wanted).order_by("entry_id", "line"))
    own = desk.own_entries(rows=rows)
    lines = ledger.lines_of_entries(entries={row.entry_id for row in rows})
    by_customer: dict[str, list[Any]] = defaultdict(list)
    for row in rows:
        if (row.entry_id, row.customer) not in own:
            by_customer[row.customer].append(row)
    found = []
    for customer, some in sorted(by_customer.items()):
        told = [(row.inward, desk.move_of(row=row, counters=lines, rated=rated)) for row in some]
        if patterns.passed_through(told, least=least, percent=percent):
            moves = tuple(move for _inward, move in told)
            found.append(Suspect(customer, some[0].account.name, f"pass:{on}:{customer}", moves))
    return found


def in_graphs(*, branch_id: int, on: date) -> Sequence[Suspect]:
    """Return the customers whom published rules of rings and fans named on a day."""
    below = people.institutions_below(ids=[branch_id])
    rows = RuleHit.objects.filter(
        day=on,
        backtest=None,
        version__state=workshop.PUBLISHED,
        institution_id__in=below,
    ).select_related("version__rule")
    hits = [row for row in rows.order_by("id") if patterns.is_graph(row.version.says)]
    owners = ledger.customers_of(numbers={row.entity for row in hits})
    rated = desk.rates(on=on)
    wanted = sorted({number for row in hits for number in row.lines})
    lines = {line.pk: line for line in ledger.lines_of_ids(ids=wanted)}
    places = people.institutions_by_id(ids=below)
    numbers = {place.pk: place.number for place in places}
    return [
        Suspect(
            owner.customer or owner.account,
            owner.name,
            f"graph:{on}:{hit.version.rule.number}:{hit.entity}",
            tuple(_told(lines[pk], numbers, rated) for pk in hit.lines if pk in lines),
        )
        for hit in hits
        if (owner := owners.get(hit.entity)) is not None
    ]


def _within(of: patterns.Structure, rated: Mapping[str, int]) -> Q:
    """Return that a leg's amount is just under the threshold of its currency."""
    wanted = Q(pk__in=())
    for currency in (currencies.CNY, *rated):
        band = patterns.band(currency, of=of, rates=rated)
        if band is not None:
            low, most = band
            wanted |= Q(currency=currency) & (
                Q(amount_fen__gte=low, amount_fen__lt=most)
                | Q(amount_fen__lte=-low, amount_fen__gt=-most)
            )
    return wanted


def _told(line: JournalLine, places: Mapping[int, str], rated: Mapping[str, int]) -> aml.Move:
    worth = currencies.fen_of(line.amount_fen, currency=line.currency, rates=rated)
    return aml.Move(
        line.entry_id or 0,
        line.journal_no,
        places.get(line.institution_id, ""),
        line.account_number,
        line.counter_account,
        line.trade_code,
        line.amount_fen,
        line.currency,
        worth,
    )
