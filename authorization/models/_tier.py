"""What a machine would say of items: dated sets of rules, and what they said, in shadow."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from authorization.models._items import Request
from authorization.rules import tier as rules
from foundation.people.models import Institutional, Staff


class TierSet(models.Model):
    """A version of the rules of the automatic tier, from a day on, for the whole bank.

    Proposed by one person, it counts once another has approved it; it is never changed, only
    followed by a later one. `lines` are read by `rules.tier.read_set`. Nothing is decided by it.
    """

    valid_from = models.DateField(_("valid from"))
    lines = ArrayField(models.CharField(max_length=rules.LINE_LONGEST))
    reason = models.CharField(_("reason"), max_length=200)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    declined_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("set of rules of the automatic tier")
        indexes = [models.Index(fields=["-valid_from", "-id"], name="authorization_tier_days")]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="authorization_tier_approved_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(declined_by=None, declined_at=None)
                | Q(approved_by=None, declined_by__isnull=False, declined_at__isnull=False),
                name="authorization_tier_declined_by_and_at",
            ),
            models.CheckConstraint(
                condition=~Q(proposed_by=F("approved_by")), name="authorization_tier_two_people"
            ),
            models.CheckConstraint(
                condition=Q(lines__len__gte=1, lines__len__lte=rules.LINES_MOST),
                name="authorization_tier_has_lines",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.valid_from}"

    @property
    def says(self) -> tuple[rules.Line, ...]:
        """Return the lines, as the rules reckon with them."""
        return rules.read_set(self.lines)


class TierVerdict(Institutional):
    """What a set would have done with one round of an item; added once, never changed.

    In shadow it says nothing to anybody who has still to decide, and changes nothing of the item;
    said under a `publication`, a pass may decide it. `line` is the line that spoke, 0 for none;
    `held` every condition of the set that was met; `failure` why it could not be judged at all, and
    is left to people. A trigger refuses a set or publication that was not in force, another content
    than the round's, and every change.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="tier_verdicts")
    seq = models.PositiveSmallIntegerField()
    tier_set = models.ForeignKey(TierSet, on_delete=models.PROTECT, related_name="verdicts")
    outcome = models.CharField(max_length=8)
    reason = models.CharField(max_length=4, blank=True)
    line = models.PositiveSmallIntegerField()
    held = ArrayField(models.CharField(max_length=rules.LINE_LONGEST), default=list)
    failure = models.CharField(max_length=100, blank=True, db_default="")
    content_hash = models.CharField(max_length=64)
    publication = models.ForeignKey(
        "authorization.TierPublication",
        on_delete=models.PROTECT,
        null=True,
        related_name="verdicts",
        db_index=False,
    )
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("verdict of the automatic tier")
        indexes = [
            models.Index(
                fields=["publication", "-id"],
                condition=Q(publication__isnull=False),
                name="authorization_tier_published",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "seq", "tier_set"], name="authorization_tier_once_a_round"
            ),
            models.CheckConstraint(
                condition=Q(outcome=rules.REJECT) & ~Q(reason="")
                | Q(outcome__in=[rules.PASS, rules.HUMAN], reason=""),
                name="authorization_tier_reason_of_a_no",
            ),
            models.CheckConstraint(
                condition=Q(line__gt=0) | Q(outcome=rules.HUMAN),
                name="authorization_tier_line_spoke",
            ),
            models.CheckConstraint(
                condition=Q(failure="") | Q(outcome=rules.HUMAN, line=0),
                name="authorization_tier_failure_is_left",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.seq} {self.outcome}"
