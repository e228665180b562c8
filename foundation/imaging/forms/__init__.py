"""What a person may choose about pages, and the words of their classes."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.imaging import rules

IMAGE_CLASSES = (
    (rules.VOUCHER, _("Voucher")),
    (rules.IDENTITY, _("Identity document")),
    (rules.SEAL, _("Seal card")),
)


class Older(forms.Form):
    """From which line of a timeline on the older ones are asked for."""

    below = forms.IntegerField(min_value=1, max_value=2**63 - 1, required=False)

    def place(self) -> int | None:
        """Return the id below which the lines lie; nothing for what is no id."""
        return self.cleaned_data.get("below") if self.is_valid() else None
