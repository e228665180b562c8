"""The monitoring centre for other systems of the bank: which voucher bears out which line."""

from __future__ import annotations

from django.http import Http404
from django.utils import timezone
from rest_framework import serializers

from foundation.people.roles import Permission
from foundation.ui import menu, rest
from monitoring import rules, selectors
from monitoring.models import Match, Slip
from monitoring.rules import alerts as alert_rules
from monitoring.rules import points, workshop
from monitoring.rules import slips as slip_rules
from monitoring.selectors import alerts as found_alerts
from monitoring.selectors import slips as selected
from monitoring.selectors import workshop as workshops
from monitoring.services import slips as slip_services


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


class AlertsWanted(rest.Query):
    """Which alerts: newest first, fifty a page; `state` may be `open`, or `true` for closed so."""

    state = rest.Choice(words=("open", "true", *alert_rules.FLOW.states), required=False)
    level = rest.Choice(words=workshop.LEVELS, required=False)
    link = rest.Choice(words=workshop.LINKS, required=False)
    rule = rest.Named(required=False)
    entity = rest.Named(required=False)
    first = rest.Day(required=False)
    last = rest.Day(required=False)
    before = rest.Whole(required=False)


class AlertShown(rest.Item):
    """What a rule found about an entity, and how far people are with it."""

    id = serializers.IntegerField()
    rule = serializers.CharField(source="rule.number")
    title = serializers.CharField(source="rule.title")
    about = rest.Choice(words=workshop.ENTITIES, source="rule.entity")
    entity = serializers.CharField()
    institution = serializers.CharField(source="institution.number")
    level = rest.Choice(words=workshop.LEVELS)
    score = serializers.IntegerField()
    state = rest.Choice(words=alert_rules.FLOW.states)
    day = serializers.DateField()
    last_day = serializers.DateField()
    hits = serializers.IntegerField()
    found = serializers.ListField(child=serializers.IntegerField())
    slip_number = serializers.CharField()
    raised_at = serializers.DateTimeField()
    closed_at = serializers.DateTimeField(allow_null=True)


class AlertLine(rest.Item):
    """A journal line that bears an alert out."""

    journal_no = serializers.CharField()
    business_date = serializers.DateField()
    at = serializers.DateTimeField()
    teller = serializers.CharField()
    trade_code = serializers.CharField()
    account_number = serializers.CharField()
    counter_account = serializers.CharField()
    side = serializers.CharField()
    amount = rest.Fen(source="amount_fen")
    subject = serializers.CharField()


class HeldShown(rest.Item):
    """A posting that the rule held back before it was made."""

    subject = serializers.CharField()
    attempt = serializers.IntegerField()
    at = serializers.DateTimeField()
    teller = serializers.CharField()
    trade_code = serializers.CharField()
    account_number = serializers.CharField()
    amount = rest.Fen(source="amount_fen")


class AlertsShown(rest.Item):
    """A page of alerts, how many there are in all, and what `before` takes for the next one."""

    rows = AlertShown(many=True)
    total = serializers.IntegerField()
    next_before = serializers.IntegerField(allow_null=True)


class AlertRecordShown(rest.Item):
    """An alert with the latest lines that bear it out, and with what it held back."""

    alert = AlertShown()
    evidence = AlertLine(many=True)
    held = HeldShown(many=True)


@rest.endpoint("GET", Permission.ALERT_VIEW, asks=AlertsWanted, answers=AlertsShown)
def alerts(call: rest.Call) -> found_alerts.AlertPage:
    """List the alerts that you may see, the newest first."""
    typed = dict(call.typed)
    if rule := typed.pop("rule", ""):
        typed["rule_id"] = workshops.rule_id(number=rule)
    return found_alerts.page(chosen=found_alerts.Filter(**typed))


@rest.endpoint("GET", Permission.ALERT_VIEW, answers=AlertRecordShown)
def alert(call: rest.Call, alert_id: int) -> found_alerts.AlertRecord:  # noqa: ARG001  scope is in the transaction
    """Answer one alert among those that you may see, with what bears it out."""
    row = found_alerts.alert(alert_id=alert_id)
    if row is None:
        raise Http404
    return found_alerts.record(alert=row)


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


def _slip(number: str) -> Slip:
    found = selected.slip(number=number)
    if found is None:
        raise Http404
    return found


@rest.endpoint("GET", Permission.SLIP_VIEW, asks=SlipsWanted, answers=SlipsShown)
def slips(call: rest.Call) -> selected.SlipPage:
    """List the slips that you may see, the newest first."""
    typed = dict(call.typed)
    before = typed.pop("before", None)
    return selected.page(chosen=selected.Filter(at=call.at, before_id=before, **typed))


@rest.endpoint("GET", Permission.SLIP_VIEW, answers=SlipShown)
def slip(call: rest.Call, number: str) -> Slip:  # noqa: ARG001  scope is in the transaction
    """Answer one slip among those that you may see."""
    return _slip(number)


class SlipAnswered(rest.Item):
    """An answer, or the plan of a rectification; pictures bear it out, in base64, few and small."""

    step = rest.Choice(words=("reply", "plan"))
    words = rest.Plain(limit=slip_rules.TEXT_MOST)
    pictures = serializers.ListField(child=rest.Base64(), required=False, max_length=9)


@rest.endpoint(
    "POST",
    Permission.SLIP_REPLY,
    asks=SlipAnswered,
    answers=SlipShown,
    finds=_slip,
)
def answer_slip(call: rest.Call, number: str) -> Slip:
    """Answer a slip of your own institution; one that is answered takes no second answer."""
    pictures = [
        slip_services.Picture(data, f"{place}.jpg")
        for place, data in enumerate(call.typed.get("pictures", ()), 1)
    ]
    step, words = call.typed["step"], call.typed["words"]
    return slip_services.answer(
        number=number, step=step, words=words, pictures=pictures, by=call.staff, at=call.at
    )
