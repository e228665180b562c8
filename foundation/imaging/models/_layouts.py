"""The forms that the bank knows: versions of a blank form and of the zones that are read on it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.imaging.rules import layouts as rules
from foundation.people.models import Staff


class Layout(models.Model):
    """A version of one form, for the whole bank: drawn by one person, published by another.

    `picture` names the scan of the empty form in the store, `zones` are read by `rules.layouts`.
    One version of a form is in use at a time; what was published is never changed (a trigger).
    """

    code = models.CharField(_("short name"), max_length=30)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    title = models.CharField(_("title"), max_length=60)
    state = models.CharField(_("state"), max_length=10, default=rules.DRAFT)
    picture = models.CharField(max_length=120)
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    zones = models.JSONField(default=list)
    drawn_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField(_("drawn at"))
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("layout of a form")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="imaging_layout_version_once"),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(state=rules.PUBLISHED),
                name="imaging_layout_one_in_use",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.FLOW.states), name="imaging_layout_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=rules.DRAFT, decided_by=None, decided_at=None)
                | (
                    ~Q(state=rules.DRAFT)
                    & Q(decided_by__isnull=False)
                    & Q(decided_at__isnull=False)
                ),
                name="imaging_layout_decided",
            ),
            models.CheckConstraint(
                condition=~Q(drawn_by=F("decided_by")), name="imaging_layout_two_people"
            ),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        """Return the name under which the reader knows this version."""
        return f"{self.code}.{self.version}"

    @property
    def reads(self) -> tuple[rules.Zone, ...]:
        """Return the zones as the rules reckon with them."""
        return rules.zones_of(self.zones)
