"""What a person may type about a publication of the automatic tier."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from authorization import rules as items
from authorization.forms._cleaned import Cleaned
from authorization.rules import publishing as rules
from authorization.selectors.publishing import FIGURES
from foundation.kernel.money import Money
from foundation.ui.fields import DayField


def _choices() -> list[tuple[str, Any]]:
    kinds = rules.published_kinds()
    groups = dict.fromkeys(items.CATALOGUE[code].group for code in kinds)
    return [
        *((code, _(items.GROUPS[code].name)) for code in groups),
        *((code, format_lazy("{} {}", code, _(items.CATALOGUE[code].name))) for code in kinds),
    ]


class Publishing(Cleaned):
    """Of which transactions, up to what, until when, how much is seen again, and why."""

    trade = forms.ChoiceField(label=_("Transaction or group"), choices=_choices)
    most = forms.CharField(
        label=_("Largest amount of an item"), max_length=30, help_text=_("In yuan, e.g. 50,000.00")
    )
    until = DayField(label=_("Last day"))
    sample_percent = forms.IntegerField(label=_("Seen again, %"), min_value=1, max_value=100)
    reason = forms.CharField(label=_("Reason"), max_length=200)

    def clean_most(self) -> int:
        """Return the amount in fen."""
        amount: Money = self.read("most", lambda typed: Money.parse(typed.strip()))
        return amount.fen

    @property
    def terms(self) -> rules.Terms:
        """Return the terms that were typed."""
        given = self.cleaned_data
        return rules.Terms(given["most"], given["until"], given["sample_percent"])


class Listing(forms.Form):
    """Which figure of a publication is listed, and where its page begins."""

    figure = forms.ChoiceField(choices=[(name, name) for name in FIGURES], required=False)
    before = forms.IntegerField(required=False, min_value=1)

    def chosen(self) -> tuple[str, int | None]:
        """Return the figure, all decisions where none is named, and where its page begins."""
        self.is_valid()
        return self.cleaned_data.get("figure") or "decided", self.cleaned_data.get("before")
