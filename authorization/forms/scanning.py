"""Which vouchers that follow are listed; what is said of one that is not there."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.utils.translation import gettext_lazy as _

from authorization.forms._cleaned import Cleaned
from foundation.kernel.text import clean_text

REASON_LEAST, REASON_MOST = 4, 200


@dataclass(frozen=True)
class Wanted:
    """An outlet, or all; only what is overdue, or all that is awaited."""

    outlet_id: int | None
    overdue: bool


class Listing(forms.Form):
    """What the list is narrowed to; what cannot be read does not narrow."""

    outlet = forms.IntegerField(required=False, min_value=1)
    overdue = forms.BooleanField(required=False)

    def wanted(self) -> Wanted:
        """Return what is listed."""
        self.is_valid()
        typed = self.cleaned_data
        return Wanted(typed.get("outlet"), bool(typed.get("overdue")))


class Missing(Cleaned):
    """Why a voucher is not there."""

    reason = forms.CharField(
        label=_("Reason"),
        min_length=REASON_LEAST,
        max_length=REASON_MOST,
        widget=forms.Textarea({"rows": 3}),
    )

    def clean_reason(self) -> str:
        """Return the reason without hidden characters."""
        found: str = self.read("reason", lambda typed: clean_text(typed, REASON_MOST))
        return found


class Decision(forms.Form):
    """Whether it is so."""

    step = forms.ChoiceField(choices=[("accept", ""), ("decline", "")])
