"""What the voucher of a pair must bear, beside what was read on it and what is checked besides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from authorization import rules as authorization_rules
from authorization.selectors import offline
from foundation.imaging.models import Layout
from foundation.imaging.selectors import layouts
from foundation.kernel.calendar import local
from foundation.ledger import rules as ledger_rules
from foundation.ledger import selectors as ledger
from foundation.policy import selectors as policy
from monitoring import rules
from monitoring.models import Alignment, Match, Slice
from monitoring.rules import crosschecks, particulars
from monitoring.rules.blanks import Finding
from monitoring.rules.entry import AGREED, SETTLED, with_answers
from monitoring.rules.matching import SUM
from monitoring.selectors import blanks


def compare(*, match: Match) -> tuple[rules.Field, ...]:
    """Return each value that the voucher must bear, beside what was read on its document.

    On a known form the values are weighed on what the recogniser saw, not on its free reading. What
    is checked beside them stands after them.
    """
    return compared(match=match).fields


class Compared(NamedTuple):
    """What `compare` does as the machine alone read it, and as people keyed it; on which layout."""

    seen: tuple[rules.Field, ...]
    fields: tuple[rules.Field, ...]
    layout: str


def compared(*, match: Match) -> Compared:
    """Return a comparison by the machine alone beside that with what people keyed."""
    if match.document_id is None:
        return Compared((), (), "")
    forms = layouts.layouts_of(document_id=match.document_id)
    numbers, booked = _particulars(match, forms)
    rows = layouts.compared(
        document_id=match.document_id,
        expected=expected_of(match=match),
        on=match.business_date,
        in_zones=_names_of(match) | particulars.expected(booked, numbers),
    )
    found: Sequence[rules.Field] = [
        rules.Field(
            name=row.name,
            expected=row.expected,
            read=row.read,
            confidence=row.confidence,
            verdict=row.verdict,
            page_id=row.page_id,
            box=row.box,
            engine=row.engine,
            second=row.second,
        )
        for row in rows
    ]
    found = particulars.said(found, particulars.needed(booked.fen, numbers))
    seen = [field for field in found if field.decides]
    names = [field for field in found if not field.decides]
    ranges = layouts.number_ranges(forms=forms)
    shared, layout = _lines_fen(match), forms[0].code if forms else ""

    @cache
    def registered(number: str) -> Finding | None:
        return blanks.finding(match=match, number=number, layout=layout)

    def whole(fields: Sequence[rules.Field]) -> tuple[rules.Field, ...]:
        beside = crosschecks.checks(fields, names=names, ranges=ranges, lines_fen=shared)
        return (*fields, *beside, *_stock(fields, registered))

    keyed = with_answers(seen, _keyed(match), fen=shared_fen(match=match))
    return Compared(whole(seen), whole(keyed), layout)


def _stock(
    fields: Sequence[rules.Field], registered: Callable[[str], Finding | None]
) -> Sequence[rules.Field]:
    """Return what the register of blank vouchers says of the number, where it says anything."""
    for field in fields:
        if field.name == "voucher_no" and field.verdict != rules.NOT_FOUND:
            found = registered(crosschecks.number_told(field))
            return (crosschecks.stock_check(field, found),) if found else ()
    return ()


def _particulars(
    match: Match, forms: Sequence[Layout]
) -> tuple[Mapping[str, int], particulars.Booked]:
    """Return the numbers of the day, and what of a line is compared in the zones of forms alone."""
    numbers: Mapping[str, int] = {}
    how = ""
    if forms:
        numbers = policy.bank_wholes(codes=particulars.NUMBERS, on=match.business_date)
        own = Alignment.objects.filter(match=match, document_id=match.document_id)
        how = own.values_list("how", flat=True).first() or ""
    zones = [zone for form in forms for zone in form.reads]
    # What was decided on paper bears the day of that, and is booked when the outlet is back.
    signed = offline.signed_at(subject=match.subject) if forms and match.subject else None
    on = local(signed).date() if signed else match.business_date
    fen = shared_fen(match=match) or 0
    return numbers, particulars.Booked(on, match.journal_no, fen, how, zones)


def _names_of(match: Match) -> dict[str, object]:
    """Return what the ledger calls the accounts of a pair, by the zones that bear their names."""
    numbers = {"payer_name": match.account_number, "payee_name": match.counter_account}
    owners = ledger.customers_of(numbers=tuple(filter(None, numbers.values())))
    return {zone: owners[number].name for zone, number in numbers.items() if number in owners}


def expected_of(*, match: Match) -> dict[str, object]:
    """Return what the voucher of a pair must bear; what need not stand on it is empty."""
    fen = shared_fen(match=match)
    expected: dict[str, object] = {
        "amount": fen,
        "amount_words": fen,
        "account": "" if _opened_by(match) else match.account_number,
        "voucher_no": match.voucher_no,
    }
    if _is_customers(match.counter_account):
        expected["payee_account"] = match.counter_account
    return expected


def _opened_by(match: Match) -> bool:
    """Tell whether the voucher asked for the account to be made, so that no number is on it."""
    trade = authorization_rules.CATALOGUE.get(match.trade_code)
    return trade is not None and trade.opens


def _keyed(match: Match) -> Mapping[str, str]:
    """Return what people read on pages in force, by field (DOMAIN §5.1, 补录)."""
    rows = Slice.objects.filter(match=match, state__in=(AGREED, SETTLED))
    in_force = rows.exclude(page__state="replaced").order_by("id")
    return dict(in_force.values_list("field", "answer"))


def shared_fen(*, match: Match) -> int | None:
    """Return what the voucher must say: the sum where it is that of several lines."""
    shared = _lines_fen(match)
    return sum(shared) if shared else match.amount_fen


def _lines_fen(match: Match) -> Sequence[int]:
    """Return the amounts of the lines that share a pair's voucher; none where it has its own."""
    sums = Alignment.objects.filter(document_id=match.document_id, how=SUM)
    rows = dict(sums.order_by("id").values_list("match_id", "match__amount_fen"))
    return tuple(rows.values()) if match.pk in rows else ()


def _is_customers(number: str) -> bool:
    """Tell whether an account stands on the voucher: internal accounts do not."""
    if not number:
        return False
    try:
        return ledger.account(number=number).kind == ledger_rules.CUSTOMER
    except ledger_rules.NoSuchAccount:
        return True
