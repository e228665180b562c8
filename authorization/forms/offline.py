"""What a person may type about slips of an offline outlet and the times they are of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from authorization import rules as items
from authorization.forms._cleaned import Cleaned
from authorization.rules import fallback
from authorization.rules import offline as rules
from foundation.kernel.calendar import SHANGHAI
from foundation.people.models import Institution, Staff
from foundation.ui.fields import MomentField

TO_THE_MINUTE = "%Y-%m-%dT%H:%M"


def _moment(**more: Any) -> MomentField:
    return MomentField(
        **more,
        input_formats=[TO_THE_MINUTE],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=TO_THE_MINUTE),
    )


class Book(forms.Form):
    """How many slips a new book has."""

    count = forms.IntegerField(
        label=_("Number of slips"), min_value=1, max_value=rules.BOOK_MOST, initial=20
    )


class Period(forms.Form):
    """Which outlets could not reach the server, from when to when, and why."""

    institution = forms.ChoiceField(
        label=_("For"), help_text=_("The outlets of this institution and below it were offline.")
    )
    began_at = _moment(label=_("From"))
    ended_at = _moment(label=_("To"))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def __init__(self, *args: Any, places: Sequence[Institution], **more: Any) -> None:
        super().__init__(*args, **more)
        self._places = {row.number: row for row in places if row.kind in fallback.SCOPES}
        field = self.fields["institution"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(row.number, str(row)) for row in self._places.values()]

    def clean_institution(self) -> Institution:
        """Return the institution that was named."""
        return self._places[self.cleaned_data["institution"]]


class Number(Cleaned):
    """Which slip is keyed, and what it is about."""

    number = forms.CharField(
        label=_("Number of the slip"), max_length=20, help_text=_("13 digits, typed or scanned")
    )
    trade = forms.ChoiceField(
        label=_("Transaction"),
        choices=[
            (code, format_lazy("{} {}", code, _(items.CATALOGUE[code].name)))
            for code in rules.trades()
        ],
    )

    def clean_number(self) -> str:
        """Return the bare digits, the check digit right."""
        found: str = self.read("number", rules.read_number)
        return found


class Paper(forms.Form):
    """Who decided on paper, and when."""

    authorizer = forms.ChoiceField(label=_("Decided on paper by"))
    signed_at = _moment(label=_("Decided on paper"))

    def __init__(self, *args: Any, deciders: Sequence[Staff], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["authorizer"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(one.pk), one.label) for one in deciders]

    def paper(self) -> rules.Paper:
        """Return what the paper says beside its transaction."""
        moment: datetime = self.cleaned_data["signed_at"]
        return rules.Paper(int(self.cleaned_data["authorizer"]), moment.astimezone(SHANGHAI))


class Remark(forms.Form):
    """Why a slip goes back to who keyed it."""

    remark = forms.CharField(label=_("What is wrong"), max_length=200)


class Explanation(forms.Form):
    """What became of a number that was not used."""

    step = forms.ChoiceField(
        label=_("Where it went"),
        choices=[("spoil", _("Spoiled")), ("miss", _("Missing")), ("find", _("Found again"))],
    )
    words = forms.CharField(label=_("Explanation"), max_length=200)
