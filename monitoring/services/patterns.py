"""Go through a day for what looks like laundering, and open a case about each customer once."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from foundation.people.models import Institution
from foundation.policy import selectors as policy
from monitoring.rules import aml, currencies
from monitoring.rules import patterns as rules
from monitoring.selectors import aml as desk
from monitoring.selectors import patterns as selected
from monitoring.services import suspicious


def look_at_day(*, on: date, at: datetime) -> int:
    """Open cases about what a business date shows in every branch; again it opens none twice."""
    return sum(_look(branch, on, at) for branch in desk.branches())


@transaction.atomic
def _look(branch: Institution, on: date, at: datetime) -> int:
    codes = (
        rules.CASH_FEN, rules.CASH_CENTS, rules.DAYS, rules.ITEMS, rules.PERCENT,
        rules.PASS_FEN, rules.PASS_PERCENT,
    )  # fmt: skip
    number = policy.wholes(codes=codes, on=on)
    structure = rules.Structure(
        currencies.Threshold(number[rules.CASH_FEN], number[rules.CASH_CENTS]),
        number[rules.DAYS],
        number[rules.ITEMS],
        number[rules.PERCENT],
    )
    least, percent = number[rules.PASS_FEN], number[rules.PASS_PERCENT]
    told = (
        (aml.BY_DAYS, selected.structured(branch_id=branch.pk, on=on, of=structure)),
        (
            aml.BY_PASSING,
            selected.passed_through(branch_id=branch.pk, on=on, least=least, percent=percent),
        ),
        (aml.BY_GRAPH, selected.in_graphs(branch_id=branch.pk, on=on)),
    )
    opened = [
        suspicious.open_by_rule(branch=branch, suspect=one, origin=origin, at=at)
        for origin, found in told
        for one in found
    ]
    return sum(case is not None for case in opened)
