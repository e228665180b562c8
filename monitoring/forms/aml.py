"""What a person may type at the AML desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from foundation.kernel.errors import Refused
from foundation.kernel.flow import Flow
from foundation.kernel.text import clean_text
from foundation.ui.fields import DayField
from foundation.ui.states import STATES
from monitoring.rules import aml as rules


class Clean(forms.Form):
    """A form whose texts lose hidden characters; what the kernel refuses is the field's error."""

    texts: tuple[str, ...] = ()
    long_texts: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        """Return the cleaned values."""
        given = super().clean() or self.cleaned_data
        for name in (*self.texts, *self.long_texts):
            if name in given:
                given[name] = self._text(name, given[name])
        return given

    def _text(self, name: str, typed: str) -> str:
        limit = getattr(self.fields[name], "max_length", None) or 200
        try:
            return clean_text(typed, limit, lines=name in self.long_texts)
        except Refused as refusal:
            self.add_error(name, ValidationError(refusal.shown(gettext)))
            return ""


class Wanted(forms.Form):
    """Which rows a list shows: of one state, before an id."""

    state = forms.ChoiceField(label=_("State"), required=False)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, data: Any, flow: Flow) -> None:
        super().__init__(data)
        choices = [(state, _(STATES[state].text)) for state in flow.states]
        self.fields["state"].choices = [("", _("All")), *choices]  # type: ignore[attr-defined]

    def chosen(self) -> dict[str, Any]:
        """Return what was asked for; what makes no sense does not narrow."""
        self.is_valid()
        given = self.cleaned_data
        return {"state": given.get("state", ""), "before": given.get("before")}


class Fill(Clean):
    """What a report needs of a large value."""

    texts = ("id_number", "counterparty", "purpose")
    id_number = forms.CharField(
        label=_("Number of the proof of identity"), max_length=40, required=False
    )
    counterparty = forms.CharField(label=_("Counterparty"), max_length=120, required=False)
    purpose = forms.CharField(label=_("Purpose"), max_length=120, required=False)


class Remark(Clean):
    """What a reviewer says beside the step."""

    texts = ("remark",)
    step = forms.CharField(max_length=12, widget=forms.HiddenInput)
    remark = forms.CharField(label=_("Remark"), max_length=200, required=False)


class Exemption(Clean):
    """Whose large values need no report, since when, until when and why."""

    texts = ("customer", "reason")
    customer = forms.CharField(label=_("Customer or account number"), max_length=20)
    valid_from = DayField(label=_("Valid from"))
    valid_until = DayField(label=_("Valid until"))
    reason = forms.CharField(label=_("Reason"), max_length=200)


class OpenCase(Clean):
    """About whom a case is opened."""

    texts = ("customer",)
    customer = forms.CharField(label=_("Customer or account number"), max_length=20)


class Narrative(Clean):
    """What is suspicious."""

    long_texts = ("narrative",)
    narrative = forms.CharField(
        label=_("What is suspicious"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


STEPS_OF_EXEMPTIONS = tuple(dict.fromkeys(step.name for step in rules.EXEMPTION_FLOW.steps))
