"""Holds on accounts, and what was asked about those of competent authorities."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.ledger import rules
from foundation.ledger.models._books import Account
from foundation.people.models import Institutional, Staff


class Hold(Institutional):
    """An amount of an account that may not be paid out until it is released or expires.

    States: `rules.HOLD_FLOW`. `amount_fen` is what is still held of `placed_fen`; from `expires_on`
    on it is held no more. `changes` counts what was done to it: for a judicial hold each, except
    its expiry, needs a request that two humans bear (trigger `ledger_hold_guard`).
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holds")
    state = models.CharField(_("state"), max_length=8, default=rules.HOLD_HELD)
    placed_fen = models.BigIntegerField(_("amount placed"), default=0)
    amount_fen = models.BigIntegerField(_("amount"))
    judicial = models.BooleanField(_("by a competent authority"), default=False)
    document_no = models.CharField(_("document number"), max_length=60, blank=True)
    changes = models.IntegerField(default=0)
    reason = models.CharField(_("reason"), max_length=200)
    subject = models.CharField(_("item"), max_length=80, blank=True)
    placed_at = models.DateTimeField(_("placed at"))
    placed_by = models.CharField(_("placed by"), max_length=60)
    expires_on = models.DateField(_("expires on"), null=True)
    released_at = models.DateTimeField(_("released at"), null=True)
    released_by = models.CharField(_("released by"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("hold")
        indexes = [
            models.Index(
                fields=["account", "id"], condition=Q(released_at=None), name="ledger_hold_active"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, placed_fen__gte=F("amount_fen")),
                name="ledger_hold_positive",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.HOLD_HELD, released_at=None)
                | Q(state__in=(rules.HOLD_RELEASED, rules.HOLD_EXPIRED), released_at__isnull=False),
                name="ledger_hold_state_known",
            ),
            models.CheckConstraint(
                condition=Q(judicial=False) | ~Q(document_no=""),
                name="ledger_judicial_hold_has_document",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None, released_by="")
                | (Q(released_at__isnull=False) & ~Q(released_by="")),
                name="ledger_hold_released_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.amount_fen}"


class HoldRequest(Institutional):
    """That a judicial hold be released or extended: asked by one human, decided by another."""

    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, related_name="requests")
    step = models.CharField(_("step"), max_length=12)
    fen = models.BigIntegerField(_("amount"), null=True)
    until = models.DateField(_("until"), null=True)
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
        verbose_name = _("request about a hold")
        constraints = [
            models.UniqueConstraint(
                fields=["hold"], condition=Q(approved=None), name="ledger_one_hold_request"
            ),
            models.CheckConstraint(
                condition=Q(decided_person=None) | ~Q(decided_person=F("asked_person")),
                name="ledger_hold_decided_by_two",
            ),
            models.CheckConstraint(
                condition=Q(approved=None, decided_at=None, decided_by=None, decided_person=None)
                | Q(
                    approved__isnull=False,
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    decided_person__isnull=False,
                ),
                name="ledger_hold_request_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hold_id} {self.step}"

    @property
    def wish(self) -> str:
        """Return what is asked, as a message id."""
        return next(step.label for step in rules.HOLD_FLOW.steps if step.name == self.step)
