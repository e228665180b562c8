"""What people of an outlet said of its items before the centre decides, or instead of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from authorization import rules
from authorization.models._items import Request
from foundation.people.models import Institutional, Staff

MILLISECOND = timedelta(milliseconds=1)


class OnSite(Institutional):
    """One person of the outlet looking at one round of an item on site, and what they said of it.

    It is there from when they opened it, and said once; who opened it and said nothing has no
    `step`. `presented_at` is since when the item waited for its outlet. A trigger refuses who does
    not supervise that outlet, the item's own teller under whatever number, who holds one of its
    accounts, another content than the item's, and any change of what was said; `seen_at` alone is
    set afterwards, once: when a page showed the teller what was said.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="on_site")
    seq = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField(null=True)
    decider = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    decider_label = models.CharField(_("confirmed by"), max_length=60)
    decider_person = models.UUIDField()
    content_hash = models.CharField(max_length=64)
    presented_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    step = models.CharField(_("decision"), max_length=12, blank=True)
    at = models.DateTimeField(null=True)
    reasons = ArrayField(models.CharField(max_length=4), default=list)
    remark = models.CharField(max_length=200, blank=True)
    seen_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("confirmation on site")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "seq", "decider_person"], name="authorization_on_site_once_each"
            ),
            models.UniqueConstraint(
                fields=["request", "seq", "level"], name="authorization_on_site_one_a_level"
            ),
            models.CheckConstraint(
                condition=Q(step="", at=None, level=None)
                | Q(
                    step__in=rules.DECISIONS,
                    at__isnull=False,
                    level__in=[level for level in rules.OUTLET_LEVELS if level],
                ),
                name="authorization_on_site_said_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.seq} {self.step or '…'}"

    @property
    def wait_ms(self) -> int:
        """Return how long the item waited until this person opened it."""
        return _between(self.presented_at, self.opened_at)

    @property
    def view_ms(self) -> int | None:
        """Return how long this person looked at it until they said something, if they did."""
        return None if self.at is None else _between(self.opened_at, self.at)

    @property
    def why(self) -> list[rules.Reason]:
        """Return the reasons of a no, with their words."""
        return [rules.REASONS[code] for code in self.reasons]


def _between(first: datetime, last: datetime) -> int:
    return max(0, (last - first) // MILLISECOND)
