"""What a person may type and choose on the page where vouchers are traced by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.kernel.errors import Refused
from foundation.kernel.money import Money
from foundation.kernel.text import clean_text
from foundation.ui.fields import DayField


class Wanted(forms.Form):
    """Which day is traced, what narrows both sides, and what is chosen of each."""

    on = DayField(label=_("Business date"), required=False)
    beside = forms.BooleanField(label=_("Also three days before and after"), required=False)
    amount = forms.CharField(label=_("Amount"), max_length=20, required=False)
    account = forms.CharField(label=_("Account ends with"), max_length=32, required=False)
    teller = forms.CharField(label=_("Teller"), max_length=12, required=False)
    stray = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)
    line = forms.IntegerField(min_value=1, required=False, widget=forms.HiddenInput)

    def clean_amount(self) -> int | None:
        """Return the amount in fen; what is none narrows nothing and is told."""
        typed: str = self.cleaned_data["amount"].strip()
        try:
            return Money.parse(typed).fen if typed else None
        except Refused as refusal:
            raise forms.ValidationError(_("This is not an amount.")) from refusal

    def clean_account(self) -> str:
        """Return the end of an account number without blanks."""
        typed: str = self.cleaned_data["account"]
        return "".join(typed.split())


class Join(forms.Form):
    """Which voucher belongs to which line, and why."""

    stray = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    line = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_reason(self) -> str:
        """Return the reason without hidden characters."""
        return clean_text(self.cleaned_data["reason"], 200)

    def given(self) -> dict[str, Any]:
        """Return what the service takes."""
        known = self.cleaned_data
        return {
            "stray_id": known["stray"],
            "line_id": known["line"],
            "reason": known["reason"],
        }
