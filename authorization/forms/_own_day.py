"""Which of one's own decisions a list shows."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.ui.fields import DayField


class OwnDay(forms.Form):
    """Of which business day, and before which decision."""

    on = DayField(label=_("Business date"), required=False)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def chosen(self, *, today: date) -> tuple[date, int | None]:
        """Return the day and the decision before which the page begins; of no day, of today."""
        self.is_valid()
        return self.cleaned_data.get("on") or today, self.cleaned_data.get("before")
