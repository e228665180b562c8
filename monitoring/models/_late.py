"""What changed of pairs whose business day was over: sums that are kept are read again then."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.people.models import Institutional


class LatePair(Institutional):
    """That a pair of a day that was over came, or came to another state; written by a trigger.

    How many there are of a day, and which is the last, is the version of that day (decision 0221).
    """

    business_date = models.DateField(_("business date"))

    class Meta:
        verbose_name = _("pair changed late")
        indexes = [
            models.Index(fields=["business_date", "institution", "id"], name="monitoring_late_days")
        ]

    def __str__(self) -> str:
        return f"{self.business_date} {self.institution_id}"
