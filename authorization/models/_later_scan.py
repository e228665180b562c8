"""Vouchers that follow the posting of their items, or were to and are not there."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from authorization.models._items import Request
from authorization.rules import scanning as rules
from foundation.people.models import Institutional, Staff

NOBODY = Q(decided_by=None, decided_person=None, decided_label="")


class LaterScan(Institutional):
    """That the voucher of a posted item is to be scanned until a moment, and when it was.

    Made with the posting of an item whose rule lets the voucher follow, and ended once: by the
    image of the voucher, or at `missing_at` because two people said that it is not there. A trigger
    refuses an end without that image or without those two, and any other change.
    """

    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="later_scan")
    teller = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+", db_index=False)
    business_date = models.DateField(_("business date"))
    due_at = models.DateTimeField(_("due by"))
    scanned_at = models.DateTimeField(null=True)
    scanned_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    scanned_by_label = models.CharField(max_length=60, blank=True)
    missing_at = models.DateTimeField(null=True)

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
            models.CheckConstraint(
                condition=Q(scanned_at=None) | Q(missing_at=None),
                name="authorization_scan_ended_one_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.due_at}"

    @property
    def is_late(self) -> bool:
        """Tell whether the voucher came, or has not come, after its time."""
        ended: datetime = self.scanned_at or self.missing_at or now()
        return bool(ended > self.due_at)

    @property
    def is_awaited(self) -> bool:
        """Tell whether the voucher may still come."""
        return self.scanned_at is None and self.missing_at is None


class MissingVoucher(Institutional):
    """That a voucher which was to follow is not there: said by one, decided by another human.

    Said by who supervises the outlet once the voucher is overdue, decided by a lead of authorizers,
    neither of them the human who entered the item; states of `MISSING_FLOW`. The voucher itself
    overtakes it. A trigger (OP108) keeps the people apart, and the row as it was said.
    """

    scan = models.ForeignKey(LaterScan, on_delete=models.PROTECT, related_name="missing")
    reason = models.CharField(_("reason"), max_length=200)
    state = models.CharField(_("state"), max_length=8, default=rules.PROPOSED)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_label = models.CharField(max_length=60)
    proposed_person = models.UUIDField()
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_label = models.CharField(max_length=60, blank=True)
    decided_person = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("voucher said not to be there")
        constraints = [
            models.UniqueConstraint(
                fields=["scan"],
                condition=Q(state__in=(rules.PROPOSED, rules.ACCEPTED)),
                name="authorization_missing_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.MISSING_FLOW.states) & ~Q(reason=""),
                name="authorization_missing_known",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.PROPOSED, decided_at=None) & NOBODY
                | Q(state=rules.ENDED, decided_at__isnull=False) & NOBODY
                | Q(
                    state__in=(rules.ACCEPTED, rules.DECLINED),
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    decided_person__isnull=False,
                ),
                name="authorization_missing_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scan_id} {self.state}"
