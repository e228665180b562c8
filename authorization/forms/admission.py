"""What a person may say about the admission of authorizers and about known answers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from authorization.forms._cleaned import Cleaned
from authorization.rules import GRADES
from authorization.rules import admission as rules
from foundation.kernel.text import clean_text
from foundation.ui.states import STATES


class Exam(Cleaned):
    """The result of an exam: whose, for which grade, on which paper."""

    number = forms.CharField(label=_("Staff number"), max_length=12)
    grade = forms.TypedChoiceField(
        label=_("Grade"), choices=[(str(n), f"G{n}") for n in GRADES], coerce=int
    )
    paper = forms.CharField(label=_("Number of the paper"), max_length=40)
    points = forms.IntegerField(label=_("Points"), min_value=0, max_value=100)

    def clean_paper(self) -> str:
        """Return the number without hidden characters."""
        found: str = self.read("paper", lambda typed: clean_text(typed, 40))
        return found


class Stop(Cleaned):
    """Why an admission ends before its day."""

    reason = forms.CharField(label=_("Reason"), max_length=200)

    def clean_reason(self) -> str:
        """Return the reason without hidden characters."""
        found: str = self.read("reason", lambda typed: clean_text(typed, 200))
        return found


class Keep(Cleaned):
    """Of which item the answer is known."""

    number = forms.CharField(label=_("Item number"), max_length=30)


class Wanted(forms.Form):
    """Which admissions the list shows."""

    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            ("", _("All")),
            *((state, _(STATES[state].text)) for state in rules.ADMISSION_FLOW.states),
        ],
        required=False,
    )
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def chosen(self) -> dict[str, Any]:
        """Return what was asked for; what makes no sense does not narrow."""
        self.is_valid()
        given = self.cleaned_data
        return {"state": given.get("state", ""), "before": given.get("before")}
