"""What a dispatcher may type: which items to see, and the reasons of what is done with them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.kernel.calendar import SHANGHAI
from foundation.ui.fields import DayField, MomentField
from foundation.worklist import rules
from foundation.worklist.selectors import Place, Wanted

STATES = (
    ("", _("All open")),
    ("waiting", _("Waiting")),
    ("held", _("In progress")),
    ("suspended", _("Suspended")),
)


class Shown(forms.Form):
    """Which items of a queue are shown, and behind which place; what cannot be read is ignored."""

    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    skill = forms.CharField(label=_("Skill"), max_length=40, required=False)
    holder = forms.CharField(label=_("Staff number"), max_length=12, required=False)
    urgent = forms.BooleanField(label=_("Only urgent"), required=False)
    after_turn = MomentField(required=False, widget=forms.HiddenInput)
    after_id = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def wanted(self) -> Wanted:
        """Return which items are wanted."""
        self.is_valid()
        given = self.cleaned_data
        return Wanted(
            state=given.get("state", ""),
            skill=given.get("skill", ""),
            holder=given.get("holder", ""),
            urgent=bool(given.get("urgent")),
        )

    def place(self) -> Place | None:
        """Return behind which place the page begins, if behind any."""
        self.is_valid()
        turn_at, item_id = self.cleaned_data.get("after_turn"), self.cleaned_data.get("after_id")
        if not (turn_at and item_id):
            return None
        return Place(turn_at, item_id)


class Day(forms.Form):
    """Whose seconds of which day are shown; what cannot be read is ignored."""

    on = DayField(label=_("Day"), required=False)
    staff = forms.CharField(label=_("Staff number"), max_length=12, required=False)
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    def asked(self, *, today: date) -> tuple[date, str, int | None]:
        """Return the day, the person's number or nothing, and before which holding to begin."""
        self.is_valid()
        given = self.cleaned_data
        return given.get("on") or today, given.get("staff") or "", given.get("before")


class Reason(forms.Form):
    """Why something is done with an item of others."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class Person(forms.Form):
    """Of whom is asked why an item is not offered to them; what cannot be read is ignored."""

    number = forms.CharField(label=_("Staff number"), max_length=12, required=False)


class Assignment(Reason):
    """To whom an item is given, and why."""

    number = forms.CharField(label=_("Staff number"), max_length=12)
    field_order = ("number", "reason")


class Aside(Reason):
    """Why an item is set aside, and until when; without a time until somebody resumes it."""

    until = MomentField(
        label=_("Until"),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    def clean_until(self) -> datetime | None:
        """Return the moment by the bank's clock."""
        until: datetime | None = self.cleaned_data["until"]
        return until and until.astimezone(SHANGHAI)


class Listed(forms.Form):
    """Which jobs are listed, and behind which one; what cannot be read is ignored."""

    state = forms.ChoiceField(
        choices=[(state, state) for state in rules.JOB_FLOW.states], required=False
    )
    kind = forms.CharField(max_length=120, required=False)
    after = forms.IntegerField(required=False, min_value=1)

    def wanted(self) -> dict[str, Any]:
        """Return the state, that of failed jobs by default, the kind, and where the page begins."""
        self.is_valid()
        given = self.cleaned_data
        return {
            "state": given.get("state") or rules.DEAD,
            "kind": given.get("kind") or "",
            "after": given.get("after"),
        }


class KindReason(Reason):
    """Why all failed jobs of a kind are tried again."""

    kind = forms.CharField(max_length=120, widget=forms.HiddenInput)
