"""The monitoring centre for other systems of the bank: which voucher bears out which line."""

from __future__ import annotations

from django.http import Http404
from django.utils import timezone
from rest_framework import serializers

from foundation.people.roles import Permission
from foundation.ui import menu, rest
from monitoring import rules, selectors
from monitoring.models import Match, Slip
from monitoring.rules import points
from monitoring.rules import slips as slip_rules
from monitoring.selectors import slips as selected


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


class SlipsWanted(rest.Query):
    """Which slips: newest first, fifty a page; `month` is named by its first day."""

    kind = rest.Choice(words=slip_rules.OPEN_KINDS, required=False)
    state = rest.Choice(words=slip_rules.STATES, required=False)
    stands = rest.Choice(words=selected.STANDS, required=False)
    code = rest.Choice(words=points.CODES, required=False)
    month = rest.Day(required=False)
    before = rest.Whole(required=False)


class SlipShown(rest.Item):
    """One slip and where it stands; transfers of suspected crimes are never among them."""

    number = serializers.CharField()
    kind = rest.Choice(words=slip_rules.KINDS)
    state = rest.Choice(words=slip_rules.STATES)
    institution = serializers.CharField(source="institution.number")
    origin = serializers.CharField()
    code = serializers.CharField()
    error_class = serializers.IntegerField(allow_null=True)
    repeated = serializers.BooleanField()
    at_fault = serializers.CharField(source="at_fault_label")
    text = serializers.CharField()
    issued_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    late = serializers.BooleanField()
    closed_at = serializers.DateTimeField(allow_null=True)


class SlipsShown(rest.Item):
    """A page of slips, how many there are in all, and what `before` takes for the next one."""

    rows = SlipShown(many=True)
    total = serializers.IntegerField()
    next_before = serializers.IntegerField(allow_null=True)


@rest.endpoint("GET", Permission.SLIP_VIEW, asks=SlipsWanted, answers=SlipsShown)
def slips(call: rest.Call) -> selected.SlipPage:
    """List the slips that you may see, the newest first."""
    typed = dict(call.typed)
    before = typed.pop("before", None)
    return selected.page(chosen=selected.Filter(at=call.at, before_id=before, **typed))


@rest.endpoint("GET", Permission.SLIP_VIEW, answers=SlipShown)
def slip(call: rest.Call, number: str) -> Slip:  # noqa: ARG001  scope is in the transaction
    """Answer one slip among those that you may see."""
    found = selected.slip(number=number)
    if found is None:
        raise Http404
    return found
