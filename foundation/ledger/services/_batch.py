"""Posting many entries with one call to the database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

from foundation.kernel.errors import Refused
from foundation.ledger import rules
from foundation.ledger.models import Entry
from foundation.ledger.rules import Order
from foundation.ledger.services._posting import facts_of

_POST_MANY = """
SELECT entry, journal, replayed, refusal, detail FROM ledger_post_many(%s, %s, %s) ORDER BY item
"""
# Beyond this the legs of a call would fill the memory of the server for no gain in speed.
ORDERS_MAX = 10_000


def post_many(*, orders: Sequence[Order], whole: bool = False) -> Sequence[Entry | Refused]:
    """Post up to 10,000 entries; return for each the entry, or why it was refused.

    What comes out is what `post` would have made of one after the other: what an earlier order
    takes from an account a later one lacks, the same key posts once, a refused order stops none.
    With `whole` all are posted or none: the first refusal is raised, and nothing was written.
    ValueError for more orders than one call takes.
    """
    assert connection.in_atomic_block, "entries and what they are for stand or fall together"
    if len(orders) > ORDERS_MAX:
        raise ValueError(f"{len(orders)} orders are more than the {ORDERS_MAX} of one call")
    if not orders:
        return ()
    told = [facts_of(order=order) for order in orders]
    items = [_item(order, facts) for order, facts in zip(orders, told, strict=True)]
    legs = [
        {"i": place, "a": leg.account, "f": leg.fen}
        for place, order in enumerate(orders, start=1)
        for leg in _legs(order)
    ]
    with connection.cursor() as cursor:
        cursor.execute(_POST_MANY, [json.dumps(items), json.dumps(legs), whole])
        answers = cursor.fetchall()
    if whole:
        for *_entry, refusal, detail in answers:
            if refusal:
                raise rules.refusal(refusal, detail)
    again = Entry.objects.in_bulk([entry for entry, _no, replayed, *_ in answers if replayed])
    return tuple(
        rules.refusal(refusal, detail)
        if refusal
        else again[entry]
        if replayed
        else _posted(order, facts, entry, journal)
        for order, facts, (entry, journal, replayed, refusal, detail) in zip(
            orders, told, answers, strict=True
        )
    )


def _legs(order: Order) -> Sequence[rules.Leg]:
    """Return the legs; none of an order whose legs are refused, which the database says then."""
    try:
        rules.check_legs(order.legs)
    except rules.BadLegs:
        return ()
    return order.legs


def _item(order: Order, facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "institution": order.institution_id,
        "key": order.key,
        "hash": rules.fingerprint(facts).hex(),
        "date": order.business_date.isoformat(),
        "at": order.at.isoformat(),
        "trade": order.trade_code,
        "teller": order.teller,
        "voucher": order.voucher_no,
        "counter": order.counter_account,
        "subject": order.subject,
        "note": order.note,
        "value": facts["value"].isoformat() if "value" in facts else None,
    }


def _posted(order: Order, facts: Mapping[str, Any], entry_id: int, journal: str) -> Entry:
    return Entry(
        id=entry_id,
        institution_id=order.institution_id,
        business_date=order.business_date,
        posted_at=order.at,
        journal_no=journal,
        key=order.key,
        trade_code=order.trade_code,
        teller=order.teller,
        subject=order.subject,
        note=order.note,
        value_date=facts.get("value"),
    )
