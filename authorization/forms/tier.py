"""What a person may type about the automatic tier: a set of rules, and which figures."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from authorization.forms._figures import TRADES, Asked
from authorization.models import TierSet
from authorization.rules import tier as rules
from authorization.selectors.tier import FIGURES, Cut
from foundation.ui.fields import DayField

SPAN = timedelta(days=30)


class SetProposal(forms.Form):
    """The lines of a set, from when on it counts, and why."""

    lines = forms.CharField(
        label=_("Rules, a line each"),
        max_length=rules.LINES_MOST * (rules.LINE_LONGEST + 2),
        widget=forms.Textarea({"rows": 10, "spellcheck": "false"}),
        help_text=_("The first line whose conditions all hold speaks; else it is left to people."),
    )
    valid_from = DayField(label=_("Valid from"))
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def clean_lines(self) -> list[str]:
        """Return the lines without empty ones."""
        typed: str = self.cleaned_data["lines"]
        return [line.strip() for line in typed.splitlines() if line.strip()]


class Span(Asked):
    """Of which days, which transaction, which set; for a list, of which figure."""

    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("To"), required=False)
    code = forms.ChoiceField(label=_("Transaction"), choices=TRADES, required=False)
    version = forms.TypedChoiceField(
        label=_("Set of rules"), coerce=int, empty_value=None, required=False
    )
    figure = forms.ChoiceField(
        choices=[(name, name) for name in FIGURES], required=False, widget=forms.HiddenInput
    )
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, sets: Sequence[TierSet], **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["version"]
        assert isinstance(field, forms.TypedChoiceField)
        counted = [(str(row.pk), str(row)) for row in sets if row.approved_by_id]
        field.choices = [("", _("All")), *counted]

    def cut(self, *, today: date) -> Cut:
        """Return the cut: the last thirty days where none are named."""
        self.is_valid()
        given = self.cleaned_data
        last = given.get("last") or today
        first = given.get("first") or last - SPAN
        return Cut(first, max(first, last), given.get("code", ""), given.get("version"))

    def filled(self, cut: Cut, sets: Sequence[TierSet]) -> Span:
        """Return the form with the days that are shown in its fields."""
        data = {name: self.data[name] for name in self.data}
        return Span({**data, "first": f"{cut.first}", "last": f"{cut.last}"}, sets=sets)
