"""What one human proposes about the books and another decides."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.ledger import rules
from foundation.ledger.models._books import ChartAccount
from foundation.people.models import Institutional, Staff


class Proposal(Institutional):
    """What two humans bear: one proposes it, another decides, once (`ledger_proposal_guard`).

    Who they are is looked up by the guard, and so is in which transaction it was decided: what was
    approved is done in that one.
    """

    reason = models.CharField(_("reason"), max_length=200)
    asked_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    asked_person = models.UUIDField()
    asked_label = models.CharField(_("asked by"), max_length=60)
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_person = models.UUIDField(null=True)
    decided_label = models.CharField(_("decided by"), max_length=60, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decided_tx = models.BigIntegerField(null=True)
    approved = models.BooleanField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="ledger_%(class)s_reason"),
            models.CheckConstraint(
                condition=Q(approved=None, decided_at=None, decided_by=None, decided_person=None)
                | Q(
                    approved__isnull=False,
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    decided_person__isnull=False,
                ),
                name="ledger_%(class)s_decided",
            ),
        ]


class SubjectRequest(Proposal):
    """That the chart of accounts have one more subject."""

    code = models.CharField(_("subject code"), max_length=8)
    name = models.CharField(_("subject name"), max_length=60)
    normal_side = models.CharField(_("normal side"), max_length=6)
    kind = models.CharField(_("kind"), max_length=10)
    must_clear = models.BooleanField(_("cleared daily"), default=False)

    class Meta(Proposal.Meta):
        verbose_name = _("proposal of a subject")
        constraints = [
            *Proposal.Meta.constraints,
            models.UniqueConstraint(
                fields=["code"], condition=Q(approved=None), name="ledger_one_subject_request"
            ),
            models.CheckConstraint(
                condition=Q(
                    code__regex=r"^[0-9]{4,8}$", kind__in=rules.KINDS, normal_side__in=rules.SIDES
                ),
                name="ledger_subject_request_sound",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class AccountRequest(Proposal):
    """That an institution have an account of its own (`open`), or that a step of a state be taken.

    The number is kept for the account while its opening waits. Steps: `rules.ACCOUNT_STEPS`.
    """

    number = models.CharField(_("account number"), max_length=19)
    step = models.CharField(_("step"), max_length=12)
    chart = models.ForeignKey(
        ChartAccount, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    name = models.CharField(_("account name"), max_length=80, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default=rules.CNY)
    overdraft_allowed = models.BooleanField(_("overdraft allowed"), default=False)

    class Meta(Proposal.Meta):
        verbose_name = _("proposal about an account")
        indexes = [models.Index(fields=["number", "id"], name="ledger_account_requests")]
        constraints = [
            *Proposal.Meta.constraints,
            models.UniqueConstraint(
                fields=["number"], condition=Q(approved=None), name="ledger_one_account_request"
            ),
            models.UniqueConstraint(
                fields=["institution", "chart", "currency"],
                condition=Q(approved=None, step=rules.OPEN_ACCOUNT),
                name="ledger_one_opening_request",
            ),
            models.CheckConstraint(
                condition=(Q(step=rules.OPEN_ACCOUNT, chart__isnull=False) & ~Q(name=""))
                | Q(step__in=rules.ACCOUNT_STEPS, chart=None),
                name="ledger_account_request_sound",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.step}"

    @property
    def wish(self) -> str:
        """Return the step that is asked for, as a message id."""
        return next(one.label for one in rules.ACCOUNT_FLOW.steps if one.name == self.step)
