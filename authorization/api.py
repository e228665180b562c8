"""The authorization centre for other systems of the bank: enter, look, take back; never decide."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from authorization import rules, selectors, services
from authorization.models import IdCheck, Inquiry, Request
from foundation.imaging.models import Page
from foundation.people.roles import Permission
from foundation.ui import menu, rest


class _Content(rest.Item):
    payer_account = rest.AccountNumber(required=False)
    payee_account = rest.AccountNumber(required=False)
    payee_name = rest.Plain(limit=60, required=False)
    voucher_no = rest.Digits(least=8, most=16)
    amount = rest.Fen(nothing=True)
    purpose = rest.Plain(limit=60, blank=True, required=False)
    by_agent = rest.Flag(required=False)
    manual_id = rest.Flag(required=False)
    corrects = rest.Digits(least=17, most=17, required=False)
    id_number = rest.ResidentId(required=False)
    mobile = rest.Mobile(required=False)
    address = rest.Plain(limit=100, required=False)
    internet_bank = rest.Flag(required=False)
    sms_alert = rest.Flag(required=False)
    atm_daily = rest.Fen(required=False)


_OPENING = tuple(field.name for field in fields(services.OpeningOrder))
# What not every transaction has.
_OF_SOME = {"payer_account", "payee_account", "payee_name", "purpose", "corrects", *_OPENING}
_LACKING = _("This transaction needs the field.")
_FOREIGN = _("This transaction has no such field.")
_NOTHING = _("Only an account is opened with nothing paid in.")


def _whose(trade: rules.TradeCode) -> Iterator[str]:
    if trade.takes_back:
        yield from ("corrects", "purpose")
    elif trade.has_payer:
        yield "payer_account"
    if trade.needs_payee:
        yield from ("payee_account", "payee_name")


def _order(typed: Mapping[str, Any], code: str) -> services.Order:
    """Return what was typed as an order; refuse what the transaction lacks or does not have.

    A withdrawal names its payer, a deposit its payee, a transfer both; an opening names who opens,
    and what takes an item back that item.
    """
    trade = rules.trade(code)
    needed, more = {*_whose(trade)}, {"purpose"}
    if trade.opens:
        needed, more = {"payee_name", "id_number", "mobile", "address"}, {*_OPENING}
    foreign = (_OF_SOME - needed - more) & {*typed}
    wrong = {name: ErrorDetail(str(_LACKING), "required") for name in needed - {*typed}}
    wrong |= {name: ErrorDetail(str(_FOREIGN), "foreign") for name in foreign}
    if not typed["amount"] and not trade.opens:
        wrong["amount"] = ErrorDetail(str(_NOTHING), "form")
    if wrong:
        raise serializers.ValidationError(wrong)
    plain = {name: value for name, value in typed.items() if name not in _OPENING}
    opening = {name: value for name, value in typed.items() if name in _OPENING}
    asked = services.OpeningOrder(**opening) if trade.opens else None
    return services.Order(trade_code=code, **plain, opening=asked)


class Entered(_Content):
    """A counter transaction as its teller enters it; its images were sent before."""

    key = rest.Key()
    trade_code = rest.Choice(words=rules.TRADE_CODES)

    def validate(self, attrs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Refuse what the transaction lacks, and what it does not have."""
        typed = dict(attrs)
        return {"key": typed.pop("key"), "order": _order(typed, typed.pop("trade_code"))}


class Mended(_Content):
    """A returned item as its teller sends it again, with the round that was sent back."""

    attempt = rest.Whole()


class Answered(rest.Item):
    """What the teller answers to the question about an item on hold."""

    text = rest.Plain(limit=200)


class Wanted(rest.Query):
    """Which items: of a day, by default the open one or today; newest first, fifty a page."""

    on = rest.Day(required=False)
    state = rest.Choice(words=rules.FLOW.states, required=False)
    reason = rest.Choice(words=rules.REASONS, required=False)
    decider = rest.Digits(least=1, most=12, required=False)
    before = rest.Whole(required=False)


class ImageKind(rest.Query):
    """What the image shows, and its name at the sender."""

    image_class = rest.Choice(words=("voucher", "id", "photo"))
    side = rest.Choice(words=("front", "back"), required=False)
    name = rest.Plain(limit=100, required=False)


class ItemShown(rest.Item):
    """One item: what was entered, where it stands, what came of it."""

    number = serializers.CharField()
    key = serializers.UUIDField()
    state = rest.Choice(words=rules.FLOW.states, source="told_state")
    attempt = serializers.IntegerField()
    trade_code = serializers.CharField()
    institution = serializers.CharField(source="institution.number")
    business_date = serializers.DateField()
    amount = rest.Fen()
    payer_account = serializers.CharField()
    payee_account = serializers.CharField()
    payee_name = serializers.CharField()
    voucher_no = serializers.CharField()
    purpose = serializers.CharField()
    why = serializers.ListField(child=serializers.CharField())
    teller = serializers.CharField(source="teller_label")
    decider = serializers.CharField(source="decider_label")
    reasons = serializers.ListField(child=serializers.CharField())
    remark = serializers.CharField()
    journal_no = serializers.CharField()
    created_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    posted_at = serializers.DateTimeField(allow_null=True)


