"""Fields of forms that several rooms ask for in the same way."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from foundation.kernel.calendar import SHANGHAI
from foundation.kernel.dates import FIRST, LAST


class DayField(forms.DateField):
    """A day from 2000 to 2089: further away none is meant, and none could be reckoned with."""

    default_validators = [MinValueValidator(FIRST), MaxValueValidator(LAST)]

    def __init__(self, **more: Any) -> None:
        more.setdefault("widget", forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
        super().__init__(**more)


class MomentField(forms.DateTimeField):
    """A moment from 2000 to 2089, by the bank's clock where it says no other."""

    default_validators = [
        MinValueValidator(datetime.combine(FIRST, time.min, SHANGHAI)),
        MaxValueValidator(datetime.combine(LAST, time.max, SHANGHAI)),
    ]
