"""What a person may type on the page of a day's closing and at the desk of slices."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.kernel.text import clean_text
from foundation.ui.fields import DayField
from monitoring.rules import entry


class OfDay(forms.Form):
    """Of which day; the present business date where none is said."""

    on = DayField(label=_("Business date"), required=False)


class Explain(forms.Form):
    """What became of a voucher or a booking that stands alone."""

    text = forms.CharField(label=_("What became of it"), max_length=200)

    def clean_text(self) -> str:
        """Return the explanation without hidden characters."""
        return clean_text(self.cleaned_data["text"], 200)


class Keyed(forms.Form):
    """What was keyed of a slice, under which lease, with how many strokes in which time."""

    value = forms.CharField(
        label=_("What you read"),
        max_length=entry.VALUE_MAX * 2,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autofocus": True, "spellcheck": "false"}
        ),
    )
    fence = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    strokes = forms.IntegerField(min_value=0, max_value=10**6, required=False)
    milliseconds = forms.IntegerField(min_value=0, max_value=10**9, required=False)

    def clean_value(self) -> str:
        """Return what was keyed without hidden characters."""
        return clean_text(self.cleaned_data["value"], entry.VALUE_MAX * 2)

    def clean_strokes(self) -> int:
        """Return how many keys were pressed; none where no script counted."""
        return self.cleaned_data["strokes"] or 0

    def clean_milliseconds(self) -> int:
        """Return how long the slice stood on the screen; nothing where no script measured."""
        return self.cleaned_data["milliseconds"] or 0


class Span(forms.Form):
    """From which day to which."""

    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("To"), required=False)
