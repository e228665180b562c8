"""The teller's forms: one for each transaction, the check of an identity, and their images."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from authorization import rules
from authorization.forms._cleaned import Cleaned
from authorization.services import OpeningOrder, Order
from foundation.kernel import numbering
from foundation.kernel.money import Money
from foundation.kernel.text import clean_text

MOBILE = re.compile(r"1[3-9][0-9]{9}")
LOST = _("The key of this form was lost. Look at its images, add what is missing, and send again.")


class Entry(Cleaned):
    """What every transaction asks for: its voucher, the amount, and how the customer came."""

    key = forms.UUIDField(
        label=_("Entry"),
        widget=forms.HiddenInput,
        error_messages={"invalid": LOST, "required": LOST},
    )
    unconfirmed = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    voucher_no = forms.CharField(label=_("Voucher number"), max_length=20)
    amount = forms.CharField(label=_("Amount"), max_length=30)
    by_agent = forms.BooleanField(label=_("Handled by an agent"), required=False)
    manual_id = forms.BooleanField(label=_("Identity checked by hand"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.marks: dict[str, str] = {}

    def mark(self, marks: dict[str, str]) -> None:
        """Say at its field what was found wrong with it."""
        self.marks = {name: text for name, text in marks.items() if name in self.fields}
        for name, text in self.marks.items():
            self.fields[name].help_text = text

    def clean_voucher_no(self) -> str:
        """Return the voucher number: 8 to 16 digits."""
        text: str = self.read("voucher_no", lambda typed: clean_text(typed, 20)).replace(" ", "")
        if not (text.isascii() and text.isdigit() and 8 <= len(text) <= 16):
            raise ValidationError(_("A voucher number has 8 to 16 digits."))
        return text

    def clean_amount(self) -> Money:
        """Return the amount, more than nothing."""
        return self.read_amount("amount")

    def read_amount(self, name: str) -> Money:
        """Return the amount of a field, more than nothing."""
        amount: Money = self.read(name, Money.parse)
        if amount.fen <= 0:
            raise ValidationError(_("The amount must be more than 0.00."))
        return amount

    def read_text(self, name: str, most: int) -> str:
        """Return the text of a field without hidden characters."""
        found: str = self.read(name, lambda typed: clean_text(typed, most))
        return found

    def images_key(self) -> UUID:
        """Return the key that the images hang on; what came in its place is put right first."""
        try:
            return UUID(str(self["key"].value()))
        except ValueError:
            key: UUID = self.initial["key"]
            self.data = {**self.data, "key": str(key)}
            return key

    def clean_unconfirmed(self) -> str:
        """Refuse what was read from the voucher and nobody has looked at, each at its field."""
        names: str = self.cleaned_data["unconfirmed"]
        for name in rules.unconfirmed(names, self.fields):
            self.add_error(name, _("Read from the voucher: look at it and confirm it."))
        return ""

    def order(self, trade_code: str) -> Order:
        """Return what was typed as the order to be submitted."""
        own = {"key", "unconfirmed"}
        typed = {name: value for name, value in self.cleaned_data.items() if name not in own}
        return Order(trade_code=trade_code, **typed)


class Payer(Cleaned):
    """Whose account is debited."""

    payer_account = forms.CharField(label=_("Payer's account"), max_length=40)

    def clean_payer_account(self) -> str:
        """Return the bare account number, its check digit right."""
        found: str = self.read("payer_account", numbering.parse_account_number)
        return found


class Payee(Cleaned):
    """Whose account is credited, and by which name."""

    payee_account = forms.CharField(label=_("Payee's account"), max_length=40)
    payee_name = forms.CharField(label=_("Payee's name"), max_length=60)

    def clean_payee_account(self) -> str:
        """Return the bare account number, its check digit right."""
        found: str = self.read("payee_account", numbering.parse_account_number)
        return found

    def clean_payee_name(self) -> str:
        """Return the name without hidden characters."""
        found: str = self.read("payee_name", lambda typed: clean_text(typed, 60))
        return found


class Purpose(Cleaned):
    """What for, where the customer says so."""

    purpose = forms.CharField(label=_("Purpose"), max_length=60, required=False)

    def clean_purpose(self) -> str:
        """Return the purpose without hidden characters."""
        found: str = self.read("purpose", lambda typed: clean_text(typed, 60))
        return found


class CashWithdrawal(Payer, Entry, Purpose):
    """Form 1002: what is paid out, from which account, on which voucher."""

    field_order = ["payer_account", "voucher_no", "amount", "purpose", "by_agent", "manual_id"]


class CashDeposit(Payee, Entry, Purpose):
    """Form 1001: what is paid in, on which account, on which voucher."""

    field_order = [
        "payee_account", "payee_name", "voucher_no", "amount", "purpose", "by_agent", "manual_id",
    ]  # fmt: skip


class InBankTransfer(Payer, Payee, Entry, Purpose):
    """Form 1101: who pays and who is paid."""

    field_order = [
        "payer_account", "payee_account", "payee_name", "voucher_no", "amount", "purpose",
        "by_agent", "manual_id",
    ]  # fmt: skip


class TakingBack(Entry, Purpose):
    """Forms 1401 and 1402: which posted item is taken back, on which voucher, and why."""

    corrects = forms.CharField(label=_("Item to take back"), max_length=40)
    field_order = ["corrects", "voucher_no", "amount", "purpose", "by_agent", "manual_id"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["purpose"].required = True
        self.fields["purpose"].label = _("Why it is taken back")
        self.fields["amount"].help_text = _("The whole amount, as on the receipt")

    def clean_corrects(self) -> str:
        """Return the number of an item, its check digit right."""
        found = self.read("corrects", numbering.parse_item_number)
        return numbering.item_number(centre=found.centre, day=found.day, serial=found.serial)


class Identity(Cleaned):
    """Whose identity is checked."""

    payee_name = forms.CharField(label=_("Customer's name"), max_length=60)
    id_number = forms.CharField(label=_("Identity number"), max_length=40)

    def clean_payee_name(self) -> str:
        """Return the name without hidden characters."""
        found: str = self.read("payee_name", lambda typed: clean_text(typed, 60))
        return found

    def clean_id_number(self) -> str:
        """Return the identity number, its check character right."""
        found: str = self.read("id_number", numbering.parse_resident_id)
        return found


class FourInOne(Identity, Entry):
    """Form 1202: who opens an account, with which of the three further products, and how much."""

    mobile = forms.CharField(label=_("Mobile number"), max_length=20)
    address = forms.CharField(label=_("Address"), max_length=100)
    internet_bank = forms.BooleanField(label=_("Personal internet bank"), required=False)
    sms_alert = forms.BooleanField(label=_("SMS alert"), required=False)
    atm_transfer = forms.BooleanField(label=_("Transfers at machines"), required=False)
    atm_daily = forms.CharField(label=_("Daily limit at machines"), max_length=30, required=False)
    field_order = [
        "payee_name", "id_number", "mobile", "address", "internet_bank", "sms_alert",
        "atm_transfer", "atm_daily", "amount", "voucher_no", "by_agent", "manual_id",
    ]  # fmt: skip

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["amount"].label = _("First deposit in cash")
        self.fields["amount"].help_text = _("0.00 where nothing is paid in")

    def clean_amount(self) -> Money:
        """Return the first deposit, which may be nothing."""
        amount: Money = self.read("amount", Money.parse)
        if amount.fen < 0:
            raise ValidationError(_("The amount must be more than 0.00."))
        return amount

    def clean_mobile(self) -> str:
        """Return the eleven digits of a mobile number."""
        text = self.read_text("mobile", 20).replace(" ", "").replace("-", "")
        if not MOBILE.fullmatch(text):
            raise ValidationError(_("A mobile number has 11 digits and begins with 13 to 19."))
        return text

    def clean_address(self) -> str:
        """Return the address without hidden characters."""
        return self.read_text("address", 100)

    def clean(self) -> dict[str, Any]:
        """Want a limit with transfers at machines, and none without."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        wanted, text = typed.get("atm_transfer"), typed.get("atm_daily")
        try:
            typed["atm_daily"] = self.read_amount("atm_daily") if text else None
        except ValidationError as error:
            self.add_error("atm_daily", error)
        if wanted and not text:
            self.add_error("atm_daily", _("Say up to which amount a day."))
        if text and not wanted:
            self.add_error("atm_transfer", _("A limit is for transfers at machines: choose them."))
        return typed

    def order(self, trade_code: str) -> Order:
        """Return what was typed as the order to be submitted."""
        typed = self.cleaned_data
        return Order(
            trade_code=trade_code,
            amount=typed["amount"],
            voucher_no=typed["voucher_no"],
            payee_name=typed["payee_name"],
            by_agent=typed["by_agent"],
            manual_id=typed["manual_id"],
            opening=OpeningOrder(
                id_number=typed["id_number"],
                mobile=typed["mobile"],
                address=typed["address"],
                internet_bank=typed["internet_bank"],
                sms_alert=typed["sms_alert"],
                atm_daily=typed["atm_daily"],
            ),
        )


FORMS: dict[str, type[Entry]] = {
    "1001": CashDeposit,
    "1002": CashWithdrawal,
    "1101": InBankTransfer,
    "1202": FourInOne,
    "1401": TakingBack,
    "1402": TakingBack,
}


class Attachment(forms.Form):
    """One image of the item being entered: what it shows, and of which transaction."""

    image_class = forms.ChoiceField(choices=[(code, code) for code in rules.SLOTS])
    trade_code = forms.ChoiceField(
        choices=[("", ""), *((code, code) for code in rules.TRADE_CODES)], required=False
    )
    image = forms.FileField()

    @property
    def slot(self) -> rules.Slot:
        """Return the place that was chosen for the image."""
        return rules.SLOTS[self.cleaned_data["image_class"]]
