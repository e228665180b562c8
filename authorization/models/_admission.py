"""Who is admitted to which grade, and items whose right answer is known."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from authorization.rules import GRADES
from authorization.rules import admission as rules
from foundation.people.models import Institutional, Staff


class Admission(models.Model):
    """The way of one person to one grade; states are those of `rules.ADMISSION_FLOW`.

    Not locked to the scope (decision 0183): the guard of a decision looks for it wherever the
    person worked. `inherited` rows had no exam: who decided before there were admissions, and the
    grade to which a demotion falls. A trigger keeps the candidate and the two people apart.
    """

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="admissions")
    person = models.UUIDField(db_index=True)
    grade = models.PositiveSmallIntegerField(_("grade"))
    state = models.CharField(_("state"), max_length=12, default=rules.EXAM)
    inherited = models.BooleanField(default=False)
    paper = models.CharField(_("exam paper"), max_length=40, blank=True)
    points = models.PositiveSmallIntegerField(_("points"), null=True)
    entered_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    entered_person = models.UUIDField(null=True)
    entered_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_person = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    moved_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    moved_person = models.UUIDField(null=True)
    shadow_at = models.DateTimeField(null=True)
    probation_at = models.DateTimeField(null=True)
    admitted_at = models.DateTimeField(null=True)
    valid_until = models.DateField(_("valid until"), null=True)
    ended_at = models.DateTimeField(null=True)
    ended_why = models.CharField(_("why"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("admission")
        indexes = [models.Index(fields=["state", "-id"], name="authorization_admission_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state__in=rules.BEFORE),
                name="authorization_admission_one_way",
            ),
            models.UniqueConstraint(
                fields=["person", "grade"],
                condition=Q(state=rules.ADMITTED),
                name="authorization_admission_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.ADMISSION_FLOW.states, grade__in=GRADES),
                name="authorization_admission_known",
            ),
            models.CheckConstraint(
                condition=Q(inherited=True, entered_by=None, points=None)
                | Q(
                    inherited=False,
                    entered_by__isnull=False,
                    entered_person__isnull=False,
                    points__isnull=False,
                ),
                name="authorization_admission_exam",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.EXAM, decided_by=None)
                | Q(inherited=True)
                | Q(~Q(state=rules.EXAM), decided_by__isnull=False, decided_person__isnull=False),
                name="authorization_admission_decided",
            ),
            models.CheckConstraint(
                condition=(~Q(state=rules.SHADOW) | Q(shadow_at__isnull=False))
                & (~Q(state=rules.PROBATION) | Q(probation_at__isnull=False))
                & (
                    ~Q(state=rules.ADMITTED)
                    | Q(admitted_at__isnull=False, valid_until__isnull=False)
                ),
                name="authorization_admission_dated",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.ADMISSION_FLOW.terminal, ended_at__isnull=False)
                | Q(~Q(state__in=rules.ADMISSION_FLOW.terminal), ended_at=None),
                name="authorization_admission_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} G{self.grade} {self.state}"

    @property
    def subject(self) -> str:
        """Return the name under which the trail keeps its steps."""
        return f"authorization.admission:{self.pk}"


class KnownItem(Institutional):
    """A decision whose right answer is established, to be planted among blind reviews.

    Kept by one person and approved by another; ended, it is planted no more.
    """

    decision = models.OneToOneField(
        "authorization.Decision", on_delete=models.PROTECT, related_name="known"
    )
    answer = models.CharField(_("right answer"), max_length=12)
    kept_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    kept_person = models.UUIDField()
    kept_at = models.DateTimeField()
    approved_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    approved_person = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("item with a known answer")
        constraints = [
            models.CheckConstraint(
                condition=Q(answer__in=("approve", "reject")), name="authorization_known_answer"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_person=None, approved_at=None)
                | Q(
                    approved_by__isnull=False,
                    approved_person__isnull=False,
                    approved_at__isnull=False,
                ),
                name="authorization_known_approved",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None, ended_at=None)
                | Q(ended_by__isnull=False, ended_at__isnull=False),
                name="authorization_known_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} {self.answer}"

    @property
    def subject(self) -> str:
        """Return the name under which the trail keeps its steps."""
        return f"authorization.known:{self.pk}"
