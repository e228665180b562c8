"""Which sets of the automatic tier decide items themselves, of what, up to what, until when."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from authorization.models._tier import TierSet
from authorization.rules import publishing as rules
from foundation.kernel.money import Money
from foundation.people.models import Staff


class TierPublication(models.Model):
    """A set whose passes decide items of some transactions, for the whole bank.

    Proposed by one person, in force once another has approved it; states of `PUBLICATION_FLOW`.
    `most_fen` is the largest amount, `until` the last business day, and of its passes
    `sample_percent` of 100 are seen again blind. It is withdrawn by one person at any moment, or by
    the rule, and then nobody has ended it. A trigger keeps the people apart and from having decided
    what the set was compared with, lets a transaction be of one publication in force at a time, and
    lets it only go forward.
    """

    tier_set = models.ForeignKey(TierSet, on_delete=models.PROTECT, related_name="publications")
    codes = ArrayField(models.CharField(max_length=8))
    most_fen = models.BigIntegerField(_("largest amount of an item"))
    sample_percent = models.PositiveSmallIntegerField(_("share seen again"))
    until = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=200)
    state = models.CharField(_("state"), max_length=10, default=rules.PROPOSED)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = _("publication of the automatic tier")
        indexes = [
            models.Index(fields=["state", "-id"], name="authorization_publication"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=rules.PUBLICATION_FLOW.states)
                & Q(most_fen__gt=0, sample_percent__gte=1, sample_percent__lte=100)
                & Q(codes__len__gte=1)
                & ~Q(reason=""),
                name="authorization_publication_known",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.PROPOSED, decided_by=None, decided_at=None)
                | (
                    ~Q(state=rules.PROPOSED)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(proposed_by=F("decided_by"))
                ),
                name="authorization_publication_two_people",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=rules.ENDED, ended_at__isnull=False) & ~Q(ended_reason=""))
                | (~Q(state__in=rules.ENDED) & Q(ended_by=None, ended_at=None, ended_reason="")),
                name="authorization_publication_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {' '.join(self.codes)}"

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows it."""
        return f"authorization.publication:{self.pk}"

    @property
    def most(self) -> Money:
        """Return the largest amount as money."""
        return Money(self.most_fen)
