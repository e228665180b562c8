"""Business numbers with a date, and the days of the calendar: changed by two people."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.people.models import Institution, Staff


class Policy(models.Model):
    """The value of one business number from a day on, for the bank or for one institution.

    A row is proposed by one person and counts only once another has approved it; it is never
    changed, only followed by a later row. States: waiting, approved, declined.
    """

    code = models.CharField(_("policy"), max_length=60)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, null=True, related_name="+"
    )
    value = models.CharField(_("value"), max_length=200)
    valid_from = models.DateField(_("valid from"))
    reason = models.CharField(_("reason"), max_length=200)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    declined_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("policy")
        indexes = [models.Index(fields=["code", "-valid_from"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="policy_approved_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(declined_by=None, declined_at=None)
                | Q(approved_by=None, declined_by__isnull=False, declined_at__isnull=False),
                name="policy_declined_by_and_at",
            ),
            models.CheckConstraint(
                condition=~Q(proposed_by=F("approved_by")), name="policy_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.value} {self.valid_from}"


class CalendarDay(models.Model):
    """A day that differs from its weekday: a holiday, or a weekend day that is worked.

    Loaded from the published calendar (nobody proposed it), or proposed by one person and counting
    once another has approved it. A later row corrects a day; the latest that counts wins.
    """

    on = models.DateField(_("day"), db_index=True)
    works = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=40, blank=True)
    source = models.CharField(_("source"), max_length=60)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("calendar day")
        constraints = [
            models.UniqueConstraint(
                fields=["on"], condition=Q(proposed_by=None), name="policy_day_loaded_once"
            ),
            models.CheckConstraint(
                condition=Q(proposed_by=None, proposed_at=None)
                | Q(proposed_by__isnull=False, proposed_at__isnull=False),
                name="policy_day_proposed_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(
                    proposed_by__isnull=False,
                    approved_by__isnull=False,
                    approved_at__isnull=False,
                ),
                name="policy_day_approved_by_and_at",
            ),
            models.CheckConstraint(
                condition=~Q(proposed_by=F("approved_by")), name="policy_day_two_people"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"
