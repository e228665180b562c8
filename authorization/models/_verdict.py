"""What was decided and has no effect yet: for some seconds its decider may take it back."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from authorization import rules
from authorization.models._items import Request
from foundation.people.models import Institutional, Staff


class Verdict(Institutional):
    """One decision between the key and its effect; it becomes a Decision or is taken back, once.

    `at` is when it was made, `due_at` when it takes effect. A trigger keeps what was decided, and
    takes one only of who has the item before them.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="verdicts")
    seq = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField()
    step = models.CharField(_("decision"), max_length=12)
    decider = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    reasons = ArrayField(models.CharField(max_length=4), default=list)
    remark = models.CharField(max_length=200, blank=True)
    content_hash = models.CharField(max_length=64)
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_by = models.CharField(max_length=8, blank=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("decision that may be taken back")
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(ended_at=None),
                name="authorization_verdict_due",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(ended_at=None),
                name="authorization_one_verdict_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(step__in=rules.DECISIONS, due_at__gt=F("at")),
                name="authorization_verdict_whole",
            ),
            models.CheckConstraint(
                condition=Q(ended_by="", ended_at=None)
                | Q(ended_by=rules.UNDONE, ended_at__isnull=False, ended_at__lt=F("due_at"))
                | Q(ended_by=rules.SETTLED, ended_at__isnull=False, ended_at__gte=F("due_at")),
                name="authorization_verdict_undone_in_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.seq} {self.step}"
