"""Which voucher bears out which journal line, and what came of looking."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import or_

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from foundation.imaging.models import Document
from foundation.people.models import Institutional, Staff
from foundation.worklist.models import WorkItem
from monitoring import rules
from monitoring.models._blanks import BlankRange
from monitoring.models._entry import Keying, Slice
from monitoring.models._held import HeldPosting
from monitoring.models._late import LatePair
from monitoring.models._looks import Forcing, Look, Proof
from monitoring.models._settling import Alignment, DayEnd, Explanation
from monitoring.models._views import ImageDay, StrayView
from monitoring.models.alerts import Alert, AlertLine, Quiet
from monitoring.models.aml import AmlExemption, AmlReport, LargeValue, SuspiciousCase
from monitoring.models.customers import CustomerRating, FreezeInflow, FreezeRequest
from monitoring.models.screening import ScreeningHit, WatchList, WatchName
from monitoring.models.slips import Bulletin, Slip, SlipAppeal, SlipPoint, SlipReply
from monitoring.models.workshop import (
    AccountDay,
    Backtest,
    MonitoringRule,
    RuleHit,
    RuleRun,
    RuleVersion,
    TellerDay,
)

__all__ = [
    "AccountDay",
    "Alert",
    "AlertLine",
    "Alignment",
    "AmlExemption",
    "AmlReport",
    "Backtest",
    "BlankRange",
    "Bulletin",
    "CustomerRating",
    "DayEnd",
    "Explanation",
    "Forcing",
    "FreezeInflow",
    "FreezeRequest",
    "HeldPosting",
    "ImageDay",
    "Keying",
    "LargeValue",
    "LatePair",
    "Look",
    "Match",
    "MonitoringRule",
    "Proof",
    "Quiet",
    "RuleHit",
    "RuleRun",
    "RuleVersion",
    "ScreeningHit",
    "Slice",
    "Slip",
    "SlipAppeal",
    "SlipPoint",
    "SlipReply",
    "StrayView",
    "SuspiciousCase",
    "TellerDay",
    "WatchList",
    "WatchName",
    "subject_of",
]

FITTING = reduce(
    or_, (Q(state=state, result__in=results) for state, results in rules.RESULTS_OF.items())
)


class Match(Institutional):
    """One journal line beside its document; one of the two may be missing.

    States are those of `rules.FLOW`, `result` says what was found. The journal line is copied here
    because it never changes and its table is kept by the month. `least` is the confidence up to
    which the machine alone would have passed the pair, 0 is never. `layout` is the short name of
    the form that its voucher is, empty for no known one. `touched` names the humans who keyed or
    authorised: a trigger keeps them from deciding, and an ended pair from changing.
    """

    business_date = models.DateField(_("business date"))
    journal_no = models.CharField(_("journal number"), max_length=24, blank=True)
    journal_at = models.DateTimeField(_("booked at"), null=True)
    trade_code = models.CharField(_("transaction code"), max_length=8, blank=True)
    teller = models.CharField(_("teller"), max_length=12, blank=True)
    account_number = models.CharField(_("account number"), max_length=32, blank=True)
    counter_account = models.CharField(_("counter-account"), max_length=32, blank=True)
    amount_fen = models.BigIntegerField(_("amount"), null=True)
    voucher_no = models.CharField(_("voucher number"), max_length=20, blank=True)
    subject = models.CharField(_("item"), max_length=80, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(_("state"), max_length=10, default=rules.WAITING)
    result = models.CharField(_("result"), max_length=16, default=rules.WAITING)
    fields = models.JSONField(_("compared fields"), default=list)
    tries = models.PositiveSmallIntegerField(_("comparisons"), default=0)
    least = models.PositiveSmallIntegerField(_("least confidence"), null=True)
    layout = models.CharField(_("layout"), max_length=30, blank=True, default="", db_default="")
    touched = ArrayField(models.UUIDField(), default=list)
    work_item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("paired at"))
    judged_at = models.DateTimeField(_("compared at"), null=True)
    opened_at = models.DateTimeField(_("opened at"), null=True)
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_label = models.CharField(_("auditor"), max_length=60, blank=True)
    decided_person = models.UUIDField(null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("pair of voucher and journal line")
        indexes = [
            models.Index(fields=["institution", "business_date", "result"], name="monitoring_day"),
            models.Index(fields=["business_date", "-id"], name="monitoring_list"),
            models.Index(
                fields=["business_date", "result", "state", "institution"],
                name="monitoring_standing",
            ),
            models.Index(fields=["document"], name="monitoring_document"),
            models.Index(
                fields=["institution", "voucher_no"],
                condition=~Q(voucher_no=""),
                name="monitoring_voucher_no",
            ),
            models.Index(fields=["business_date", "least"], name="monitoring_least"),
            models.Index(
                fields=["business_date", "institution", "state", "result"],
                condition=Q(document=None) | Q(journal_no=""),
                name="monitoring_one_sided",
            ),
            models.Index(
                fields=["opened_at"], condition=Q(state=rules.OPEN), name="monitoring_open"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "business_date", "journal_no"],
                condition=~Q(journal_no=""),
                name="monitoring_journal_line_once",
            ),
            models.UniqueConstraint(
                fields=["document"], condition=Q(journal_no=""), name="monitoring_stray_image_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.FLOW.states), name="monitoring_state_known"
            ),
            models.CheckConstraint(condition=FITTING, name="monitoring_result_fits_state"),
            models.CheckConstraint(
                condition=Q(document__isnull=False, result__in=sorted(rules.RESULTS))
                | Q(document=None, result__in=(rules.IMAGE_MISSING, rules.MATCHED_FORCED)),
                name="monitoring_without_image_said",
            ),
            models.CheckConstraint(
                condition=Q(journal_no="", amount_fen=None, journal_at=None)
                | (~Q(journal_no="") & Q(amount_fen__gt=0, journal_at__isnull=False)),
                name="monitoring_journal_line_whole",
            ),
            models.CheckConstraint(
                condition=Q(journal_no="", document__isnull=False) | ~Q(journal_no=""),
                name="monitoring_one_side_there",
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None, decided_person=None, decided_label="")
                | (
                    Q(
                        decided_by__isnull=False,
                        decided_at__isnull=False,
                        decided_person__isnull=False,
                    )
                    & ~Q(decided_label="")
                ),
                name="monitoring_decided_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(rules.FORCED, rules.CONFIRMED), decided_by__isnull=False)
                | (~Q(state__in=(rules.FORCED, rules.CONFIRMED)) & Q(decided_by=None, reason="")),
                name="monitoring_ended_by_person",
            ),
            models.CheckConstraint(
                condition=~Q(state=rules.FORCED) | ~Q(reason=""),
                name="monitoring_forced_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.WAITING) | Q(judged_at__isnull=False),
                name="monitoring_judged_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.business_date} {self.journal_no or '—'}"

    @property
    def trail_subject(self) -> str:
        """Return the name under which the trail and the worklist know this pair."""
        return subject_of(self.pk)

    @property
    def compared(self) -> tuple[rules.Field, ...]:
        """Return the compared fields as values."""
        return tuple(
            rules.Field(**{**row, "box": tuple(row["box"]) if row["box"] else None})
            for row in self.fields
        )

    @property
    def finding(self) -> rules.Result:
        """Return the word and the colour of the result."""
        return rules.RESULTS[self.result]

    @property
    def is_whole(self) -> bool:
        """Tell whether a line and a voucher stand beside one another."""
        return self.document_id is not None and bool(self.journal_no)

    @property
    def findings(self) -> Sequence[str]:
        """Return which differences an auditor can find of it."""
        return rules.findings_of(voucher=self.document_id is not None, line=bool(self.journal_no))

    @property
    def differing(self) -> int:
        """Return how many fields were read and differ."""
        return sum(field.verdict == rules.DIFFERS for field in self.compared)


def subject_of(number: int) -> str:
    """Return the name of a pair on the trail and in the queue."""
    return f"monitoring.match:{number}"
