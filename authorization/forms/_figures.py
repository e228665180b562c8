"""What a person may choose on the pages of figures: a month, a transaction, an order."""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from authorization import rules
from authorization.rules import Month
from foundation.kernel.dates import FIRST, LAST
from foundation.ui.fields import DayField

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


class MonthField(forms.CharField):
    """A month written 2026-11, from 2000 to 2089, with the browser's own picker."""

    def __init__(self, **more: Any) -> None:
        more.setdefault("widget", forms.TextInput({"type": "month", "placeholder": "2026-11"}))
        super().__init__(max_length=7, **more)

    def clean(self, value: Any) -> Month | None:
        """Return the month, or nothing where none was typed."""
        text = super().clean(value)
        if not text:
            return None
        found = _MONTH.fullmatch(text)
        if found is None or not FIRST.year <= int(found[1]) <= LAST.year:
            raise ValidationError(_("A month is written as 2026-11."))
        return Month(date(int(found[1]), int(found[2]), 1))


TRADES = [
    ("", _("All")),
    *(
        (trade.code, format_lazy("{} {}", trade.code, _(trade.name)))
        for trade in rules.CATALOGUE.values()
    ),
]


class Asked(forms.Form):
    """What an address of a page of figures says; what cannot be read is not said."""

    def said(self, name: str) -> str:
        """Return what was chosen, nothing where it could not be read."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")

    def link(self, **more: str) -> str:
        """Return what is chosen as an address of the same page, with something changed."""
        kept = {name: value for name, value in self.data.items() if name in self.fields and value}
        kept = {name: value for name, value in (kept | more).items() if value}
        return f"?{urlencode(kept)}"

    @property
    def export_csv(self) -> str:
        """Return the address of the same page as CSV."""
        return self.link(export="csv")

    @property
    def export_xlsx(self) -> str:
        """Return the address of the same page as a workbook."""
        return self.link(export="xlsx")


class Daily(Asked):
    """Which day, and whether as it was or by the mean of days of its kind."""

    on = DayField(label=_("Day"), required=False)
    by = forms.ChoiceField(
        label=_("Arrivals"),
        choices=[("day", _("of the day")), ("mean", _("mean of the latest days of its kind"))],
        required=False,
    )

    def day_or(self, today: date) -> date:
        """Return the chosen day, else today."""
        self.is_valid()
        found: date = self.cleaned_data.get("on") or today
        return found


class Monthly(Asked):
    """Which month, which transaction, sorted by what."""

    month = MonthField(label=_("Month"), required=False)
    code = forms.ChoiceField(label=_("Transaction"), choices=TRADES, required=False)
    sort = forms.RegexField(r"^-?[a-z_0-9]{1,30}$", required=False, widget=forms.HiddenInput)

    def month_or(self, today: date) -> Month:
        """Return the chosen month, else the one of the day."""
        self.is_valid()
        return self.cleaned_data.get("month") or Month(today.replace(day=1))

    def filled(self, month: Month) -> Monthly:
        """Return the form with the month that is shown in its field."""
        return Monthly({**{name: self.data[name] for name in self.data}, "month": str(month)})
