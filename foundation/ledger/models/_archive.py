"""Months that left the books, and what of their postings still counts."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.ledger.models._books import Account
from foundation.people.models import Institution, Institutional


class ArchivedMonth(models.Model):
    """A month whose tables were taken off the books: how much it held, and its checksum.

    Of the whole bank. No posting of the month was made after `last_made_at`, so that a balance at a
    later moment needs none of them. Docs: `docs/operations.md`.
    """

    month = models.DateField(_("month"), unique=True)
    lines = models.BigIntegerField(_("lines"))
    legs = models.BigIntegerField(_("legs"))
    checksum = models.CharField(_("checksum"), max_length=80)
    last_made_at = models.DateTimeField(_("last posted at"), null=True)
    archived_at = models.DateTimeField(_("archived at"))
    label = models.CharField(_("archived by"), max_length=60)

    class Meta:
        verbose_name = _("archived month")
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="ledger_archived_whole_month"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


class Carried(Institutional):
    """What the postings of an archived month came to on one account, or on one shard of it.

    `fen` is debits less credits. What is posted and what was carried make the balance.
    """

    pk = models.CompositePrimaryKey("account_id", "shard", "month")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    shard = models.SmallIntegerField()
    month = models.DateField(_("month"))
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    legs = models.BigIntegerField(_("legs"))
    fen = models.BigIntegerField(_("amount"))

    class Meta:
        verbose_name = _("carried from an archived month")

    def __str__(self) -> str:
        return f"{self.account_id}/{self.shard} {self.month:%Y-%m} {self.fen}"
