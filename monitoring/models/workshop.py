"""Rules of monitoring, their versions, what they found, and the days that they look back on."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.people.models import Institution, Institutional, Staff
from monitoring.rules import workshop as rules


class MonitoringRule(models.Model):
    """A rule of the whole bank by its code; what it says is in its versions.

    `at_once` rules are asked as a line is posted, besides at night.
    """

    number = models.CharField(_("rule"), max_length=4, unique=True)
    title = models.CharField(_("title"), max_length=80)
    english = models.CharField(max_length=80)
    link = models.CharField(_("risk link"), max_length=2)
    business = models.CharField(_("key business"), max_length=2, blank=True)
    kind = models.CharField(_("kind"), max_length=8)
    entity = models.CharField(_("about"), max_length=16)
    at_once = models.BooleanField(_("as it is posted"), default=False)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("monitoring rule")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=tuple(rules.KINDS)), name="monitoring_rule_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(entity__in=tuple(rules.ENTITIES)), name="monitoring_rule_entity_known"
            ),
            models.CheckConstraint(
                condition=Q(link__in=tuple(rules.LINKS)), name="monitoring_rule_link_known"
            ),
            models.CheckConstraint(
                condition=Q(at_once=False) | Q(kind=rules.SINGLE), name="monitoring_rule_at_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RuleVersion(models.Model):
    """What a rule says from a day on; states of `rules.workshop.VERSION_FLOW`.

    Once it is no draft its spec never changes, and it is published by another human than who made
    and who proposed it (trigger). In force is the published one with the latest day that has come.
    One that `prevents` keeps what it finds at the counter from being posted until two decide it.
    """

    rule = models.ForeignKey(MonitoringRule, on_delete=models.PROTECT, related_name="versions")
    seq = models.PositiveSmallIntegerField(_("version"))
    state = models.CharField(_("state"), max_length=9, default=rules.DRAFT)
    spec = models.JSONField()
    level = models.CharField(_("level"), max_length=6)
    score = models.PositiveSmallIntegerField(_("score"))
    prevents = models.BooleanField(_("holds the posting"), default=False, db_default=False)
    valid_from = models.DateField(_("valid from"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    made_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("version of a monitoring rule")
        constraints = [
            models.UniqueConstraint(fields=["rule", "seq"], name="monitoring_version_once"),
            models.UniqueConstraint(
                fields=["rule"],
                condition=Q(state__in=(rules.DRAFT, rules.SHADOW, rules.PROPOSED)),
                name="monitoring_one_version_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.VERSION_FLOW.states),
                name="monitoring_version_state_known",
            ),
            models.CheckConstraint(
                condition=Q(level__in=tuple(rules.LEVELS), score__gte=1, score__lte=100),
                name="monitoring_version_score",
            ),
            models.CheckConstraint(
                condition=~Q(state=rules.PUBLISHED)
                | Q(
                    published_by__isnull=False,
                    published_at__isnull=False,
                    proposed_by__isnull=False,
                    valid_from__isnull=False,
                ),
                name="monitoring_version_published_by",
            ),
            models.CheckConstraint(
                condition=~Q(published_by=F("proposed_by")) & ~Q(published_by=F("made_by")),
                name="monitoring_version_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}/{self.seq}"

    @property
    def trail_subject(self) -> str:
        """Return the name under which the trail knows this version."""
        return f"monitoring.version:{self.pk}"

    @property
    def says(self) -> rules.Spec:
        """Return the rule as data."""
        return rules.read(self.spec)


class Backtest(models.Model):
    """A version tried on days that are over, by a job, day by day; nothing comes of what it finds.

    `done_until` is the last day that was looked through; `ended_at` says that it is through.
    """

    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="backtests")
    first = models.DateField(_("from"))
    last = models.DateField(_("to"))
    done_until = models.DateField(null=True)
    asked_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("trial of a rule on days past")
        constraints = [
            models.CheckConstraint(
                condition=Q(last__gte=F("first")), name="monitoring_backtest_days_in_order"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(done_until=F("last")),
                name="monitoring_backtest_through",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.first}–{self.last}"

    @property
    def percent(self) -> int:
        """Return how much of the days is done, in percent."""
        if self.done_until is None:
            return 0
        return (
            100 * ((self.done_until - self.first).days + 1) // ((self.last - self.first).days + 1)
        )


class RuleHit(Institutional):
    """That a version found an entity on a day, with the figures it found; added once, for good.

    `lines` are ids of journal lines that bear it out, the latest. Those of a trial lead nowhere;
    those of a published version lead to an alert, unless the rule was kept quiet about it.
    """

    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="hits")
    backtest = models.ForeignKey(Backtest, on_delete=models.PROTECT, null=True, related_name="hits")
    day = models.DateField(_("business date"))
    entity = models.CharField(_("about"), max_length=64)
    found = ArrayField(models.BigIntegerField(), default=list)
    lines = ArrayField(models.BigIntegerField(), default=list)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("hit of a rule")
        indexes = [
            models.Index(fields=["version", "-day", "-id"], name="monitoring_hits_of_version"),
            models.Index(fields=["day", "entity"], name="monitoring_hits_of_day"),
            models.Index(fields=["backtest", "day"], name="monitoring_hits_of_trial"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "day", "entity"],
                condition=Q(backtest=None),
                name="monitoring_hit_once",
            ),
            models.UniqueConstraint(
                fields=["backtest", "day", "entity"],
                condition=Q(backtest__isnull=False),
                name="monitoring_trial_hit_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.day} {self.entity}"


class RuleRun(models.Model):
    """One run of all rules over a business day: what it went through and what came of it."""

    day = models.DateField(_("business date"))
    started_at = models.DateTimeField(_("started at"))
    ended_at = models.DateTimeField(_("ended at"))
    rules = models.PositiveSmallIntegerField(_("rules"))
    lines = models.PositiveIntegerField(_("lines"))
    hits = models.PositiveIntegerField(_("hits"))
    cut = models.PositiveIntegerField(_("left out"))
    raised = models.PositiveIntegerField(_("alerts raised"))

    class Meta:
        verbose_name = _("run of the rules")
        indexes = [models.Index(fields=["-day", "-id"], name="monitoring_runs")]

    def __str__(self) -> str:
        return f"{self.day}"


class DayFigures(Institutional):
    """What is kept of one day of an account or a teller, so that rules need not read the lines.

    Its index begins with the day: a night writes at its end, and reads whole days.
    """

    # Millions of rows are written in one statement from the journal, which knows its places.
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    day = models.DateField()
    entity = models.CharField(max_length=64)
    lines = models.PositiveIntegerField()
    out_fen = models.BigIntegerField()
    in_fen = models.BigIntegerField()
    cash_out_fen = models.BigIntegerField()
    cash_in_fen = models.BigIntegerField()
    cash_lines = models.PositiveIntegerField()
    cash_max_fen = models.BigIntegerField()
    max_fen = models.BigIntegerField()
    reversals = models.PositiveIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.entity} {self.day}"


class AccountDay(DayFigures):
    """A customer's account on a day, with the lines of both of its sides."""

    class Meta:
        verbose_name = _("day of an account")
        constraints = [
            models.UniqueConstraint(fields=["day", "entity"], name="monitoring_account_day_once")
        ]


class TellerDay(DayFigures):
    """A teller on a day."""

    class Meta:
        verbose_name = _("day of a teller")
        constraints = [
            models.UniqueConstraint(fields=["day", "entity"], name="monitoring_teller_day_once")
        ]
