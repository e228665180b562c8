"""Which vouchers that follow are listed."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms


@dataclass(frozen=True)
class Wanted:
    """An outlet, or all; only what is overdue, or all that is awaited."""

    outlet_id: int | None
    overdue: bool


class Listing(forms.Form):
    """What the list is narrowed to; what cannot be read does not narrow."""

    outlet = forms.IntegerField(required=False, min_value=1)
    overdue = forms.BooleanField(required=False)

    def wanted(self) -> Wanted:
        """Return what is listed."""
        self.is_valid()
        typed = self.cleaned_data
        return Wanted(typed.get("outlet"), bool(typed.get("overdue")))
