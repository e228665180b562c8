"""Which day the board of monitoring shows."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.ui.fields import DayField


class Day(forms.Form):
    """The business date; what cannot be read is today."""

    on = DayField(label=_("Business date"), required=False)

    def day(self, *, today: date) -> date:
        """Return the day that is asked for."""
        self.is_valid()
        return self.cleaned_data.get("on") or today
