"""What an item's teller and its authorizer say to each other while it is in the centre."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from authorization import rules
from authorization.models._items import Request
from foundation.people.models import Institutional, Staff


class Message(Institutional):
    """One short message about an item; added, never changed.

    `side` is one of `rules.SIDES`. A trigger lets only the item's teller write on the counter's
    side, and on the desk's only who holds the item, or asks about it while it is on hold.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="messages")
    attempt = models.PositiveSmallIntegerField()
    side = models.CharField(max_length=8)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    by_label = models.CharField(max_length=60)
    text = models.CharField(_("message"), max_length=rules.LONGEST)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("message")
        indexes = [models.Index(fields=["request", "-id"], name="authorization_talk")]
        constraints = [
            models.CheckConstraint(
                condition=Q(side__in=rules.SIDES) & ~Q(text=""),
                name="authorization_message_says",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.side}"
