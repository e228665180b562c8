"""What a longer history costs: the same questions and postings to a small and a large one."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from random import Random

from foundation.ledger import selectors
from foundation.people import services as people
from ops_platform.bench import databases
from ops_platform.bench.ledger import _bank
from ops_platform.bench.ledger._rounds import medians, posting
from ops_platform.bench.rows import Row, compared, limited, percentile

_ASKED, _SECONDS = 400, 6
_MOST = Decimal("1.3")


def run(*, small: str, large: str, postings: int) -> list[Row]:
    """Return balance, statement page and posting with the large history beside the small one."""
    size = f"{postings // 1_000_000} M postings beside 1 M"
    measured = []
    for what, ask in (("balance", _balance), ("statement page of 50", _statement)):
        few, many = _in_turn(ask, small, large)
        measured.append(
            compared(
                bench="ledger",
                case=f"{what}, {size}",
                ours=many,
                unit="ms",
                peer="1 M postings",
                peer_value=few,
                most=_MOST,
            )
        )
    cases = {name: partial(posting, name, hot=False, seconds=_SECONDS) for name in (small, large)}
    rate = medians(cases)
    spent = {name: (1000 / figure).quantize(Decimal("0.001")) for name, figure in rate.items()}
    measured.append(
        compared(
            bench="ledger",
            case=f"posting, {size}",
            ours=spent[large],
            unit="ms",
            peer="1 M postings",
            peer_value=spent[small],
            most=_MOST,
        )
    )
    databases.use(large)
    took = _asked(lambda _number: selectors.balance(number=str(_bank.BUSY)))
    legs = _legs_of(str(_bank.BUSY))
    measured.append(
        limited(
            bench="ledger",
            case=f"balance of an account with {legs // 1000} thousand legs",
            ours=percentile(took, 50),
            unit="ms",
            most=Decimal(2),
        )
    )
    return measured


def _legs_of(number: str) -> int:
    with people.acting_as_system(reason="bench"):
        return int(selectors.account(number=number).seq)


def _balance(number: str) -> object:
    return selectors.balance(number=number)


def _statement(number: str) -> object:
    found = selectors.account(number=number)
    return selectors.statement(account_id=found.pk, limit=50)


def _in_turn(ask: Callable[[str], object], small: str, large: str) -> tuple[Decimal, Decimal]:
    took: dict[str, list[Decimal]] = {small: [], large: []}
    for _ in range(4):
        for name in (small, large):
            databases.use(name)
            took[name] += _asked(ask)
    return percentile(took[small], 50), percentile(took[large], 50)


def _asked(ask: Callable[[str], object]) -> list[Decimal]:
    random, took = Random(7), []
    for _ in range(_ASKED):
        number = str(_bank.FIRST_NUMBER + random.randrange(_bank.CUSTOMERS))
        with people.acting_as_system(reason="bench"):
            began = time.perf_counter_ns()
            ask(number)
            spent = time.perf_counter_ns() - began
        took.append((Decimal(spent) / 1_000_000).quantize(Decimal("0.001")))
    return took
