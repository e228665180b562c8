"""What a person works as and is certified for, each from a day until a day."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.people.models._house import Institutional, Staff


class Post(Institutional):
    """Where a person works as what, from a day until a day: the history of rotations.

    Locked to the scope: a post at an institution out of sight is not there.
    """

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="posts")
    title = models.CharField(_("post"), max_length=40)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True)

    class Meta:
        verbose_name = _("post")
        constraints = [
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
