"""What customers moved on a day, and who they are, for rooms that add it up by customer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import Case, F, Min, Q, QuerySet, Value, When

from foundation.ledger import rules
from foundation.ledger.models import Account, JournalLine, Posting, Reversal

CORPORATE_SUBJECTS = (rules.CORPORATE,)
_CUSTOMER = Case(
    When(account__customer_number="", then=F("account__number")),
    default=F("account__customer_number"),
)
_YES, _NO = Value(True), Value(False)  # noqa: FBT003 -- values of SQL


class CustomerAccount(NamedTuple):
    """One account of a customer: its number, the customer's number if it is known, its name."""

    account: str
    customer: str
    name: str


def customer_legs(
    *, on: date, places: Collection[int], trade_codes: Collection[str]
) -> QuerySet[Any]:
    """Return the legs of a day on customers' accounts of these places, without what was reversed.

    Each has `customer` (the customer's number, else the account's), `inward` and `corporate`.
    """
    first, last = rules.ids_of(on)
    undone = Reversal.objects.filter(original__range=(first, last)).values("original")
    rows: QuerySet[Any] = Posting.objects.filter(
        business_date=on,
        entry_id__gte=first,
        entry_id__lte=last,
        account__kind=rules.CUSTOMER,
        account__institution_id__in=places,
        entry__trade_code__in=trade_codes,
    )
    rows = rows.exclude(entry_id__in=undone).annotate(
        customer=_CUSTOMER,
        inward=Case(When(amount_fen__lt=0, then=_YES), default=_NO),
        corporate=Case(When(account__chart__code__in=CORPORATE_SUBJECTS, then=_YES), default=_NO),
    )
    return rows.select_related("account", "entry__institution")


def lines_of_entries(*, entries: Collection[int]) -> Mapping[int, JournalLine]:
    """Return the journal line of each entry; own lines have the id of their entry."""
    lines = JournalLine.objects.filter(id__in=entries, entry_id__in=entries)
    return {line.entry_id: line for line in lines}


def reversed_among(*, entries: Collection[int]) -> set[int]:
    """Return which of some entries were reversed."""
    rows = Reversal.objects.filter(original__in=entries)
    return set(rows.values_list("original", flat=True))


def account_names(*, numbers: Collection[str]) -> Mapping[str, str]:
    """Return the names of accounts in sight by their numbers."""
    return dict(Account.objects.filter(number__in=numbers).values_list("number", "name"))


def customer_name(*, number: str) -> str:
    """Return what a customer in sight is called, by customer or account number; "" for none."""
    rows = Account.objects.filter(Q(customer_number=number) | Q(number=number))
    rows = rows.filter(kind=rules.CUSTOMER).order_by("id")
    return str(rows.values_list("name", flat=True).first() or "")


def customer_accounts(
    *, places: Collection[int], after: str = "", since: date | None = None, limit: int = 500
) -> Sequence[CustomerAccount]:
    """Return accounts of customers of these places by number, after one; opened since a day."""
    rows = Account.objects.filter(kind=rules.CUSTOMER, institution_id__in=places, number__gt=after)
    rows = rows.filter(opened_on__gte=since) if since else rows
    found = rows.order_by("number").values_list("number", "customer_number", "name")
    return [CustomerAccount(*row) for row in found[:limit]]


def customers_of(*, numbers: Collection[str]) -> Mapping[str, CustomerAccount]:
    """Return whose these accounts in sight are, by account number; accounts of customers alone."""
    rows = Account.objects.filter(kind=rules.CUSTOMER, number__in=numbers)
    found = rows.values_list("number", "customer_number", "name")
    return {row[0]: CustomerAccount(*row) for row in found}


def customer_since(*, number: str) -> date | None:
    """Return since when a customer in sight has an account, or None."""
    rows = Account.objects.filter(Q(customer_number=number) | Q(number=number))
    found: date | None = rows.filter(kind=rules.CUSTOMER).aggregate(Min("opened_on"))[
        "opened_on__min"
    ]
    return found
