"""Decisions seen again blind, and decisions in doubt until a lead has judged them."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from authorization.rules import admission
from authorization.rules import quality as rules
from foundation.people.models import Institutional, Staff
from foundation.worklist.models import WorkItem


class Review(Institutional):
    """A decision drawn at random to be made once more by somebody who does not see the first.

    Drawn are decisions that ended their item, by person and kind of decision; states are those of
    `rules.REVIEW_FLOW`. A trigger refuses the decider, the teller and a second answer. Of three
    kinds: a sample, which is measured; what somebody in the shadow (`candidate`) says of what
    others decided; and a planted item, whose right answer is known.
    """

    decision = models.ForeignKey(
        "authorization.Decision", on_delete=models.PROTECT, related_name="reviews"
    )
    kind = models.CharField(max_length=8, default=admission.SAMPLE)
    candidate = models.ForeignKey(
        "authorization.Admission", on_delete=models.PROTECT, null=True, related_name="answers"
    )
    state = models.CharField(_("state"), max_length=12, default=rules.REVIEW_WAITING)
    drawn_at = models.DateTimeField()
    work_item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, null=True, related_name="+")
    reviewer = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    reviewer_label = models.CharField(_("reviewer"), max_length=60, blank=True)
    reviewer_person = models.UUIDField(null=True)
    step = models.CharField(_("decision"), max_length=12, blank=True)
    reasons = ArrayField(models.CharField(max_length=4), default=list)
    remark = models.CharField(max_length=200, blank=True)
    reviewed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("blind review")
        indexes = [models.Index(fields=["state", "-id"], name="authorization_review_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["decision"],
                condition=Q(kind=admission.SAMPLE),
                name="authorization_review_once",
            ),
            models.UniqueConstraint(
                fields=["decision", "candidate"],
                condition=Q(kind=admission.SHADOWED),
                name="authorization_review_shadow_once",
            ),
            models.UniqueConstraint(
                fields=["decision"],
                condition=Q(kind=admission.PLANTED, state=rules.REVIEW_WAITING),
                name="authorization_review_planted_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=(admission.SAMPLE, admission.PLANTED), candidate=None)
                | Q(kind=admission.SHADOWED, candidate__isnull=False, work_item=None),
                name="authorization_review_kind",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.REVIEW_WAITING, reviewer=None, reviewed_at=None, step="")
                | Q(
                    state=rules.REVIEW_DONE,
                    reviewer__isnull=False,
                    reviewer_person__isnull=False,
                    reviewed_at__isnull=False,
                    step__in=rules.REVIEW_STEPS,
                ),
                name="authorization_review_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.state}"


class QualityCase(Institutional):
    """A decision in doubt: raised, examined by a second person, judged by a lead who is a third.

    States are those of `rules.CASE_FLOW`. What a blind review finds is examined by it already. A
    trigger keeps the humans apart from each other, from the decider and the teller.
    """

    decision = models.ForeignKey(
        "authorization.Decision", on_delete=models.PROTECT, related_name="cases"
    )
    kind = models.CharField(_("kind"), max_length=16)
    source = models.CharField(_("source"), max_length=12)
    state = models.CharField(_("state"), max_length=12, default=rules.RAISED)
    raised_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    raised_person = models.UUIDField()
    raised_at = models.DateTimeField()
    words = models.CharField(_("why"), max_length=400)
    examined_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    examined_person = models.UUIDField(null=True)
    examined_at = models.DateTimeField(null=True)
    found_wrong = models.BooleanField(_("found wrong"), null=True)
    examined_words = models.CharField(max_length=400, blank=True)
    judged_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    judged_person = models.UUIDField(null=True)
    judged_at = models.DateTimeField(null=True)
    judged_words = models.CharField(max_length=400, blank=True)
    cause = models.CharField(_("cause"), max_length=12, blank=True)
    severity = models.PositiveSmallIntegerField(_("severity"), null=True)

    class Meta:
        verbose_name = _("quality case")
        indexes = [
            models.Index(fields=["state", "-id"], name="authorization_case_state"),
            models.Index(
                fields=["-id"],
                condition=Q(state__in=rules.OPEN_CASES),
                name="authorization_case_open",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["decision"], name="authorization_case_once"),
            models.CheckConstraint(
                condition=Q(state__in=rules.CASE_FLOW.states)
                & Q(kind__in=list(rules.KINDS_OF_CASE), source__in=list(rules.SOURCES)),
                name="authorization_case_known",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.RAISED, examined_by=None, examined_at=None)
                | Q(
                    ~Q(state=rules.RAISED),
                    examined_by__isnull=False,
                    examined_person__isnull=False,
                    examined_at__isnull=False,
                    found_wrong__isnull=False,
                ),
                name="authorization_case_examined",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.OPEN_CASES, judged_by=None, judged_at=None)
                | Q(
                    ~Q(state__in=rules.OPEN_CASES),
                    judged_by__isnull=False,
                    judged_person__isnull=False,
                    judged_at__isnull=False,
                ),
                name="authorization_case_judged",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=rules.UPHELD,
                    cause__in=list(rules.CAUSES),
                    severity__isnull=False,
                    severity__in=rules.SEVERITIES,
                )
                | Q(~Q(state=rules.UPHELD), cause="", severity=None),
                name="authorization_case_upheld_has_cause",
            ),
            models.CheckConstraint(
                condition=~Q(judged_person=F("examined_person"))
                & ~Q(judged_person=F("raised_person")),
                name="authorization_case_third_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.state}"
