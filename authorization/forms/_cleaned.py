"""What the forms of the authorization centre have in common."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from foundation.kernel.errors import Refused


class Cleaned(forms.Form):
    """A form whose fields are read by the kernel: a Refused becomes the field's error."""

    def read(self, name: str, reader: Any) -> Any:
        """Return what the reader makes of the field's text."""
        try:
            return reader(self.cleaned_data[name])
        except Refused as refusal:
            raise ValidationError(refusal.shown(gettext)) from refusal
