"""Batches beside single entries: one connection, one transaction a call, through the service."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from random import Random
from uuid import uuid4

from django.utils import timezone

from foundation.ledger import services as ledger
from foundation.ledger.models import Entry
from foundation.ledger.rules import Leg, Order
from foundation.people import services as people
from foundation.people.models import Institution
from ops_platform.bench import databases
from ops_platform.bench.ledger import _bank, _rounds
from ops_platform.bench.rows import Row

A_CALL, ENOUGH, TIMES = 1000, Decimal(10_000), Decimal(10)
_random = Random(1)


def run(database: str) -> list[Row]:
    """Return entries a second in batches beside singly; either 10,000 or ten times as many do."""
    databases.use(database)
    with people.acting_as_system(reason="bench"):
        outlets = list(Institution.objects.filter(kind="outlet").values_list("id", flat=True))
    rate = _rounds.medians(
        {
            "batches": lambda: _rate(lambda: ledger.post_many(orders=_orders(outlets, A_CALL))),
            "singly": lambda: _rate(lambda: [_single(order) for order in _orders(outlets, 1)]),
        }
    )
    ours, peer = rate["batches"], rate["singly"]
    return [
        Row(
            bench="ledger",
            case=f"service, one connection, {A_CALL} entries a call",
            ours=ours,
            unit="/s",
            peer="ours, singly",
            peer_value=peer,
            ratio=(ours / peer).quantize(Decimal("0.01")),
            target=f">= {TIMES} x or {ENOUGH} /s",
            met=ours >= ENOUGH or ours >= peer * TIMES,
        )
    ]


def _rate(post: Callable[[], Sequence[object]]) -> Decimal:
    began, done = time.perf_counter(), 0
    while time.perf_counter() - began < _rounds.SECONDS:
        with people.acting_as_system(reason="bench"):
            answers = post()
        assert all(isinstance(one, Entry) for one in answers), "one was refused: no figure"
        done += len(answers)
    return (Decimal(done) / Decimal(time.perf_counter() - began)).quantize(Decimal(1))


def _orders(outlets: Sequence[int], many: int) -> Sequence[Order]:
    at = timezone.now()
    found = []
    for _ in range(many):
        payer, payee = _random.sample(range(_bank.CUSTOMERS), 2)
        fen = _random.randint(1, 500)
        found.append(
            Order(
                key=str(uuid4()),
                institution_id=_random.choice(outlets),
                legs=[
                    Leg(str(_bank.FIRST_NUMBER + payer), fen),
                    Leg(str(_bank.FIRST_NUMBER + payee), -fen),
                ],
                trade_code="1101",
                teller=_bank.TELLER,
                business_date=timezone.localdate(at),
                at=at,
            )
        )
    return found


def _single(order: Order) -> Entry:
    return ledger.post(**{name: getattr(order, name) for name in Order.__slots__})
