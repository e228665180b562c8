"""When outlets decide on their own, and who may do it there."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from authorization.rules import fallback as rules
from foundation.people.models import Institutional, Staff


class Fallback(Institutional):
    """One emergency, or drill, of an institution and all below it; states of `SWITCH_FLOW`.

    Proposed by one person and put in force by another of another duty, for so many minutes. `epoch`
    numbers its beginning, `ended_epoch` the time of the centre after it: every decision bears the
    number in force at its outlet. A trigger keeps the people apart, lets no two be in force over
    one institution, and ends what is decided locally with the row.
    """

    drill = models.BooleanField(_("drill"), default=False)
    state = models.CharField(_("state"), max_length=10, default=rules.PROPOSED)
    reason = models.CharField(_("reason"), max_length=200)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    epoch = models.PositiveIntegerField(_("epoch"), null=True, unique=True)
    until = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_how = models.CharField(max_length=10, blank=True)
    ended_reason = models.CharField(max_length=200, blank=True)
    ended_epoch = models.PositiveIntegerField(null=True, unique=True)

    class Meta:
        verbose_name = _("emergency")
        indexes = [
            models.Index(
                fields=["institution"],
                condition=Q(state=rules.ACTIVE),
                name="authorization_fallback_now",
            ),
            models.Index(fields=["state", "-id"], name="authorization_fallback_state"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=rules.SWITCH_FLOW.states) & Q(minutes__gt=0) & ~Q(reason=""),
                name="authorization_fallback_known",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.PROPOSED, decided_by=None, decided_at=None)
                | (
                    ~Q(state=rules.PROPOSED)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(proposed_by=F("decided_by"))
                ),
                name="authorization_fallback_two_people",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=(rules.ACTIVE, rules.ENDED), epoch__isnull=False, until__isnull=False
                )
                | Q(state__in=(rules.PROPOSED, rules.DECLINED), epoch=None, until=None),
                name="authorization_fallback_epoch",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=rules.ENDED,
                    ended_at__isnull=False,
                    ended_how__in=list(rules.ENDINGS),
                    ended_epoch__gt=F("epoch"),
                )
                | (~Q(state=rules.ENDED) & Q(ended_at=None, ended_how="", ended_epoch=None)),
                name="authorization_fallback_ended",
            ),
            models.CheckConstraint(
                condition=Q(ended_how=rules.RETURNED, ended_by__isnull=False)
                | (~Q(ended_how=rules.RETURNED) & Q(ended_by=None)),
                name="authorization_fallback_returned_by",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.epoch or '—'}"

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows this emergency."""
        return f"authorization.fallback:{self.pk}"

    @property
    def ending(self) -> str:
        """Return how it ended, as a message id."""
        return rules.ENDINGS[self.ended_how].text if self.ended_how else ""


class LocalAuthorizer(Institutional):
    """Who may decide at an outlet while an emergency is in force, and up to which amount.

    Registered beforehand: proposed by one person, approved by another, about a third who works in
    that outlet. States are those of `LOCAL_FLOW`. A trigger keeps the three apart.
    """

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    most_fen = models.BigIntegerField(_("largest amount"))
    reason = models.CharField(_("reason"), max_length=200)
    state = models.CharField(_("state"), max_length=10, default=rules.PROPOSED)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("local authorizer")
        constraints = [
            models.UniqueConstraint(
                fields=["staff"],
                condition=Q(state__in=(rules.PROPOSED, rules.ACTIVE)),
                name="authorization_local_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.LOCAL_FLOW.states) & Q(most_fen__gt=0) & ~Q(reason=""),
                name="authorization_local_known",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.PROPOSED, decided_by=None, decided_at=None)
                | (
                    ~Q(state=rules.PROPOSED)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(proposed_by=F("decided_by"))
                ),
                name="authorization_local_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.ENDED, ended_by__isnull=False, ended_at__isnull=False)
                | (~Q(state=rules.ENDED) & Q(ended_by=None, ended_at=None)),
                name="authorization_local_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.state}"

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows this registration."""
        return f"authorization.local:{self.pk}"
