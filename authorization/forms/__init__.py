"""What a person may type on the pages of the authorization centre."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from authorization import rules
from authorization.forms._cleaned import Cleaned
from authorization.forms._figures import TRADES, Daily, MonthField, Monthly
from authorization.forms._rule import (
    CatalogueProposal,
    Listing,
    RuleProposal,
    Span,
    typed_from,
)
from authorization.forms._talk import Writing
from authorization.selectors import MET, Filter
from authorization.services import Order
from foundation.kernel import numbering
from foundation.kernel.money import Money
from foundation.kernel.text import clean_text
from foundation.ui.fields import DayField

__all__ = [
    "FORMS",
    "Answer",
    "Attachment",
    "CashWithdrawal",
    "CatalogueProposal",
    "Chosen",
    "Daily",
    "Decision",
    "Hold",
    "InBankTransfer",
    "Listing",
    "Monthly",
    "RuleProposal",
    "Span",
    "Writing",
    "typed_from",
]

LOST = _("The key of this form was lost. Look at its images, add what is missing, and send again.")


class CashWithdrawal(Cleaned):
    """Form 1002: what is paid out, from which account, on which voucher."""

    key = forms.UUIDField(
        label=_("Entry"),
        widget=forms.HiddenInput,
        error_messages={"invalid": LOST, "required": LOST},
    )
    payer_account = forms.CharField(label=_("Payer's account"), max_length=40)
    voucher_no = forms.CharField(label=_("Voucher number"), max_length=20)
    amount = forms.CharField(label=_("Amount"), max_length=30)
    purpose = forms.CharField(label=_("Purpose"), max_length=60, required=False)
    by_agent = forms.BooleanField(label=_("Handled by an agent"), required=False)
    manual_id = forms.BooleanField(label=_("Identity checked by hand"), required=False)

    def clean_payer_account(self) -> str:
        """Return the bare account number, its check digit right."""
        found: str = self.read("payer_account", numbering.parse_account_number)
        return found

    def clean_voucher_no(self) -> str:
        """Return the voucher number: 8 to 16 digits."""
        text: str = self.read("voucher_no", lambda typed: clean_text(typed, 20)).replace(" ", "")
        if not (text.isascii() and text.isdigit() and 8 <= len(text) <= 16):
            raise ValidationError(_("A voucher number has 8 to 16 digits."))
        return text

    def clean_amount(self) -> Money:
        """Return the amount, more than nothing."""
        amount: Money = self.read("amount", Money.parse)
        if amount.fen <= 0:
            raise ValidationError(_("The amount must be more than 0.00."))
        return amount

    def clean_purpose(self) -> str:
        """Return the purpose without hidden characters."""
        found: str = self.read("purpose", lambda typed: clean_text(typed, 60))
        return found

    def images_key(self) -> UUID:
        """Return the key that the images hang on; what came in its place is put right first."""
        try:
            return UUID(str(self["key"].value()))
        except ValueError:
            key: UUID = self.initial["key"]
            self.data = {**self.data, "key": str(key)}
            return key

    def order(self, trade_code: str) -> Order:
        """Return what was typed as the order to be submitted."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "key"}
        return Order(trade_code=trade_code, **typed)


class InBankTransfer(CashWithdrawal):
    """Form 1101: the same, and who is paid."""

    payee_account = forms.CharField(label=_("Payee's account"), max_length=40)
    payee_name = forms.CharField(label=_("Payee's name"), max_length=60)
    field_order = ["payer_account", "payee_account", "payee_name", "voucher_no", "amount"]

    def clean_payee_account(self) -> str:
        """Return the bare account number, its check digit right."""
        found: str = self.read("payee_account", numbering.parse_account_number)
        return found

    def clean_payee_name(self) -> str:
        """Return the name without hidden characters."""
        found: str = self.read("payee_name", lambda typed: clean_text(typed, 60))
        return found


FORMS: dict[str, type[CashWithdrawal]] = {"1002": CashWithdrawal, "1101": InBankTransfer}


class Decision(forms.Form):
    """One key of the workbench: what was decided, about which content, under which lease."""

    step = forms.ChoiceField(choices=[(step, step) for step in rules.DECISIONS])
    shown = forms.CharField(max_length=64)
    fence = forms.IntegerField(min_value=0)
    reasons = forms.MultipleChoiceField(
        choices=[(code, code) for code in rules.REASONS], required=False
    )
    remark = forms.CharField(max_length=200, required=False)


class Hold(forms.Form):
    """What an authorizer asks before deciding."""

    kind = forms.ChoiceField(choices=[(kind, kind) for kind in rules.HOLDS])
    question = forms.CharField(label=_("Question"), max_length=200, required=False)
    called_number = forms.CharField(label=_("Number called"), max_length=20, required=False)
    fence = forms.IntegerField(min_value=0)


class Answer(forms.Form):
    """What is answered to a question; a call also says what came of it."""

    text = forms.CharField(
        label=_("Answer"),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 200}),
    )
    outcome = forms.ChoiceField(
        label=_("What came of the call"),
        choices=[("", "—"), *((code, _(one.text)) for code, one in rules.OUTCOMES.items())],
        required=False,
    )

    def __init__(self, *args: Any, kind: str, **more: Any) -> None:
        super().__init__(*args, **more)
        if kind != rules.CALL:
            del self.fields["outcome"]


class Attachment(forms.Form):
    """One image of the item being entered."""

    image_class = forms.ChoiceField(choices=[("voucher", "voucher"), ("id", "id")])
    image = forms.FileField()


class Chosen(forms.Form):
    """Which items the list shows: of a day, or of as many months up to one as a figure counts."""

    on = DayField(label=_("Business date"), required=False)
    code = forms.ChoiceField(label=_("Transaction"), choices=TRADES, required=False)
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[
            ("", "—"),
            *(
                (code, format_lazy("{} {}", code, _(one.text)))
                for code, one in rules.REASONS.items()
            ),
        ],
        required=False,
    )
    decider = forms.RegexField(
        r"^[0-9]*$", label=_("Authorizer's number"), required=False, max_length=12
    )
    state = forms.RegexField(r"^[a-z+ ]*$", required=False, max_length=80, widget=forms.HiddenInput)
    outlet = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    month = MonthField(required=False)
    months = forms.IntegerField(required=False, min_value=1, max_value=24)
    met = forms.ChoiceField(choices=[(word, word) for word in MET], required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name in ("month", "months", "met"):
            self.fields[name].widget = forms.HiddenInput()

    def chosen(self, today: date) -> Filter:
        """Return the filter; what cannot be read does not narrow."""
        self.is_valid()
        typed = self.cleaned_data
        month, back = typed.get("month"), (typed.get("months") or 1) - 1
        return Filter(
            on=month.last if month else typed.get("on") or today,
            first=month.plus(-back).first if month else None,
            code=typed.get("code", ""),
            met=typed.get("met", ""),
            state=typed.get("state", "").replace(" ", "+"),
            outlet_id=typed.get("outlet"),
            before_id=typed.get("before"),
            reason=typed.get("reason", ""),
            decider=typed.get("decider", ""),
        )

    def kept(self) -> list[tuple[str, str]]:
        """Return what narrows the list without a field of its own, to be sent again with them."""
        names = ("state", "met", "month", "months")
        return [(name, self.data[name]) for name in names if self.data.get(name)]

    def query(self) -> str:
        """Return the filter as the beginning of the next page's address."""
        kept = {name: value for name, value in self.data.items() if name != "before" and value}
        return f"{urlencode(kept)}&" if kept else ""
