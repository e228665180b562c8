"""What a person may type on the pages of monitoring."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.kernel.text import clean_text
from foundation.ui.fields import DayField
from monitoring import rules


class Chosen(forms.Form):
    """Which pairs the list shows."""

    on = DayField(label=_("Business date"), required=False)
    result = forms.CharField(label=_("Result"), max_length=120, required=False)
    state = forms.CharField(label=_("State"), max_length=60, required=False)
    under = forms.IntegerField(label=_("Institution"), required=False, min_value=1)
    teller = forms.CharField(label=_("Teller"), max_length=12, required=False)
    auditor = forms.CharField(label=_("Auditor"), max_length=12, required=False)
    journal_no = forms.CharField(label=_("Journal number"), max_length=24, required=False)
    keyed = forms.BooleanField(required=False)
    compared = forms.BooleanField(required=False)
    before = forms.IntegerField(required=False, min_value=1)

    def clean_result(self) -> str:
        """Return the results that exist."""
        return "+".join(_known(self.cleaned_data["result"], rules.RESULTS))

    def clean_state(self) -> str:
        """Return the states that exist."""
        return "+".join(_known(self.cleaned_data["state"], rules.FLOW.states))


class Finding(forms.Form):
    """What an auditor found, about which reading, under which lease."""

    finding = forms.CharField(max_length=16)
    tries = forms.IntegerField(min_value=0)
    fence = forms.IntegerField(min_value=0)
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_reason(self) -> str:
        """Return the reason without hidden characters."""
        return clean_text(self.cleaned_data["reason"], 200)


class Second(forms.Form):
    """Whether a colleague's match by hand is accepted, of which reading, under which lease."""

    accepted = forms.ChoiceField(choices=[("yes", ""), ("no", "")])
    tries = forms.IntegerField(min_value=0)
    fence = forms.IntegerField(min_value=0)

    def given(self) -> dict[str, Any]:
        """Return what the service takes."""
        known = self.cleaned_data
        return {
            "accepted": known["accepted"] == "yes",
            "tries": known["tries"],
            "fence": known["fence"],
        }


class Answer(forms.Form):
    """What an auditor found on a second look, under which lease."""

    answer = forms.CharField(max_length=16)
    fence = forms.IntegerField(min_value=0)


def _known(text: str, known: Any) -> list[str]:
    return [part for part in text.replace(" ", "+").split("+") if part in known]
