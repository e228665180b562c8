"""What a person may type about the risk of customers and frozen accounts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from foundation.kernel.errors import Refused
from foundation.kernel.money import Money
from monitoring.forms.aml import Clean
from monitoring.rules import customers as rules


class AboutCustomer(Clean):
    """Whose factors are asked for."""

    texts = ("customer",)
    customer = forms.CharField(label=_("Customer or account number"), max_length=20)


class Rating(Clean):
    """How risky a customer is, and why higher than the factors say."""

    texts = ("customer", "reason")
    customer = forms.CharField(label=_("Customer or account number"), max_length=20)
    level = forms.TypedChoiceField(label=_("Level of risk"), coerce=int)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [  # type: ignore[attr-defined]
            (level, _(text)) for level, text in rules.LEVELS.items()
        ]


class Freeze(Clean):
    """Which account is to be frozen, how much of it, by which document and why."""

    texts = ("account", "document_no", "reason")
    account = forms.CharField(label=_("Account"), max_length=32)
    amount_fen = forms.CharField(
        label=_("Amount"),
        max_length=24,
        required=False,
        help_text=_("Empty: everything. What comes in later is held as well, up to the amount."),
    )
    document_no = forms.CharField(label=_("Document number"), max_length=60)
    reason = forms.CharField(label=_("Reason"), max_length=200)
    case_id = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def clean_account(self) -> str:
        """Return the number without its groups."""
        return str(self.cleaned_data["account"]).replace(" ", "")

    def clean_amount_fen(self) -> int | None:
        """Return fen, or say what is no amount."""
        typed = self.cleaned_data["amount_fen"]
        if not typed:
            return None
        try:
            fen = Money.parse(typed).fen
        except Refused as refusal:
            raise ValidationError(_("This is not an amount.")) from refusal
        if fen <= 0:
            raise ValidationError(_("This is not an amount."))
        return fen
