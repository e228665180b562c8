"""What changed of items whose business day was over: sums that are kept are read again then."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.people.models import Institutional


class LateChange(Institutional):
    """A change of an item of a day that was over when it happened; written by triggers alone.

    How many there are of a day, and which is the last, is the version of that day: both differ as
    soon as anything else was committed, in whatever order (decision 0221).
    """

    business_date = models.DateField(_("business date"))

    class Meta:
        verbose_name = _("late change")
        indexes = [
            models.Index(
                fields=["business_date", "institution", "id"], name="authorization_late_days"
            )
        ]

    def __str__(self) -> str:
        return f"{self.business_date} {self.institution_id}"
