"""Posting and reversing: one call to the database for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from foundation.ledger import rules
from foundation.ledger.models import Entry
from foundation.ledger.rules import Leg, Order

_POST = (
    "SELECT entry, line, journal, replayed, refusal, detail FROM ledger_post("
    "%(institution)s, %(key)s, %(hash)s, %(date)s, %(at)s, %(accounts)s, %(amounts)s,"
    " %(trade)s, %(teller)s, %(voucher)s, %(counter)s, %(subject)s, %(note)s, NULL, %(dry)s,"
    " %(value)s)"
)
_REVERSE = (
    "SELECT entry, line, journal, replayed, refusal, detail FROM ledger_reverse("
    "%(institution)s, %(key)s, %(hash)s, %(date)s, %(at)s, %(original)s,"
    " %(trade)s, %(teller)s, %(voucher)s, %(subject)s, %(note)s, %(dry)s)"
)


@dataclass(frozen=True)
class _Answer:
    """What the database answers: the entry, or why not."""

    entry: int | None
    line: int | None
    journal: str
    replayed: bool
    refusal: str | None
    detail: str


def post(
    *,
    key: str,
    institution_id: int,
    legs: Sequence[Leg],
    trade_code: str,
    teller: str,
    business_date: date,
    at: datetime,
    voucher_no: str = "",
    counter_account: str = "",
    subject: str = "",
    note: str = "",
    value_date: date | None = None,
) -> Entry:
    """Post one entry and its journal line, or refuse it by name; the same key posts once.

    `value_date` is from when the money counts, the business date if not given; it is refused
    before an account was opened.

    The journal line speaks of the first leg; its counter-account is the second leg's, or the one
    given. A refusal is answered before anything is written, so the transaction stays usable.
    """
    order = Order(
        key=key,
        institution_id=institution_id,
        legs=legs,
        trade_code=trade_code,
        teller=teller,
        business_date=business_date,
        at=at,
        voucher_no=voucher_no,
        counter_account=counter_account,
        subject=subject,
        note=note,
        value_date=value_date,
    )
    rules.check_legs(legs)
    facts = facts_of(order=order)
    return _entry(_ask(_POST, facts, at=at), facts, at=at)


def dry_run(
    *,
    institution_id: int,
    legs: Sequence[Leg],
    trade_code: str,
    teller: str,
    business_date: date,
    at: datetime,
    key: str = "",
    counter_account: str = "",
) -> None:
    """Refuse what `post` would refuse now, with the same checks in the database; write nothing."""
    rules.check_legs(legs)
    facts = _facts(
        institution_id=institution_id,
        trade_code=trade_code,
        teller=teller,
        business_date=business_date,
    )
    facts |= {"key": key, "accounts": [leg.account for leg in legs], "counter": counter_account}
    facts |= {"amounts": [leg.fen for leg in legs]}
    _ask(_POST, facts, at=at, dry=True)


def reverse(
    *,
    entry_id: int,
    key: str,
    institution_id: int,
    trade_code: str,
    teller: str,
    business_date: date,
    at: datetime,
    reason: str,
    subject: str = "",
    voucher_no: str = "",
) -> Entry:
    """Post the opposite of an entry of the institution, linked to it; refuse a second time."""
    facts = _facts(
        institution_id=institution_id,
        trade_code=trade_code,
        teller=teller,
        business_date=business_date,
        voucher_no=voucher_no,
        subject=subject,
        note=reason,
    )
    facts |= {"key": key, "original": entry_id}
    return _entry(_ask(_REVERSE, facts, at=at), facts, at=at)


def dry_reverse(
    *,
    entry_id: int,
    institution_id: int,
    trade_code: str,
    teller: str,
    business_date: date,
    at: datetime,
    key: str = "",
) -> None:
    """Refuse what `reverse` would refuse now, with the same checks in the database; write nothing.

    But whether it was reversed already: that the one write says which the database lets be.
    """
    facts = _facts(
        institution_id=institution_id,
        trade_code=trade_code,
        teller=teller,
        business_date=business_date,
    )
    facts |= {"key": key, "original": entry_id}
    _ask(_REVERSE, facts, at=at, dry=True)


def facts_of(*, order: Order) -> dict[str, Any]:
    """Return what the database is told of an order, of which its hash is made."""
    facts = _facts(
        institution_id=order.institution_id,
        trade_code=order.trade_code,
        teller=order.teller,
        business_date=order.business_date,
        voucher_no=order.voucher_no,
        subject=order.subject,
        note=order.note,
    )
    facts |= {"key": order.key, "accounts": [leg.account for leg in order.legs]}
    facts |= {"amounts": [leg.fen for leg in order.legs], "counter": order.counter_account}
    if order.value_date not in (None, order.business_date):
        facts["value"] = order.value_date
    return facts


def _facts(
    *,
    institution_id: int,
    trade_code: str,
    teller: str,
    business_date: date,
    voucher_no: str = "",
    subject: str = "",
    note: str = "",
) -> dict[str, Any]:
    return {
        "institution": institution_id,
        "trade": trade_code,
        "teller": teller,
        "date": business_date,
        "voucher": voucher_no,
        "subject": subject,
        "note": note,
    }


def _ask(statement: str, facts: Mapping[str, Any], *, at: datetime, dry: bool = False) -> _Answer:
    assert connection.in_atomic_block, "an entry and what it is for stand or fall together"
    given = {"value": None, **facts, "hash": rules.fingerprint(facts), "at": at, "dry": dry}
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        answer = _Answer(*cursor.fetchone())
    if answer.refusal:
        raise rules.refusal(answer.refusal, answer.detail)
    return answer


def _entry(answer: _Answer, facts: Mapping[str, Any], *, at: datetime) -> Entry:
    assert answer.entry is not None
    if answer.replayed:
        found: Entry = Entry.objects.get(id=answer.entry)
        found.line_id = answer.line
        return found
    made = Entry(
        id=answer.entry,
        institution_id=facts["institution"],
        business_date=facts["date"],
        posted_at=at,
        journal_no=answer.journal,
        key=facts["key"],
        trade_code=facts["trade"],
        teller=facts["teller"],
        subject=facts["subject"],
        note=facts["note"],
        reverses_id=facts.get("original"),
        value_date=facts.get("value"),
    )
    made.line_id = answer.line
    return made
