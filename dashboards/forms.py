"""What a link to the dashboard may say."""

from __future__ import annotations

from datetime import date, datetime

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from authorization.rules import REASONS
from dashboards import rules
from foundation.kernel.dates import FIRST, LAST
from foundation.ui.fields import DayField
from monitoring.rules import RESULTS


class Chosen(forms.Form):
    """Which figure, and what narrows it; what makes no sense is taken as not said."""

    figure = forms.ChoiceField(choices=[(code, code) for code in rules.FIGURES], required=False)
    on = DayField(required=False)
    until = forms.CharField(max_length=40, required=False)
    under = forms.IntegerField(min_value=1, required=False)
    place = forms.IntegerField(min_value=1, required=False)
    hour = forms.IntegerField(min_value=0, max_value=23, required=False)
    quarter = forms.IntegerField(min_value=0, max_value=95, required=False)
    reason = forms.ChoiceField(choices=[(code, code) for code in REASONS], required=False)
    decider = forms.CharField(max_length=12, required=False)
    age = forms.ChoiceField(choices=[(code, code) for code in rules.AGES], required=False)
    result = forms.ChoiceField(choices=[(code, code) for code in RESULTS], required=False)
    before = forms.IntegerField(min_value=1, required=False)

    def clean_until(self) -> datetime | None:
        """Return the moment, or nothing."""
        try:
            moment = parse_datetime(self.cleaned_data["until"])
        except ValueError:
            return None
        if moment is None or moment.tzinfo is None:
            return None
        if not FIRST <= moment.date() <= LAST:
            return None
        return moment.astimezone(timezone.get_current_timezone())

    def cut(self, *, today: date, now: datetime) -> rules.Cut:
        """Return what the link says, with today and now where it says nothing."""
        said = self.cleaned_data
        narrower = {name: said[name] for name in said.keys() - {"figure", "on", "until"}}
        return rules.Cut(on=said.get("on") or today, until=said.get("until") or now, **narrower)
