"""What a rule would change: reckoned on the items of past days, in the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import reduce
from operator import and_, or_

from django.db.models import (
    BooleanField,
    Case,
    Count,
    Expression,
    ExpressionWrapper,
    Max,
    Min,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import ExtractHour

from authorization import rules
from authorization.models import Decision, Request
from authorization.selectors._rules import rules_in_force
from foundation.kernel.calendar import SHANGHAI
from foundation.people.models import Institution
from foundation.policy import selectors as policy

_TENTH = Decimal("0.1")
WITHIN = "authorization.answer_within_seconds"
SHARE = "authorization.answer_share_percent"
TARGET = "authorization.target_seconds"


@dataclass(frozen=True)
class Change:
    """A rule that may come, and the place for which; the bank where there is none."""

    rule: rules.Rule
    place: Institution | None


@dataclass(frozen=True)
class Held:
    """How many items there were, and how many of them are held by the rules now and then."""

    items: int
    now: int
    then: int
    trade: rules.TradeCode | None = None

    @property
    def ratio_now(self) -> Decimal | None:
        """Return the authorization ratio by the present rules in percent, to one place."""
        return _percent(self.now, self.items)

    @property
    def ratio_then(self) -> Decimal | None:
        """Return the authorization ratio by the changed rules in percent, to one place."""
        return _percent(self.then, self.items)


@dataclass(frozen=True)
class Seats:
    """How many items come in the busiest hour of a mean day, and the seats that they need.

    None while a number that they are reckoned by is not in force.
    """

    arrivals: Decimal
    needed: int | None


@dataclass(frozen=True)
class Effect:
    """What the changes would have done to the items of the days that there were."""

    first: date | None
    last: date | None
    days: int
    lines: Sequence[Held]
    whole: Held
    now: Seats
    then: Seats
    handling_seconds: Decimal | None
    within_seconds: int | None
    share_percent: int | None


def held(*, rule: rules.Rule) -> Expression:
    """Return whether a rule holds an item, as the database reckons it from the item's columns."""
    singles = [kind for kind in rules.kinds_of(rule) if kind not in rule.together]
    if rules.ALWAYS in singles:
        return Value(value=True)
    found = [_condition(kind, rule) for kind in singles]
    if rule.together:
        found.append(reduce(and_, (_condition(kind, rule) for kind in rule.together)))
    if not found:
        return Value(value=False)
    return ExpressionWrapper(reduce(or_, found), output_field=BooleanField())


def _condition(kind: str, rule: rules.Rule) -> Q:
    if kind == "time":
        before = Q(created_at__time__lt=rule.outside_from)
        return before | Q(created_at__time__gte=rule.outside_until)
    return {
        rules.AMOUNT: Q(amount_fen__gte=rule.amount_from_fen or 0),
        "customer": Q(customer_kinds__overlap=list(rule.customer_kinds)),
        "account_state": Q(payer_state__in=rule.account_states),
        "teller_grade": Q(teller_grade__lt=rule.teller_grade_below or 0),
        "agent": Q(by_agent=True, amount_fen__gte=rule.agent_from_fen or 0),
        "manual_id": Q(manual_id=True),
        "correction": Q(correction=True),
    }[kind]


def what_if(*, changes: Sequence[Change], days: int, on: date) -> Effect:
    """Return how the changes would have moved ratio and seats on the last days up to one.

    Items of transactions that change are reckoned by the rules of now and then; of all others it
    counts what happened. A day without items is no day.
    """
    now, then = _reckoned(changes, on)
    rows = Request.objects.filter(
        business_date__gt=on - timedelta(days=days),
        business_date__lte=on,
    ).annotate(held_now=now, held_then=then)
    codes = {change.rule.trade_code for change in changes}
    counted = _by_code(rows)
    found = rows.aggregate(
        first=Min("business_date"),
        last=Max("business_date"),
        days=Count("business_date", distinct=True),
    )
    numbers = policy.bank_wholes(codes=(WITHIN, SHARE, TARGET), on=on)
    handling = handling_seconds(days=days, on=on, target=numbers.get(TARGET))
    within, share = numbers.get(WITHIN), numbers.get(SHARE)
    now_seats, then_seats = (
        Seats(
            arrivals=_tenths(arrivals),
            needed=seats_needed(arrivals=arrivals, handling=handling, within=within, share=share),
        )
        for arrivals in _busiest(rows, found["days"])
    )
    return Effect(
        **found,
        lines=tuple(line for line in counted if line.trade and line.trade.code in codes),
        whole=_sum(counted),
        now=now_seats,
        then=then_seats,
        handling_seconds=handling,
        within_seconds=within,
        share_percent=share,
    )


