"""Books of numbered slips, what became of each, and the times in which outlets were offline."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from authorization.models._items import Request
from authorization.rules import offline as rules
from foundation.people.models import Institutional, Staff


class OfflineBook(Institutional):
    """A book of slips of an outlet: from which serial, how many, issued by whom; never changed."""

    first = models.PositiveIntegerField(_("first serial"))
    count = models.PositiveSmallIntegerField(_("number of slips"))
    issued_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(_("issued at"))

    class Meta:
        verbose_name = _("book of offline slips")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "first"], name="authorization_offlinebook_once"
            ),
            models.CheckConstraint(
                condition=Q(first__gte=1, count__gte=1, count__lte=rules.BOOK_MOST),
                name="authorization_offlinebook_size",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.first}+{self.count}"

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows this book."""
        return f"authorization.offlinebook:{self.pk}"


class OfflinePeriod(Institutional):
    """From when to when the outlets of an institution could not reach the server.

    Declared afterwards by two people; states of `PERIOD_FLOW`. Slips of that time are keyed in
    `until` the hours that the bank allows are over. `epoch` is drawn with those of emergencies.
    """

    began_at = models.DateTimeField(_("from"))
    ended_at = models.DateTimeField(_("to"))
    reason = models.CharField(_("reason"), max_length=200)
    state = models.CharField(_("state"), max_length=10, default=rules.PROPOSED)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    epoch = models.PositiveIntegerField(_("epoch"), null=True, unique=True)
    until = models.DateTimeField(_("keyed in until"), null=True)

    class Meta:
        verbose_name = _("offline time")
        indexes = [
            models.Index(fields=["institution", "-id"], name="authorization_offline_time"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=rules.PERIOD_FLOW.states, began_at__lt=F("ended_at"))
                & Q(ended_at__lte=F("proposed_at"))
                & ~Q(reason=""),
                name="authorization_offline_known",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.PROPOSED, decided_by=None, decided_at=None)
                | (
                    ~Q(state=rules.PROPOSED)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(proposed_by=F("decided_by"))
                ),
                name="authorization_offline_two_people",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.ACTIVE, epoch__isnull=False, until__isnull=False)
                | (~Q(state=rules.ACTIVE) & Q(epoch=None, until=None)),
                name="authorization_offline_epoch",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.began_at:%Y-%m-%d %H:%M}"

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows this time."""
        return f"authorization.offline:{self.pk}"


class OfflineSlip(Institutional):
    """One numbered slip; states of `SLIP_FLOW`. `order` is what was keyed from the paper.

    `signed_at` and `authorizer` are the decision on paper; `remark` why a checker sent it back, or
    what became of a number that was not used. A trigger keeps the three humans apart and the slip
    within its offline time.
    """

    book = models.ForeignKey(OfflineBook, on_delete=models.PROTECT, related_name="slips")
    number = models.CharField(_("number of the slip"), max_length=13, unique=True)
    state = models.CharField(_("state"), max_length=10, default=rules.ISSUED)
    period = models.ForeignKey(
        OfflinePeriod, on_delete=models.PROTECT, null=True, related_name="slips"
    )
    trade_code = models.CharField(_("transaction code"), max_length=8, blank=True)
    amount_fen = models.BigIntegerField(_("amount"), null=True)
    order = models.JSONField(default=dict)
    signed_at = models.DateTimeField(_("decided on paper"), null=True)
    authorizer = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    authorizer_person = models.UUIDField(null=True)
    keyed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    keyed_person = models.UUIDField(null=True)
    keyed_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    checked_person = models.UUIDField(null=True)
    checked_at = models.DateTimeField(null=True)
    request = models.OneToOneField(
        Request, on_delete=models.PROTECT, null=True, related_name="offline_slip"
    )
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    explained_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    explained_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("offline slip")
        indexes = [
            models.Index(fields=["book", "number"], name="authorization_slip_of_book"),
            models.Index(
                fields=["institution", "-id"],
                condition=Q(state=rules.KEYED),
                name="authorization_slip_keyed",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=rules.SLIP_FLOW.states), name="authorization_slip_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=(rules.KEYED, rules.ENTERED),
                    period__isnull=False,
                    amount_fen__gt=0,
                    signed_at__isnull=False,
                    authorizer__isnull=False,
                    authorizer_person__isnull=False,
                    keyed_by__isnull=False,
                    keyed_person__isnull=False,
                    keyed_at__isnull=False,
                )
                | Q(state__in=(rules.ISSUED, rules.VOID, rules.MISSING), period=None),
                name="authorization_slip_keyed_whole",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=rules.ENTERED,
                    request__isnull=False,
                    checked_by__isnull=False,
                    checked_person__isnull=False,
                    checked_at__isnull=False,
                )
                | (~Q(state=rules.ENTERED) & Q(request=None, checked_by=None, checked_at=None)),
                name="authorization_slip_entered_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(rules.VOID, rules.MISSING))
                | (Q(explained_by__isnull=False, explained_at__isnull=False) & ~Q(remark="")),
                name="authorization_slip_explained",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows this slip."""
        return f"authorization.offlineslip:{self.number}"