class Identity(rest.Item):
    """Whose identity is checked with the network."""

    name = rest.Plain(limit=60)
    id_number = rest.ResidentId()


class CheckShown(rest.Item):
    """What the network said, and until when that serves this customer's items of this teller."""

    result = rest.Choice(words=rules.ID_RESULTS)
    id_masked = serializers.CharField()
    valid_until = serializers.DateTimeField()


class InquiryShown(rest.Item):
    """What is asked about an item on hold, and until when."""

    kind = rest.Choice(words=tuple(rules.HOLDS))
    question = serializers.CharField()
    asked_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()


class ItemsShown(rest.Item):
    """A page of items, and the number that `before` takes for the next one."""

    rows = ItemShown(many=True)
    next_before = serializers.IntegerField(allow_null=True)


class ImageShown(rest.Item):
    """An image that was kept."""

    page_id = serializers.IntegerField(source="pk")
    image_class = serializers.CharField()
    sha256 = serializers.CharField()


def _found(number: str) -> Request:
    found = selectors.item(number=number)
    if found is None:
        raise Http404
    return found


@rest.endpoint("GET", Permission.AUTHORIZATION_VIEW, asks=Wanted, answers=ItemsShown)
def items(call: rest.Call) -> selectors.ListPage[Request]:
    """List the items of a business day that you may see, the newest first."""
    typed = dict(call.typed)
    on = typed.pop("on", None) or menu.business_date(call.staff, timezone.localdate(call.at))
    return selectors.page(chosen=selectors.Filter(on, before_id=typed.pop("before", None), **typed))


@rest.endpoint("GET", Permission.AUTHORIZATION_VIEW, answers=ItemShown)
def item(call: rest.Call, number: str) -> Request:  # noqa: ARG001  the scope is in the transaction
    """Answer one item among those that you may see."""
    return _found(number)


@rest.endpoint("POST", Permission.AUTHORIZATION_SUBMIT, asks=Entered, answers=ItemShown)
def submit(call: rest.Call) -> Request:
    """Enter a transaction; the same key with the same content answers the first item again.

    It is posted at once or waits for a second person, by the bank's rule; `state` says which.
    A withdrawal names its payer, a deposit its payee, a transfer both; an opening names who opens
    the account and what with it, and nothing else does.
    """
    return services.submit(**call.typed, teller=call.staff, at=call.at)


@rest.endpoint(
    "POST",
    Permission.AUTHORIZATION_SUBMIT,
    asks=Mended,
    answers=ItemShown,
    finds=_found,
)
def resubmit(call: rest.Call, number: str) -> Request:
    """Send your own returned item again, mended; the same call again answers the same item.

    `attempt` is that of the round which was sent back, so that a late retry mends nothing else.
    """
    typed = dict(call.typed)
    attempt = typed.pop("attempt")
    order = _order(typed, _found(number).trade_code)
    return services.mend(number=number, attempt=attempt, order=order, teller=call.staff, at=call.at)


@rest.endpoint("POST", Permission.AUTHORIZATION_SUBMIT, asks=Identity, answers=CheckShown)
def check_identity(call: rest.Call) -> IdCheck:
    """Ask the network about a customer; that it is not reached is an answer too.

    Needed before an account is opened; it serves every item of the customer for half an hour.
    """
    name, number = call.typed["name"], call.typed["id_number"]
    return services.check_identity(name=name, number=number, teller=call.staff, at=call.at)


@rest.endpoint("GET", Permission.AUTHORIZATION_VIEW, answers=InquiryShown)
def inquiry(call: rest.Call, number: str) -> Inquiry:  # noqa: ARG001  the scope is in the transaction
    """Answer what is asked about an item on hold; nothing is there while nothing is asked."""
    asked = selectors.open_inquiry(request=_found(number))
    if asked is None:
        raise Http404
    return asked


@rest.endpoint(
    "POST",
    Permission.AUTHORIZATION_SUBMIT,
    asks=Answered,
    answers=ItemShown,
    finds=_found,
)
def answer(call: rest.Call, number: str) -> Request:
    """Answer for another image of your own item, which was sent under the item's key before."""
    return services.answer(number=number, text=call.typed["text"], by=call.staff, at=call.at)


@rest.endpoint(
    "POST", Permission.IMAGE_ADD, asks=ImageKind, answers=ImageShown, parsers=(rest.Images,)
)
def image(call: rest.Call, key: UUID) -> Page:
    """Send one image of the item that will be entered with this key: the bytes are the body."""
    return services.attach(
        key=key,
        teller=call.staff,
        data=call.image,
        name=call.typed.get("name", ""),
        image_class=call.typed["image_class"],
        side=call.typed.get("side", "front"),
        at=call.at,
    )


@rest.endpoint(
    "POST", Permission.AUTHORIZATION_SUBMIT, answers=ItemShown, missing=(rules.NoSuchItem,)
)
def withdraw(call: rest.Call, number: str) -> Request:
    """Take back your own item that waits or was returned."""
    return services.withdraw(number=number, teller=call.staff, at=call.at)
