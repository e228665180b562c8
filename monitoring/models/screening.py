"""Watch lists, version by version, and the customers that were found on them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.people.models import Institutional, Staff
from monitoring.rules import aml
from monitoring.rules import screening as rules


class WatchList(models.Model):
    """One version of a published list, for the whole bank: imported by one, in force by another.

    Not locked to the scope (decision 0183): every customer of the bank is screened against it.
    """

    code = models.CharField(_("list"), max_length=20)
    version = models.CharField(_("version"), max_length=20)
    source = models.CharField(_("source"), max_length=80)
    sha256 = models.CharField(_("fingerprint of the file"), max_length=64)
    count = models.PositiveIntegerField(_("names"))
    state = models.CharField(_("state"), max_length=10, default=rules.IMPORTED)
    imported_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    imported_person = models.UUIDField()
    imported_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_person = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    screened_at = models.DateTimeField(_("customers screened at"), null=True)

    class Meta:
        verbose_name = _("watch list")
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="monitoring_watchlist_once"),
            models.UniqueConstraint(
                fields=["code"],
                condition=Q(state=rules.ACTIVE),
                name="monitoring_watchlist_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.LIST_FLOW.states), name="monitoring_watchlist_known"
            ),
            models.CheckConstraint(
                condition=Q(
                    state=rules.IMPORTED, decided_by=None, decided_person=None, decided_at=None
                )
                | (
                    ~Q(state=rules.IMPORTED)
                    & Q(
                        decided_by__isnull=False,
                        decided_person__isnull=False,
                        decided_at__isnull=False,
                    )
                ),
                name="monitoring_watchlist_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows this list."""
        return f"{aml.APART}.list:{self.pk}"


class WatchName(models.Model):
    """One name of an entry of a list, which may have several, Chinese or Latin. Never changed."""

    watch_list = models.ForeignKey(WatchList, on_delete=models.PROTECT, related_name="names")
    entry = models.CharField(_("entry"), max_length=40)
    name = models.CharField(_("name"), max_length=120)
    id_number = models.CharField(_("number of the proof of identity"), max_length=40, blank=True)
    birth_date = models.DateField(_("birth date"), null=True)
    remark = models.CharField(_("remark"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("name on a watch list")
        constraints = [
            models.UniqueConstraint(
                fields=["watch_list", "entry", "name"], name="monitoring_watchname_once"
            ),
            models.CheckConstraint(
                condition=~Q(entry="") & ~Q(name=""), name="monitoring_watchname_whole"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} {self.name}"


class ScreeningHit(Institutional):
    """A customer who is like an entry of a list: judged by one, confirmed by a second human.

    Once for a customer, an entry and a version. `entry_print` and `customer_print` tell whether
    either changed since a false match was confirmed; as long as not, it is not raised again. The
    institution is the branch (decision 0207).
    """

    customer = models.CharField(_("customer number"), max_length=20)
    customer_name = models.CharField(_("customer"), max_length=80)
    customer_print = models.CharField(max_length=64)
    watch_list = models.ForeignKey(WatchList, on_delete=models.PROTECT, related_name="hits")
    watch_name = models.ForeignKey(WatchName, on_delete=models.PROTECT, related_name="hits")
    entry = models.CharField(_("entry"), max_length=40)
    entry_print = models.CharField(max_length=64)
    score = models.PositiveSmallIntegerField(_("score"))
    reasons = models.JSONField(_("why"))
    state = models.CharField(_("state"), max_length=10, default=rules.RAISED)
    raised_at = models.DateTimeField(_("raised at"))
    verdict = models.CharField(_("verdict"), max_length=5, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    judged_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    judged_person = models.UUIDField(null=True)
    judged_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    confirmed_person = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("hit on a watch list")
        indexes = [
            models.Index(fields=["institution", "-id"], name="monitoring_hit_list"),
            models.Index(fields=["customer", "entry"], name="monitoring_hit_known"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "customer", "watch_list", "entry"],
                name="monitoring_screening_hit_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.HIT_FLOW.states, score__lte=100),
                name="monitoring_hit_state_known",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.RAISED)
                | (
                    Q(verdict__in=sorted(rules.VERDICTS), judged_by__isnull=False)
                    & Q(judged_person__isnull=False, judged_at__isnull=False)
                    & ~Q(reason="")
                ),
                name="monitoring_hit_judged",
            ),
            models.CheckConstraint(
                condition=(
                    Q(state__in=rules.OPEN_HITS)
                    & Q(confirmed_by=None, confirmed_person=None, confirmed_at=None)
                )
                | (
                    (
                        Q(state=rules.UPHELD, verdict=rules.JUDGED_TRUE)
                        | Q(state=rules.DISMISSED, verdict=rules.JUDGED_FALSE)
                    )
                    & Q(confirmed_by__isnull=False, confirmed_person__isnull=False)
                    & Q(confirmed_at__isnull=False)
                ),
                name="monitoring_hit_confirmed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer} {self.entry} {self.score}"

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows this hit."""
        return f"{aml.APART}.hit:{self.pk}"
