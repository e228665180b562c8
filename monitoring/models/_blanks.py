"""Blank vouchers: what was said of stretches of their numbers, by one person and another."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.people.models import Institutional, Staff
from monitoring.rules import blanks as rules


class BlankRange(Institutional):
    """That numbers of a form were given to an outlet or a teller, or are void, lost, destroyed.

    States are those of `rules.blanks.BLANK_FLOW`; `institution` is the outlet. What a single
    number is follows from the rows that cover it (`rules.blanks.state_of`). A trigger keeps the
    two people apart, what was said, and numbers from being given out twice.
    """

    layout = models.CharField(_("layout"), max_length=30)
    fate = models.CharField(_("what became of it"), max_length=9)
    first = models.CharField(_("from number"), max_length=18)
    last = models.CharField(_("to number"), max_length=18)
    state = models.CharField(_("state"), max_length=8, default=rules.PROPOSED)
    teller = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    words = models.CharField(_("why"), max_length=rules.WORDS_MOST, blank=True)
    said_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    said_person = models.UUIDField()
    said_on = models.DateField(_("day"))
    said_at = models.DateTimeField(_("said at"))
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_person = models.UUIDField(null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("blank vouchers")
        indexes = [
            models.Index(fields=["institution", "layout", "first"], name="monitoring_blank_place"),
            models.Index(fields=["state", "-id"], name="monitoring_blank_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=rules.BLANK_FLOW.states, fate__in=tuple(rules.FATES)),
                name="monitoring_blank_known",
            ),
            models.CheckConstraint(
                condition=Q(first__regex=r"^[0-9]{4,18}$", last__regex=r"^[0-9]{4,18}$")
                & Q(last__gte=F("first")),
                name="monitoring_blank_numbers",
            ),
            models.CheckConstraint(
                condition=Q(fate=rules.TELLER, teller__isnull=False)
                | (~Q(fate=rules.TELLER) & Q(teller=None)),
                name="monitoring_blank_teller",
            ),
            models.CheckConstraint(
                condition=~Q(fate__in=rules.ENDED) | ~Q(words=""), name="monitoring_blank_why"
            ),
            models.CheckConstraint(
                condition=Q(
                    state=rules.PROPOSED, decided_by=None, decided_person=None, decided_at=None
                )
                | (
                    ~Q(state=rules.PROPOSED)
                    & Q(decided_by__isnull=False)
                    & Q(decided_person__isnull=False)
                    & Q(decided_at__isnull=False)
                ),
                name="monitoring_blank_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.layout} {self.first}–{self.last} {self.fate}"

    @property
    def subject(self) -> str:
        """Return the name under which the trail keeps it."""
        return f"monitoring.blank:{self.pk}"

    @property
    def fate_name(self) -> str:
        """Return what became of the numbers, as a message id."""
        return rules.FATES[self.fate]

    @property
    def said(self) -> rules.Said:
        """Return the row as rules reckon with it."""
        teller = self.teller.number if self.teller else ""
        return rules.Said(self.fate, self.state, self.first, self.last, self.said_on, teller)
