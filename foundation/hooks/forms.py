"""What a person may type about a subscription."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.hooks import rules
from foundation.kernel.text import whole
from foundation.people.models import Institution
from foundation.ui.fields import DayField


class Change(forms.Form):
    """What a subscription hears, where, from when on, and why."""

    address = forms.CharField(
        label=_("Address of the receiver"),
        max_length=rules.ADDRESS_MOST,
        help_text=_("e.g. https://core.bank.example/hooks/authorization"),
    )
    topics = forms.MultipleChoiceField(label=_("Events"))
    valid_from = DayField(label=_("Valid from"))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["topics"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(one.code, gettext(one.title)) for one in rules.topics().values()]
        field.widget.attrs["size"] = len(field.choices)


class Proposal(Change):
    """A new subscription: who hears, of which institution, and the rest."""

    name = forms.CharField(label=_("Name of the receiver"), max_length=60)
    institution = forms.ChoiceField(
        label=_("For"), help_text=_("It hears of this institution and all below it.")
    )
    field_order = ["name", "institution"]

    def __init__(self, *args: Any, places: list[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = {row.number: row for row in places}
        field = self.fields["institution"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(row.number, str(row)) for row in places]

    def clean_institution(self) -> Institution:
        """Return the institution that was named."""
        return self._places[self.cleaned_data["institution"]]


class Stop(forms.Form):
    """Why a subscription is stopped."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class Listing(forms.Form):
    """Which deliveries are shown; what cannot be read does not narrow."""

    state = forms.ChoiceField(
        choices=[(state, state) for state in rules.DELIVERY_FLOW.states], required=False
    )
    before = forms.CharField(max_length=20, required=False)

    def chosen(self) -> dict[str, Any]:
        """Return the state and where the page begins."""
        self.is_valid()
        typed = self.cleaned_data
        return {"state": typed.get("state", ""), "before": whole(typed.get("before", ""))}
