"""Wishes to move, rename or close an institution."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.people import rules
from foundation.people.models._house import Institution, Institutional, Staff


class InstitutionProposal(Institutional):
    """A wish to put the institution elsewhere in the tree, to call it otherwise or to close it.

    States: waiting (nobody decided), approved, declined.
    """

    kind = models.CharField(_("kind"), max_length=8)
    parent = models.ForeignKey(Institution, on_delete=models.PROTECT, null=True, related_name="+")
    name = models.CharField(_("institution name"), max_length=60, blank=True)
    reason = models.CharField(_("reason"), max_length=200)
    state = models.CharField(_("state"), max_length=10, default=rules.WAITING)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("proposal about an institution")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=rules.MOVE, parent__isnull=False, name="")
                | (Q(kind=rules.RENAME, parent=None) & ~Q(name=""))
                | Q(kind=rules.CLOSE, parent=None, name=""),
                name="people_change_says_what",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.WAITING, decided_by=None, decided_at=None)
                | Q(
                    state__in=[rules.APPROVED, rules.DECLINED],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="people_change_decided_by_and_at",
            ),
            models.CheckConstraint(
                condition=~Q(proposed_by=F("decided_by")), name="people_change_two_people"
            ),
            models.UniqueConstraint(
                fields=["institution"],
                condition=Q(state=rules.WAITING),
                name="people_change_waits_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.institution_id}"
