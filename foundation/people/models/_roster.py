"""Who sits at a centre's desks when: its shifts, and who has which on a day."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.people import rules
from foundation.people.models._house import Institutional, Staff


class Shift(Institutional):
    """The hours of one shift of a centre from a day on; a later row of its code goes before it.

    Rows are added and never changed, so that a day that is over keeps its hours.
    """

    code = models.CharField(_("shift"), max_length=8)
    name = models.CharField(_("name"), max_length=40)
    starts = models.TimeField(_("from"))
    ends = models.TimeField(_("until"))
    break_from = models.TimeField(_("break from"), null=True)
    break_until = models.TimeField(_("break until"), null=True)
    valid_from = models.DateField(_("valid from"))
    set_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = _("shift")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "code", "valid_from"], name="people_shift_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(starts__lt=F("ends"))
                & (
                    Q(break_from=None, break_until=None)
                    | Q(
                        break_from__gte=F("starts"),
                        break_until__gt=F("break_from"),
                        break_until__lte=F("ends"),
                    )
                ),
                name="people_shift_hours_in_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.starts:%H:%M}-{self.ends:%H:%M}"

    @property
    def hours(self) -> rules.Hours:
        """Return its hours, as the rules reckon with them."""
        return rules.Hours(self.starts, self.ends, self.break_from, self.break_until)


class RosterEntry(Institutional):
    """Which shift a person has on a day, or why none; one a human and day, never removed.

    It names the shift by its code: the hours are those in force on the day. The database refuses
    somebody who works elsewhere, a shift that the centre has not, and a past day without a reason.
    """

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    person = models.UUIDField()
    on = models.DateField(_("day"))
    shift_code = models.CharField(_("shift"), max_length=8, blank=True)
    absence = models.CharField(_("absence"), max_length=10, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    set_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = _("roster entry")
        indexes = [models.Index(fields=["institution", "on"], name="people_roster_days")]
        constraints = [
            models.UniqueConstraint(fields=["person", "on"], name="people_roster_one_a_day"),
            models.CheckConstraint(
                condition=(Q(absence="") & ~Q(shift_code=""))
                | Q(shift_code="", absence__in=list(rules.ABSENCES)),
                name="people_roster_shift_or_absence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff_id} {self.on} {self.shift_code or self.absence}"
