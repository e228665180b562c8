"""What a person may type about an emergency and about who decides in it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from authorization.forms._cleaned import Cleaned
from authorization.rules import fallback as rules
from authorization.selectors.fallback import FIGURES
from foundation.kernel.money import Money
from foundation.kernel.text import whole
from foundation.people.models import Institution


class Switch(forms.Form):
    """Where outlets are to decide on their own, for how long and why."""

    institution = forms.ChoiceField(
        label=_("For"), help_text=_("The outlets of this institution and below it decide.")
    )
    drill = forms.BooleanField(label=_("Drill"), required=False)
    minutes = forms.IntegerField(label=_("Minutes"), min_value=1, max_value=9999)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, places: list[Institution], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._places = {row.number: row for row in places if row.kind in rules.SCOPES}
        field = self.fields["institution"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(row.number, str(row)) for row in self._places.values()]

    def clean_institution(self) -> Institution:
        """Return the institution that was named."""
        return self._places[self.cleaned_data["institution"]]


class Reason(forms.Form):
    """Why the centre decides again."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class Local(Cleaned):
    """Who may decide at the own outlet in an emergency, and up to which amount."""

    number = forms.CharField(label=_("Staff number"), max_length=12)
    most = forms.CharField(
        label=_("Largest amount"), max_length=30, help_text=_("In yuan, e.g. 50,000.00")
    )
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def clean_most(self) -> int:
        """Return the amount in fen."""
        amount: Money = self.read("most", lambda typed: Money.parse(typed.strip()))
        return amount.fen


class Listing(forms.Form):
    """Where a page of a list begins; what cannot be read begins it anew."""

    before = forms.CharField(max_length=20, required=False)

    def chosen(self) -> int | None:
        """Return the id that the page begins after."""
        self.is_valid()
        return whole(self.cleaned_data.get("before", ""))


class MadeListing(Listing):
    """Which figure of an emergency is listed, and where its page begins."""

    figure = forms.ChoiceField(choices=[(name, name) for name in FIGURES], required=False)

    def wanted(self) -> tuple[str, int | None]:
        """Return the figure, all decisions where none is named, and where its page begins."""
        before = self.chosen()
        return self.cleaned_data.get("figure") or "decided", before
