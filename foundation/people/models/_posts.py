"""What a person works as and is certified for, each from a day until a day."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.people import rules
from foundation.people.models._house import Institutional, Staff


class Post(Institutional):
    """Where a person works as what, from a day until a day: the history of rotations.

    Locked to the scope: a post at an institution out of sight is not there. Proposed by one
    person and approved by another; without both only at the beginning (a number just opened, the
    installation), which the database lets pass in the system's scope alone. Rows only ever end,
    and no two of one number overlap (people_post_no_overlap).
    """

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="posts")
    title = models.CharField(_("post"), max_length=40)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    approved_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("post")
        constraints = [
            models.CheckConstraint(
                condition=Q(proposed_by=None, approved_by=None)
                | (
                    Q(proposed_by__isnull=False, approved_by__isnull=False)
                    & ~Q(proposed_by=F("approved_by"))
                    & ~Q(staff=F("approved_by"))
                ),
                name="people_post_two_people",
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="people_post_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["staff"], condition=Q(valid_until=None), name="people_post_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.title}"


class PostProposal(Institutional):
    """A wish that a person works at the institution as something from a day on.

    States: waiting (nobody decided), approved, declined.
    """

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="post_proposals")
    title = models.CharField(_("post"), max_length=40)
    valid_from = models.DateField(_("valid from"))
    reason = models.CharField(_("reason"), max_length=200)
    state = models.CharField(_("state"), max_length=10, default=rules.WAITING)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("proposal of a post")
        constraints = [
            models.CheckConstraint(
                condition=Q(state=rules.WAITING, decided_by=None, decided_at=None)
                | Q(
                    state__in=[rules.APPROVED, rules.DECLINED],
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="people_post_decided_by_and_at",
            ),
            models.CheckConstraint(
                condition=~Q(proposed_by=F("decided_by")), name="people_post_proposal_two_people"
            ),
            models.UniqueConstraint(
                fields=["staff"], condition=Q(state=rules.WAITING), name="people_post_waits_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.title}"


class Qualification(models.Model):
    """A skill that a person has been certified for, at a grade, until a day."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="qualifications")
    skill = models.CharField(_("skill"), max_length=40)
    grade = models.PositiveSmallIntegerField(_("grade"))
    certificate = models.CharField(_("certificate"), max_length=40, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))

    class Meta:
        verbose_name = _("qualification")
        constraints = [
            models.CheckConstraint(
                condition=Q(grade__gte=1, grade__lte=5),
                name="people_qualification_grade_one_to_five",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")),
                name="people_qualification_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["staff", "skill", "valid_from"], name="people_qualification_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.skill}"
