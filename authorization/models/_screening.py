"""What the watch lists said of an item when it was sent, kept apart from its outlet."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from authorization.models._items import Request
from authorization.rules import screening as rules
from foundation.people.models import Institutional


class Screening(Institutional):
    """The screening of a round of an item: against which lists, what was found. Never changed.

    The institution is the branch above the item's outlet, so that nobody of the outlet sees it.
    `hits` are those of `rules.Hit`, the best first; `alone` tells that the rule would have let the
    item pass.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="screenings")
    seq = models.PositiveSmallIntegerField()
    state = models.CharField(_("state"), max_length=12)
    lists = models.JSONField(default=list)
    hits = models.JSONField(default=list)
    alone = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("screening of an item")
        indexes = [
            models.Index(
                fields=["institution", "-id"],
                condition=Q(state=rules.POSSIBLE),
                name="authorization_screening_hit",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "seq"], name="authorization_screening_once_a_round"
            ),
            models.CheckConstraint(
                condition=Q(state__in=list(rules.STATES))
                & (
                    (Q(state=rules.POSSIBLE) & ~Q(hits=[]))
                    | (~Q(state=rules.POSSIBLE) & Q(hits=[]))
                ),
                name="authorization_screening_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.seq} {self.state}"

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows this screening."""
        return f"{rules.APART}:{self.pk}"
