"""The books for other systems of the bank: accounts, statements and the journal, read only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from foundation.ledger import rules, selectors
from foundation.ledger.models import Account
from foundation.people.roles import Permission
from foundation.ui import rest

DAYS_MAX = 31


class Sought(rest.Query):
    """Accounts by the beginning of the number, the customer's number, or part of the name."""

    text = rest.Plain(limit=60, required=False)
    after = rest.Digits(least=1, most=19, required=False)
    limit = rest.Whole(most=200, required=False)


class Period(rest.Query):
    """Postings from a day to a day, newest first; the next page is before the last one's place.

    Of an account that was never spread over shards a seq is a place too.
    """

    first = rest.Day(required=False)
    last = rest.Day(required=False)
    before = rest.Plain(limit=40, required=False)
    limit = rest.Whole(most=200, required=False)


class Lines(rest.Query):
    """Lines of the journal of at most 31 days; what is left out does not narrow."""

    default_error_messages = {"days": _("Ask for 1 to 31 days, the first of them first.")}
    first = rest.Day()
    last = rest.Day()
    journal_no = rest.Digits(least=1, most=20, required=False)
    account_number = rest.AccountNumber(required=False)
    teller = rest.Digits(least=1, most=12, required=False)
    trade_code = rest.Digits(least=4, most=8, required=False)
    voucher_no = rest.Digits(least=1, most=20, required=False)
    amount = rest.Fen(required=False)
    before = rest.Whole(required=False)
    limit = rest.Whole(most=200, required=False)

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Refuse days the wrong way round, and more of them than a page should search."""
        if not timedelta() <= attrs["last"] - attrs["first"] < timedelta(days=DAYS_MAX):
            self.fail("days")
        return attrs


class AccountShown(rest.Item):
    """One account with its balance on its normal side."""

    number = serializers.CharField()
    name = serializers.CharField()
    institution = serializers.CharField(source="institution.number")
    subject = serializers.CharField(source="chart.code")
    kind = serializers.CharField()
    currency = serializers.CharField()
    state = serializers.CharField()
    balance = rest.SignedFen(source="balance_fen")
    held = rest.Fen(source="held_fen")
    opened_on = serializers.DateField()
    closed_on = serializers.DateField(allow_null=True)


class AccountsShown(rest.Item):
    """Accounts in the order of their numbers; the last one is the next page's `after`."""

    rows = AccountShown(many=True)


class PostingShown(rest.Item):
    """One posting: debit positive, credit negative, and the balance that it left.

    `place` is where it stands in the statement: the next page is before the last row's.
    """

    place = serializers.CharField()
    seq = serializers.IntegerField()
    business_date = serializers.DateField()
    entry = serializers.IntegerField(source="entry_id")
    trade_code = serializers.CharField(source="entry.trade_code")
    journal_no = serializers.CharField(source="entry.journal_no")
    amount = rest.SignedFen(source="amount_fen")
    balance_after = rest.SignedFen()
    currency = serializers.CharField()


class StatementShown(rest.Item):
    """Postings of one account, the newest first."""

    rows = PostingShown(many=True)


class LineShown(rest.Item):
    """One line of the journal."""

    id = serializers.IntegerField()
    institution = serializers.CharField(source="institution.number")
    business_date = serializers.DateField()
    value_date = serializers.DateField()
    journal_no = serializers.CharField()
    at = serializers.DateTimeField()
    teller = serializers.CharField()
    trade_code = serializers.CharField()
    account_number = serializers.CharField()
    side = rest.Choice(words=rules.SIDES)
    amount = rest.Fen(source="amount_fen")
    currency = serializers.CharField()
    counter_account = serializers.CharField()
    voucher_no = serializers.CharField()
    origin = serializers.CharField(source="source")
    subject = serializers.CharField()


class LinesShown(rest.Item):
    """Lines of the journal, the newest first; the id of the last is the next page's `before`."""

    rows = LineShown(many=True)


@rest.endpoint("GET", Permission.ACCOUNT_VIEW, asks=Sought, answers=AccountsShown)
def accounts(call: rest.Call) -> Mapping[str, Any]:
    """List accounts of your institutions."""
    return {"rows": selectors.accounts(**call.typed)}


@rest.endpoint("GET", Permission.ACCOUNT_VIEW, answers=AccountShown, missing=(rules.NoSuchAccount,))
def account(call: rest.Call, number: str) -> Account:  # noqa: ARG001  scope is in the transaction
    """Answer one account of your institutions with its balance."""
    return selectors.account(number=number)


@rest.endpoint(
    "GET",
    Permission.ACCOUNT_VIEW,
    asks=Period,
    answers=StatementShown,
    missing=(rules.NoSuchAccount,),
    finds=selectors.account,
)
def statement(call: rest.Call, number: str) -> Mapping[str, Any]:
    """List the postings of one account, the newest first."""
    found = selectors.account(number=number)
    return {"rows": selectors.statement(account_id=found.pk, **call.typed)}


@rest.endpoint("GET", Permission.JOURNAL_VIEW, asks=Lines, answers=LinesShown)
def journal(call: rest.Call) -> Mapping[str, Any]:
    """List lines of the journal of your institutions, the newest first."""
    typed = dict(call.typed)
    paging = {name: typed.pop(name) for name in ("before", "limit") if name in typed}
    amount = typed.pop("amount", None)
    query = selectors.JournalQuery(**typed, amount_fen=amount.fen if amount else None)
    return {"rows": selectors.journal(query=query, **paging)}
