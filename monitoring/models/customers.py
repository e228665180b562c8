"""How risky customers are rated, and which of their accounts the AML desk has frozen.

Rows belong to the branch, as all of the desk's (decision 0207).
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.ledger.models import Hold
from foundation.people.models import Institutional, Staff
from monitoring.models.aml import SuspiciousCase, signed, unsigned
from monitoring.rules import customers as rules
from monitoring.rules.aml import APART


class CustomerRating(Institutional):
    """A customer's level of risk from a decision on until the next one; two people make it.

    States are those of `rules.RATING_FLOW`, levels 1 to 3 those of `rules.LEVELS`; `by_rules` is
    what the factors of the day came to. `review_on` is the day by which it is looked at anew.
    """

    customer = models.CharField(_("customer number"), max_length=20)
    customer_name = models.CharField(_("customer"), max_length=80)
    level = models.PositiveSmallIntegerField(_("level of risk"))
    by_rules = models.PositiveSmallIntegerField(_("level by the rules"))
    score = models.PositiveIntegerField(_("score"))
    factors = ArrayField(models.CharField(max_length=10), default=list)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    review_on = models.DateField(_("to be reviewed on"), null=True)
    state = models.CharField(_("state"), max_length=10, default=rules.PROPOSED)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_person = models.UUIDField()
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_person = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("rating of a customer")
        indexes = [models.Index(fields=["institution", "-id"], name="monitoring_rating_list")]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "customer", "state"],
                condition=Q(state__in=(rules.PROPOSED, rules.ACTIVE)),
                name="monitoring_rating_one_of_each",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=rules.RATING_FLOW.states,
                    level__in=sorted(rules.LEVELS),
                    by_rules__in=sorted(rules.LEVELS),
                    level__gte=F("by_rules"),
                ),
                name="monitoring_rating_known",
            ),
            models.CheckConstraint(
                condition=(Q(state=rules.PROPOSED) & unsigned("decided"))
                | (~Q(state=rules.PROPOSED) & signed("decided")),
                name="monitoring_rating_decided",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(rules.ACTIVE, rules.REPLACED), review_on__isnull=False)
                | Q(state__in=(rules.PROPOSED, rules.DECLINED), review_on=None),
                name="monitoring_rating_reviewed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer} {self.level}"

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows this rating."""
        return f"{APART}.rating:{self.pk}"


class FreezeRequest(Institutional):
    """That an account be frozen for the AML desk: asked by one human, placed by another.

    States are those of `rules.FREEZE_FLOW`. Without `amount_fen` all is held, with it so much:
    what is available when it is placed by `hold`, what comes in later by `FreezeInflow`. The
    ledger's holds tell neither why nor by whom; they are lifted by two again.
    """

    held_fen: int

    account = models.CharField(_("account"), max_length=32)
    account_name = models.CharField(_("customer"), max_length=80)
    amount_fen = models.BigIntegerField(_("amount"), null=True)
    document_no = models.CharField(_("document number"), max_length=60)
    reason = models.CharField(_("reason"), max_length=200)
    case = models.ForeignKey(
        SuspiciousCase, on_delete=models.PROTECT, null=True, related_name="freezes"
    )
    hold = models.ForeignKey(Hold, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, default=rules.PROPOSED)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_person = models.UUIDField()
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_person = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    lift_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    lift_person = models.UUIDField(null=True)
    lift_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_person = models.UUIDField(null=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("freeze of an account")
        indexes = [models.Index(fields=["institution", "-id"], name="monitoring_freeze_list")]
        constraints = [
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state__in=rules.FREEZE_OPEN),
                name="monitoring_freeze_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.FREEZE_FLOW.states)
                & (Q(amount_fen=None) | Q(amount_fen__gt=0))
                & ~Q(document_no="")
                & ~Q(reason=""),
                name="monitoring_freeze_known",
            ),
            models.CheckConstraint(
                condition=(Q(state=rules.PROPOSED) & unsigned("decided"))
                | (~Q(state=rules.PROPOSED) & signed("decided")),
                name="monitoring_freeze_decided",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(rules.PROPOSED, rules.DECLINED)) | Q(hold=None),
                name="monitoring_freeze_held",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=(rules.LIFTING, rules.LIFTED)) & signed("lift"))
                | (~Q(state__in=(rules.LIFTING, rules.LIFTED)) & unsigned("lift")),
                name="monitoring_freeze_asked",
            ),
            models.CheckConstraint(
                condition=(Q(state=rules.LIFTED) & signed("lifted"))
                | (~Q(state=rules.LIFTED) & unsigned("lifted")),
                name="monitoring_freeze_lifted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account} {self.state}"

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows this freeze."""
        return f"{APART}.freeze:{self.pk}"


class FreezeInflow(Institutional):
    """What came into a frozen account later, held as well; never changed."""

    freeze = models.ForeignKey(FreezeRequest, on_delete=models.PROTECT, related_name="inflows")
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="+")
    held_at = models.DateTimeField(_("held at"))

    class Meta:
        verbose_name = _("inflow held for a freeze")

    def __str__(self) -> str:
        return f"{self.freeze_id} {self.hold_id}"
