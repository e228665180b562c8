"""What a person may type on the page of the trail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.ui.fields import DayField


class Search(forms.Form):
    """What is looked for; at least the subject, the person or a day."""

    subject = forms.CharField(label=_("Subject"), max_length=80, required=False)
    actor = forms.CharField(label=_("Who"), max_length=60, required=False)
    action = forms.CharField(label=_("What"), max_length=60, required=False)
    result = forms.CharField(label=_("Result"), max_length=20, required=False)
    since = DayField(label=_("From day"), required=False)
    until = DayField(label=_("Until day"), required=False)

    def clean(self) -> dict[str, Any]:
        """Refuse a search for everything."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(given.get(name) for name in ("subject", "actor", "since")):
            text = _("Name the subject, the person or the days: an open-ended search is not made.")
            raise forms.ValidationError(text)
        return given
