"""Alerts: what rules found and people look into, its evidence, and what is kept quiet."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.people.models import Institutional, Staff
from foundation.worklist.models import WorkItem
from monitoring.models.workshop import MonitoringRule, RuleVersion
from monitoring.rules import alerts as rules
from monitoring.rules import workshop


class Alert(Institutional):
    """What a rule found about one entity; one is open at a time, another hit makes it weigh more.

    States of `rules.alerts.FLOW`. `touched` names the humans behind the lines: a trigger keeps them
    from working on it. An ended alert stays as it is, but for being registered as an error.
    """

    rule = models.ForeignKey(MonitoringRule, on_delete=models.PROTECT, related_name="alerts")
    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="alerts")
    entity = models.CharField(_("about"), max_length=64)
    day = models.DateField(_("business date"))
    last_day = models.DateField(_("last hit"))
    hits = models.PositiveSmallIntegerField(_("hits"), default=1)
    level = models.CharField(_("level"), max_length=6)
    score = models.PositiveSmallIntegerField(_("score"))
    found = ArrayField(models.BigIntegerField(), default=list)
    state = models.CharField(_("state"), max_length=16, default=rules.NEW)
    touched = ArrayField(models.UUIDField(), default=list)
    work_item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, null=True, related_name="+")
    raised_at = models.DateTimeField(_("raised at"))
    handled_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    slip_number = models.CharField(_("slip"), max_length=40, blank=True)
    reply = models.CharField(_("reply"), max_length=500, blank=True)
    closed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(_("alert closed at"), null=True)
    words = models.CharField(_("why"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("alert")
        indexes = [
            models.Index(fields=["day", "-id"], name="monitoring_alerts_of_day"),
            models.Index(fields=["rule", "state"], name="monitoring_alerts_of_rule"),
            models.Index(fields=["state", "-id"], name="monitoring_alerts_by_state"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "entity"],
                condition=Q(state__in=rules.OPEN),
                name="monitoring_one_alert_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.FLOW.states), name="monitoring_alert_state_known"
            ),
            models.CheckConstraint(
                condition=Q(level__in=tuple(workshop.LEVELS), score__lte=100),
                name="monitoring_alert_level_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.ENDED, closed_by__isnull=False, closed_at__isnull=False)
                & ~Q(words="")
                | Q(state__in=rules.OPEN, closed_by=None, closed_at=None, words=""),
                name="monitoring_alert_closed_by_and_at",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(rules.QUERY_ISSUED, rules.REPLIED)) | ~Q(slip_number=""),
                name="monitoring_alert_query_has_slip",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.entity}"

    @property
    def trail_subject(self) -> str:
        """Return the name under which the trail and the worklist know this alert."""
        return rules.subject_of(self.pk)


class AlertLine(Institutional):
    """A journal line that bears an alert out; copied, since the journal is kept by the month."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="evidence")
    line = models.BigIntegerField()
    business_date = models.DateField(_("business date"))
    journal_no = models.CharField(_("journal number"), max_length=20)
    at = models.DateTimeField(_("booked at"))
    teller = models.CharField(_("teller"), max_length=12)
    trade_code = models.CharField(_("transaction code"), max_length=8)
    account_number = models.CharField(_("account number"), max_length=32)
    counter_account = models.CharField(_("counter-account"), max_length=32, blank=True)
    side = models.CharField(_("debit or credit"), max_length=6)
    amount_fen = models.BigIntegerField(_("amount"))
    subject = models.CharField(_("item"), max_length=80, blank=True)
    own = models.BooleanField(_("has an entry"))

    class Meta:
        verbose_name = _("line of an alert")
        constraints = [
            models.UniqueConstraint(fields=["alert", "line"], name="monitoring_alert_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.journal_no}"


class Quiet(Institutional):
    """That a rule raises no alert about an entity until a day; what it finds is counted."""

    rule = models.ForeignKey(MonitoringRule, on_delete=models.PROTECT, related_name="quiet")
    entity = models.CharField(_("about"), max_length=64)
    until = models.DateField(_("quiet until"))
    words = models.CharField(_("why"), max_length=200)
    by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("rule kept quiet")
        indexes = [models.Index(fields=["rule", "entity", "-until"], name="monitoring_quiet_until")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.entity} {self.until}"
