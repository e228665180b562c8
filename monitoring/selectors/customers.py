"""What makes a customer risky, how customers are rated, what is frozen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import (
    BigIntegerField,
    Case,
    Count,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from foundation.ledger import rules as ledger_rules
from foundation.ledger import selectors as ledger
from foundation.ledger.models import Account, Hold
from foundation.people.models import Institution
from foundation.policy import selectors as policy
from monitoring.models import (
    CustomerRating,
    FreezeInflow,
    FreezeRequest,
    LargeValue,
    ScreeningHit,
    SuspiciousCase,
)
from monitoring.rules import aml, currencies, screening
from monitoring.rules import customers as rules
from monitoring.selectors import aml as desk


def factors(*, customer: str, on: date) -> tuple[str, ...]:
    """Return which factors of risk a customer in sight has on a day."""
    since = on - timedelta(days=rules.BACK_DAYS)
    cases = SuspiciousCase.objects.filter(customer=customer)
    proven = cases.filter(state__in=(aml.CONFIRMED, aml.REPORTED), decided_at__date__gte=since)
    large = LargeValue.objects.filter(customer=customer, business_date__gte=since)
    known = ledger.customer_since(number=customer)
    found = {
        "case": proven.exists(),
        "hit": ScreeningHit.objects.filter(customer=customer, state=screening.UPHELD).exists(),
        "open": cases.filter(state__in=desk.OPEN_CASES).exists(),
        "large": large.exists(),
        "foreign": large.exclude(basis=currencies.OWN).exists(),
        "new": known is not None and known > on - timedelta(days=rules.NEW_DAYS),
    }
    return tuple(code for code, holds in found.items() if holds)


def rated(*, customer: str, on: date) -> rules.Rated:
    """Return what the factors of a customer come to by the numbers of the day."""
    numbers = policy.wholes(codes=rules.NUMBERS, on=on)
    return rules.rate(factors(customer=customer, on=on), numbers=numbers)


def ratings(*, of: int | None = None, state: str = "", before: int | None = None) -> desk.Listing:
    """Return a page of ratings in scope, the latest first, or one of them."""
    rows = CustomerRating.objects.select_related("proposed_by", "decided_by")
    rows = rows if of is None else rows.filter(id=of)
    return desk.page(rows=rows.filter(state=state) if state else rows, before=before)


def rating(*, rating_id: int, lock: bool = False) -> CustomerRating:
    """Return a rating in scope, locked if asked for; refuse another."""
    found = ("proposed_by", "decided_by")
    return desk.one(
        kind=CustomerRating, number=rating_id, missing=rules.NoSuchRating, with_=found, lock=lock
    )


def in_force(*, branch_id: int, customer: str) -> CustomerRating | None:
    """Return a customer's rating in force, locked, or None."""
    rows = CustomerRating.objects.select_for_update(of=("self",)).filter(
        institution_id=branch_id, customer=customer, state=rules.ACTIVE
    )
    found: CustomerRating | None = rows.first()
    return found


def waits(*, branch_id: int, customer: str) -> bool:
    """Tell whether a rating of a customer waits for its decision."""
    rows = CustomerRating.objects.filter(institution_id=branch_id, customer=customer)
    return rows.filter(state=rules.PROPOSED).exists()


def standing(*, on: date) -> Mapping[str, int]:
    """Return how many customers in scope are rated at each level, and how many are due."""
    rows = CustomerRating.objects.filter(state=rules.ACTIVE)
    counted = dict(rows.order_by().values_list("level").annotate(n=Count("*")))
    found = {text: counted.get(level, 0) for level, text in rules.LEVELS.items()}
    return found | {"due": rows.filter(review_on__lte=on).count()}


def freezes(*, of: int | None = None, state: str = "", before: int | None = None) -> desk.Listing:
    """Return a page of freezes in scope, the latest first, or one of them."""
    rows = _with_held().select_related("proposed_by", "decided_by", "lift_by", "hold")
    rows = rows if of is None else rows.filter(id=of)
    return desk.page(rows=rows.filter(state=state) if state else rows, before=before)


def freeze(*, freeze_id: int, lock: bool = False) -> FreezeRequest:
    """Return a freeze in scope, locked if asked for; refuse another."""
    found = ("proposed_by", "decided_by", "lift_by", "hold")
    return desk.one(
        kind=FreezeRequest, number=freeze_id, missing=rules.NoSuchFreeze, with_=found, lock=lock
    )


def holds(*, row: FreezeRequest) -> Sequence[Hold]:
    """Return what the ledger holds now for a freeze: at first, and of what came in later."""
    later = row.inflows.order_by("id").values_list("hold_id", flat=True)
    return ledger.holds_in_force(ids=[*([row.hold_id] if row.hold_id else ()), *later])


def to_follow(*, limit: int) -> Sequence[int]:
    """Return the freezes in force whose account has money that they should hold, by number."""
    there = ledger.with_money().filter(number=OuterRef("account"))
    rows = _with_held().filter(Exists(there), state__in=rules.FREEZE_HOLDS)
    rows = rows.filter(Q(amount_fen=None) | Q(amount_fen__gt=F("held_fen")))
    return tuple(rows.order_by("id").values_list("id", flat=True)[:limit])


def _with_held() -> QuerySet[FreezeRequest]:
    """Return freezes, each with what the ledger holds for it now."""
    later = FreezeInflow.objects.filter(
        freeze=OuterRef("pk"), hold__state=ledger_rules.HOLD_HELD
    ).order_by()
    summed = later.values("freeze").annotate(sum=Sum("hold__amount_fen")).values("sum")
    first = Case(
        When(hold__state=ledger_rules.HOLD_HELD, then=F("hold__amount_fen")), default=Value(0)
    )
    found: QuerySet[FreezeRequest] = FreezeRequest.objects.annotate(
        held_fen=first + Coalesce(Subquery(summed), Value(0), output_field=BigIntegerField())
    )
    return found


def account(*, number: str) -> Account:
    """Return a customer's account in sight; refuse any other number."""
    try:
        found = ledger.account(number=number)
    except ledger_rules.NoSuchAccount as error:
        raise rules.NoSuchCustomer(field="account") from error
    if found.kind != ledger_rules.CUSTOMER:
        raise rules.NoSuchCustomer(field="account")
    return found


def name_of(*, customer: str) -> str:
    """Return what a customer in sight is called; refuse a number of nobody."""
    name = ledger.customer_name(number=customer)
    if not name:
        raise rules.NoSuchCustomer(field="customer")
    return name


def branch_of(*, place: Institution) -> Institution:
    """Return the branch to which the rows of somebody of the desk belong."""
    found: Any = desk.branch_of(institution=place)
    return found or place
