"""What an authorizer asks before deciding, while the item is on hold."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from authorization import rules
from authorization.models._items import Request
from foundation.people.models import Institutional, Staff


class Inquiry(Institutional):
    """One time that an item was put on hold: who asked what of whom, and what came of it.

    `kind` is one of `rules.HOLDS`: another image of the teller, a colleague's view, a call to the
    customer. It ends once: answered, lapsed at `due_at`, or withdrawn with its item. A trigger
    keeps what was asked, and lets only another human answer a consultation, only the item's
    teller a rescan, and only who asked a call.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="inquiries")
    attempt = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=8)
    question = models.CharField(_("question"), max_length=200)
    called_number = models.CharField(_("number called"), max_length=20, blank=True)
    asked_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    asked_by_label = models.CharField(max_length=60)
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    ended_by = models.CharField(max_length=10, blank=True)
    ended_at = models.DateTimeField(null=True)
    answer = models.CharField(_("answer"), max_length=200, blank=True)
    outcome = models.CharField(_("outcome of the call"), max_length=12, blank=True)
    answered_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    answered_by_label = models.CharField(max_length=60, blank=True)

    class Meta:
        verbose_name = _("inquiry")
        indexes = [
            models.Index(
                fields=["due_at", "id"],
                condition=Q(ended_at=None),
                name="authorization_inquiry_due",
            ),
            models.Index(
                fields=["asked_by"],
                condition=Q(ended_at=None),
                name="authorization_inquiry_asked",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["request"],
                condition=Q(ended_at=None),
                name="authorization_one_inquiry_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=list(rules.HOLDS)) & ~Q(question=""),
                name="authorization_inquiry_asks",
            ),
            models.CheckConstraint(
                condition=(Q(kind=rules.CALL) & ~Q(called_number=""))
                | (~Q(kind=rules.CALL) & Q(called_number="")),
                name="authorization_inquiry_number_of_a_call",
            ),
            models.CheckConstraint(
                condition=Q(ended_by="", ended_at=None)
                | Q(ended_by__in=rules.INQUIRY_ENDS, ended_at__isnull=False),
                name="authorization_inquiry_ended_how_and_when",
            ),
            models.CheckConstraint(
                condition=(Q(ended_by=rules.ANSWERED, answered_by__isnull=False) & ~Q(answer=""))
                | (~Q(ended_by=rules.ANSWERED) & Q(answered_by=None, answer="")),
                name="authorization_inquiry_answered_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind=rules.CALL, ended_by=rules.ANSWERED, outcome__in=list(rules.OUTCOMES)
                )
                | (~Q(kind=rules.CALL, ended_by=rules.ANSWERED) & Q(outcome="")),
                name="authorization_inquiry_outcome_of_a_call",
            ),
            models.CheckConstraint(
                condition=~Q(kind=rules.CONSULT) | ~Q(asked_by=F("answered_by")),
                name="authorization_inquiry_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind}"

    @property
    def about(self) -> rules.Hold:
        """Return what the kind is called."""
        return rules.HOLDS[self.kind]

    @property
    def came(self) -> str:
        """Return what came of it, as a message id; empty while nobody has answered."""
        if self.outcome:
            return rules.OUTCOMES[self.outcome].text
        return rules.ENDS[self.ended_by].text if self.ended_by else ""
