"""What a person may type about alerts: which to list, why one is closed, how long to be quiet."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.kernel.text import clean_text
from foundation.ui.fields import DayField
from monitoring.rules import alerts as rules
from monitoring.rules import workshop
from monitoring.selectors.alerts import Filter

STATES = [
    ("", _("All")),
    ("open", _("Not closed")),
    ("true", _("Closed as true, registered or not")),
    *((one, one) for one in rules.FLOW.states),
]


class Alerts(forms.Form):
    """Which alerts the list shows."""

    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    level = forms.ChoiceField(
        label=_("Level"),
        choices=[("", _("All")), *((one.code, _(one.name)) for one in workshop.LEVELS.values())],
        required=False,
    )
    link = forms.ChoiceField(
        label=_("Risk link"),
        choices=[("", _("All")), *((one.code, _(one.name)) for one in workshop.LINKS.values())],
        required=False,
    )
    entity = forms.CharField(label=_("About what"), max_length=64, required=False)
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("To"), required=False)
    under = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    rule = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def __init__(self, *args: Any, states: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["state"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*STATES[:3], *states]

    def chosen(self) -> Filter:
        """Return the filter; what was typed wrongly does not narrow."""
        self.is_valid()
        given = self.cleaned_data
        return Filter(
            state=given.get("state", ""),
            level=given.get("level", ""),
            rule_id=given.get("rule"),
            link=given.get("link", ""),
            entity=given.get("entity", ""),
            under=given.get("under"),
            first=given.get("first"),
            last=given.get("last"),
            before=given.get("before"),
        )


class AlertStep(forms.Form):
    """A step on the own desk, under which lease, and why."""

    step = forms.ChoiceField(choices=[(one, one) for one in rules.STEPS])
    fence = forms.IntegerField(min_value=0)
    words = forms.CharField(
        label=_("Why"), max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean_words(self) -> str:
        """Return the words without hidden characters."""
        return clean_text(self.cleaned_data["words"], 200)


class KeepQuiet(forms.Form):
    """For how many days a rule is quiet about an entity, and why."""

    days = forms.IntegerField(label=_("For how many days"), min_value=1, max_value=999, initial=7)
    words = forms.CharField(label=_("Why"), max_length=200)

    def clean_words(self) -> str:
        """Return the words without hidden characters."""
        return clean_text(self.cleaned_data["words"], 200)
