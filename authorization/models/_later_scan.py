"""Vouchers that follow the posting of their items."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from authorization.models._items import Request
from foundation.people.models import Institutional, Staff


class LaterScan(Institutional):
    """That the voucher of a posted item is to be scanned until a moment, and when it was.

    Made with the posting of an item whose rule lets the voucher follow, and ended by the image of
    the voucher, once: a trigger refuses an end without that image, and any other change.
    """

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="later_scan")
    teller = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", db_index=False)
    business_date = models.DateField(_("business date"))
    due_at = models.DateTimeField(_("due by"))
    scanned_at = models.DateTimeField(null=True)
    scanned_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    scanned_by_label = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("voucher scanned later")
        indexes = [
            models.Index(
                fields=["institution", "due_at"],
                condition=Q(scanned_at=None),
                name="authorization_scan_due",
            ),
            models.Index(
                fields=["teller", "due_at"],
                condition=Q(scanned_at=None),
                name="authorization_scan_of_teller",
            ),
            models.Index(fields=["business_date"], name="authorization_scan_day"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(scanned_at=None, scanned_by=None, scanned_by_label="")
                | (Q(scanned_at__isnull=False, scanned_by__isnull=False) & ~Q(scanned_by_label="")),
                name="authorization_scan_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.due_at}"

    @property
    def is_late(self) -> bool:
        """Tell whether the voucher came, or has not come, after its time."""
        ended: datetime = self.scanned_at or now()
        return bool(ended > self.due_at)
