"""Every time that a receipt was put on paper."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from authorization.models._items import Request
from foundation.people.models import Institutional, Staff


class ReceiptPrint(Institutional):
    """One time that the receipt of a posted item was printed; `seq` 1 is the first, others again.

    Added and never changed: a trigger refuses anything but the next number of a posted item.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="prints")
    seq = models.PositiveIntegerField()
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    by_label = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("print of a receipt")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "seq"], name="authorization_receipt_numbered"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.seq}"

    @property
    def again(self) -> int:
        """Return the how manieth reprint it is; 0 is the first paper."""
        return self.seq - 1
