"""What was asked about the shards of hot accounts."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.ledger import rules
from foundation.ledger.models._books import Account
from foundation.people.models import Institutional, Staff


class ShardRequest(Institutional):
    """That an account have so many shards: asked by one human, decided by another.

    Approving it spreads the account in the same statement (trigger `ledger_shardrequest_done`);
    there is no other way for the application to do it.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="shard_requests")
    shards = models.SmallIntegerField(_("shards"))
    reason = models.CharField(_("reason"), max_length=200)
    asked_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    asked_person = models.UUIDField()
    asked_label = models.CharField(_("asked by"), max_length=60)
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_person = models.UUIDField(null=True)
    decided_label = models.CharField(_("decided by"), max_length=60, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    approved = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("proposal of shards")
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(approved=None), name="ledger_one_shard_request"
            ),
            models.CheckConstraint(
                condition=Q(shards__gte=1, shards__lte=rules.SHARDS_MAX),
                name="ledger_shard_request_number",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="ledger_shard_request_reason"),
            models.CheckConstraint(
                condition=Q(decided_person=None) | ~Q(decided_person=F("asked_person")),
                name="ledger_shards_by_two",
            ),
            models.CheckConstraint(
                condition=Q(approved=None, decided_at=None, decided_by=None, decided_person=None)
                | Q(
                    approved__isnull=False,
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    decided_person__isnull=False,
                ),
                name="ledger_shard_request_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.shards}"
