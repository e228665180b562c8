"""What changed of pairs whose business day was over: sums that are kept are read again then."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.people.models import Institutional


class LatePair(Institutional):
    """How often pairs of an outlet's day that was over came, or came to another state.

    Counted by a trigger alone; as many rows of a day as transactions ever changed it at once. How
    many changes there were of a day, and the newest, is its version (decisions 0221 and 0235).
    """

    business_date = models.DateField(_("business date"))
    changes = models.PositiveIntegerField(_("changes"))
    newest = models.BigIntegerField(_("newest change"))

    class Meta:
        verbose_name = _("pair changed late")
        indexes = [
            models.Index(fields=["business_date", "institution"], name="monitoring_late_days")
        ]

    def __str__(self) -> str:
        return f"{self.business_date} {self.institution_id}"
