"""What a person may type on the pages of policy."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.kernel.errors import Refused
from foundation.kernel.money import Money
from foundation.people.models import Institution
from foundation.ui.fields import DayField


class Proposal(forms.Form):
    """A value, from when on and where."""

    value = forms.CharField(label=_("Value"), max_length=30)
    valid_from = DayField(label=_("Valid from"))
    institution = forms.ChoiceField(label=_("For"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(
        self, *args: Any, places: list[Institution], fen: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._fen = fen
        if fen:
            self.fields["value"].help_text = _("In yuan, e.g. 50,000.00")
        self._places = {row.number: row for row in places}
        field = self.fields["institution"]
        assert isinstance(field, forms.ChoiceField)
        whole = any(row.parent_id is None for row in places)
        bank = [("", _("The whole bank"))] if whole else []
        field.choices = [*bank, *((row.number, str(row)) for row in places)]

    def clean_value(self) -> str:
        """Return the value as it is kept: an amount is typed in yuan and kept in fen."""
        typed: str = self.cleaned_data["value"]
        if not self._fen:
            return typed
        try:
            return str(Money.parse(typed).fen)
        except Refused as refusal:
            raise forms.ValidationError(refusal.shown(gettext)) from refusal

    def clean_institution(self) -> Institution | None:
        """Return the institution that was named, nothing for the whole bank."""
        return self._places.get(self.cleaned_data["institution"])


class Day(forms.Form):
    """A day that differs from its weekday."""

    on = DayField(label=_("Day"))
    works = forms.BooleanField(label=_("Working day"), required=False)
    name = forms.CharField(label=_("Its name"), max_length=40)
    source = forms.CharField(
        label=_("Source"), max_length=60, help_text=_("e.g. the notice of the State Council")
    )