def _reckoned(changes: Sequence[Change], on: date) -> tuple[Expression, Expression]:
    codes = sorted({change.rule.trade_code for change in changes})
    now = {
        (row.trade_code, row.institution.path if row.institution else ""): row.says
        for row in rules_in_force(codes=codes, on=on)
    }
    then = now | {
        (change.rule.trade_code, change.place.path if change.place else ""): change.rule
        for change in changes
    }
    return _by_place(now), _by_place(then)


def _by_place(said: dict[tuple[str, str], rules.Rule]) -> Expression:
    """Return whether the rule of the nearest place holds an item; else what happened to it."""
    nearest_first = sorted(said.items(), key=lambda one: (one[0][0], -len(one[0][1]), one[0][1]))
    return Case(
        *(
            When(
                Q(trade_code=code) & (Q(institution__path__startswith=path) if path else Q()),
                then=held(rule=rule),
            )
            for (code, path), rule in nearest_first
        ),
        default=ExpressionWrapper(Q(queued_at__isnull=False), output_field=BooleanField()),
        output_field=BooleanField(),
    )


def _by_code(rows: QuerySet[Request]) -> Sequence[Held]:
    counted = (
        rows.values("trade_code")
        .annotate(
            items=Count("*"),
            now=Count("id", filter=Q(held_now=True)),
            then=Count("id", filter=Q(held_then=True)),
        )
        .order_by("trade_code")
    )
    return [
        Held(row["items"], row["now"], row["then"], rules.CATALOGUE[row["trade_code"]])
        for row in counted
    ]


def _sum(lines: Sequence[Held]) -> Held:
    return Held(
        items=sum(line.items for line in lines),
        now=sum(line.now for line in lines),
        then=sum(line.then for line in lines),
    )


def _busiest(rows: QuerySet[Request], days: int) -> tuple[Decimal, Decimal]:
    """Return the mean arrivals of the busiest hour of the clock, by the rules now and then."""
    hours = (
        rows.annotate(hour=ExtractHour("created_at", tzinfo=SHANGHAI))
        .values("hour")
        .annotate(
            now=Count("id", filter=Q(held_now=True)), then=Count("id", filter=Q(held_then=True))
        )
        .order_by("hour")
    )
    found = [(row["now"], row["then"]) for row in hours]
    if not found:
        return Decimal(0), Decimal(0)
    return (
        Decimal(max(now for now, _then in found)) / days,
        Decimal(max(then for _now, then in found)) / days,
    )


def seats_needed(
    *, arrivals: Decimal, handling: Decimal | None, within: int | None, share: int | None
) -> int | None:
    """Return the seats for so many arrivals an hour; None while a number for it is lacking."""
    if handling is None or within is None or share is None:
        return None
    return rules.seats(
        arrivals=arrivals, handling_seconds=handling, within_seconds=within, share_percent=share
    )


def handling_seconds(*, days: int, on: date, target: int | None) -> Decimal | None:
    """Return how long a decision took in the mean; the time aimed at where there was none."""
    made = Decision.objects.filter(
        business_date__gt=on - timedelta(days=days),
        business_date__lte=on,
        decider__isnull=False,
    ).aggregate(count=Count("*"), took_ms=Sum("view_ms"))
    return mean_seconds(count=made["count"], took_ms=int(made["took_ms"] or 0), target=target)


def mean_seconds(*, count: int, took_ms: int, target: int | None) -> Decimal | None:
    """Return the mean of so many decisions to a tenth; the time aimed at where there was none."""
    if not took_ms:
        return None if target is None else Decimal(target)
    return _tenths(Decimal(took_ms) / count / 1000)


def _percent(part: int, whole: int) -> Decimal | None:
    return _tenths(Decimal(100 * part) / whole) if whole else None


def _tenths(exact: Decimal) -> Decimal:
    return exact.quantize(_TENTH, ROUND_HALF_UP)
