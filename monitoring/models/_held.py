"""Postings that a rule held back before they were booked."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.people.models import Institutional
from monitoring.models.alerts import Alert
from monitoring.models.workshop import RuleVersion


class HeldPosting(Institutional):
    """A counter transaction that a rule kept from being posted until two people decide it.

    One row for a round of an item and a version; added in the transaction of the item, never
    changed. Without an alert where the rule was kept quiet, or had its hit of the day looked into.
    """

    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="held")
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, null=True, related_name="held")
    subject = models.CharField(_("item"), max_length=80)
    attempt = models.PositiveSmallIntegerField(_("round"))
    business_date = models.DateField(_("business date"))
    teller = models.CharField(_("teller"), max_length=12)
    teller_person = models.UUIDField()
    trade_code = models.CharField(_("transaction code"), max_length=8)
    account_number = models.CharField(_("account number"), max_length=32)
    counter_account = models.CharField(_("counter-account"), max_length=32, blank=True)
    amount_fen = models.BigIntegerField(_("amount"))
    at = models.DateTimeField(_("held at"))

    class Meta:
        verbose_name = _("posting held back")
        indexes = [models.Index(fields=["version", "-id"], name="monitoring_held_by_version")]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "attempt", "version"], name="monitoring_held_once"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_fen__gt=0), name="monitoring_held_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.subject}"
