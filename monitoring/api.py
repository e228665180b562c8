"""The monitoring centre for other systems of the bank: which voucher bears out which line."""

from __future__ import annotations

from django.http import Http404
from django.utils import timezone
from rest_framework import serializers

from foundation.people.roles import Permission
from foundation.ui import menu, rest
from monitoring import rules, selectors
from monitoring.models import Match


class Wanted(rest.Query):
    """Which pairs: of a day, by default the open one or today; newest first, fifty a page."""

    on = rest.Day(required=False)
    result = rest.Choice(words=rules.RESULTS, required=False)
    state = rest.Choice(words=rules.FLOW.states, required=False)
    teller = rest.Digits(least=1, most=12, required=False)
    auditor = rest.Digits(least=1, most=12, required=False)
    journal_no = rest.Digits(least=1, most=20, required=False)
    before = rest.Whole(required=False)


class MatchShown(rest.Item):
    """One journal line beside its voucher, and what came of looking."""

    id = serializers.IntegerField()
    institution = serializers.CharField(source="institution.number")
    business_date = serializers.DateField()
    journal_no = serializers.CharField()
    trade_code = serializers.CharField()
    teller = serializers.CharField()
    account_number = serializers.CharField()
    amount = rest.Fen(source="amount_fen", allow_null=True)
    voucher_no = serializers.CharField()
    subject = serializers.CharField()
    state = rest.Choice(words=rules.FLOW.states)
    result = rest.Choice(words=rules.RESULTS)
    differing = serializers.IntegerField()
    auditor = serializers.CharField(source="decided_label")
    decided_at = serializers.DateTimeField(allow_null=True)
    reason = serializers.CharField()


class MatchesShown(rest.Item):
    """A page of pairs, how many there are in all, and what `before` takes for the next one."""

    rows = MatchShown(many=True)
    total = serializers.IntegerField()
    next_before = serializers.IntegerField(allow_null=True)


@rest.endpoint("GET", Permission.MONITORING_VIEW, asks=Wanted, answers=MatchesShown)
def matches(call: rest.Call) -> selectors.ListPage[Match]:
    """List the pairs of a business day that you may see, the newest first."""
    typed = dict(call.typed)
    on = typed.pop("on", None) or menu.business_date(call.staff, timezone.localdate(call.at))
    return selectors.page(chosen=selectors.Filter(on, before_id=typed.pop("before", None), **typed))


@rest.endpoint("GET", Permission.MONITORING_VIEW, answers=MatchShown)
def match(call: rest.Call, match_id: int) -> Match:  # noqa: ARG001  scope is in the transaction
    """Answer one pair among those that you may see."""
    found = selectors.match(match_id=match_id)
    if found is None:
        raise Http404
    return found
