"""Large values, who is exempt, suspicious cases, and the reports made of them.

The institution of every row is the branch, never the outlet of the customer: no scope of an outlet
or a sub-branch holds a row, whatever a page would ask (no tipping-off, decision 0207).
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.people.models import Institutional, Staff
from monitoring.rules import aml as rules
from monitoring.rules import currencies


def signed(prefix: str) -> Q:
    """Return that a step was taken: by whom, by which human, when."""
    return Q(**{f"{prefix}_{part}__isnull": False for part in ("by", "person", "at")})


def unsigned(prefix: str) -> Q:
    """Return that a step was not taken."""
    return Q(**{f"{prefix}_{part}": None for part in ("by", "person", "at")})


class AmlReport(Institutional):
    """The file of a report, kept as it was made; never changed. `seq` counts in a branch's year."""

    kind = models.CharField(_("kind"), max_length=10)
    year = models.PositiveSmallIntegerField()
    seq = models.PositiveIntegerField(_("number"))
    name = models.CharField(_("file name"), max_length=60, unique=True)
    count = models.PositiveIntegerField(_("count"))
    content = models.BinaryField()
    sha256 = models.CharField(_("check sum"), max_length=64)
    made_at = models.DateTimeField(_("made at"))
    asked_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("report to the AML centre")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "kind", "year", "seq"], name="monitoring_aml_report_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(rules.REPORT_KINDS), count__gt=0, seq__gt=0),
                name="monitoring_aml_report_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows this report."""
        return f"{rules.APART}.report:{self.pk}"


class AmlExemption(Institutional):
    """A customer whose large values need no report for some days, by two people."""

    customer = models.CharField(_("customer number"), max_length=20)
    reason = models.CharField(_("reason"), max_length=200)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))
    state = models.CharField(_("state"), max_length=10, default=rules.PROPOSED)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_person = models.UUIDField()
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_person = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("exemption from large-value reports")
        indexes = [models.Index(fields=["customer", "state"], name="monitoring_aml_exempt")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=rules.EXEMPTION_FLOW.states),
                name="monitoring_aml_exempt_known",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")), name="monitoring_aml_exempt_span"
            ),
            models.CheckConstraint(
                condition=(Q(state=rules.PROPOSED) & unsigned("decided"))
                | (~Q(state=rules.PROPOSED) & signed("decided")),
                name="monitoring_aml_exempt_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer} {self.state}"

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows this exemption."""
        return f"{rules.APART}.exemption:{self.pk}"


class LargeValue(Institutional):
    """What a customer received or paid in one way on one day, from the threshold of the day on.

    States are those of `rules.LARGE_FLOW`. `evidence` holds the journal lines, `sums` hundredths by
    currency, `amount_fen` and `amount_cents` what all of it is worth, `basis` why it is large
    (`currencies.BASES`). While nobody has filled it, building again follows what was posted since;
    later `changed` says that the books say otherwise by now, or why it lapsed (`rules.CHANGES`).
    """

    business_date = models.DateField(_("business date"))
    customer = models.CharField(_("customer number"), max_length=20)
    customer_name = models.CharField(_("customer"), max_length=80)
    side = models.CharField(_("side"), max_length=3)
    kind = models.CharField(_("kind"), max_length=10)
    amount_fen = models.BigIntegerField(_("amount"))
    threshold_fen = models.BigIntegerField(_("threshold"))
    amount_cents = models.BigIntegerField(_("worth in US cents"), default=0)
    threshold_cents = models.BigIntegerField(_("threshold in US cents"), default=0)
    basis = models.CharField(_("why it is large"), max_length=8, default=currencies.OWN)
    sums = models.JSONField(_("sums by currency"), default=dict)
    evidence = models.JSONField(_("journal lines"))
    due_on = models.DateField(_("due on"))
    state = models.CharField(_("state"), max_length=10, default=rules.GAPS)
    changed = models.CharField(
        _("changed since"), max_length=8, blank=True, default="", db_default=""
    )
    built_at = models.DateTimeField()
    exemption = models.ForeignKey(
        AmlExemption, on_delete=models.PROTECT, null=True, related_name="spared"
    )
    id_number = models.CharField(_("number of the proof of identity"), max_length=40, blank=True)
    counterparty = models.CharField(_("counterparty"), max_length=120, blank=True)
    purpose = models.CharField(_("purpose"), max_length=120, blank=True)
    filled_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    filled_person = models.UUIDField(null=True)
    filled_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    reviewed_person = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    report = models.ForeignKey(AmlReport, on_delete=models.PROTECT, null=True, related_name="large")

    class Meta:
        verbose_name = _("large value")
        indexes = [
            models.Index(fields=["institution", "-id"], name="monitoring_aml_large_list"),
            models.Index(fields=["state", "due_on"], name="monitoring_aml_large_due"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "business_date", "customer", "side", "kind"],
                name="monitoring_aml_large_once",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=rules.LARGE_FLOW.states,
                    side__in=sorted(rules.SIDES),
                    kind__in=sorted(rules.KINDS),
                    basis__in=sorted(currencies.BASES),
                    due_on__gte=F("business_date"),
                ),
                name="monitoring_aml_large_known",
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__gte=F("threshold_fen"))
                | Q(
                    basis__in=(currencies.FOREIGN, currencies.EACH, currencies.TOGETHER),
                    amount_cents__gte=F("threshold_cents"),
                )
                | Q(basis=currencies.UNRATED),
                name="monitoring_aml_large_enough",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=rules.WITH_FILLER)
                | (signed("filled") & ~Q(id_number="") & ~Q(counterparty="") & ~Q(purpose="")),
                name="monitoring_aml_large_filled",
            ),
            models.CheckConstraint(
                condition=(Q(state__in=rules.WITH_REVIEWER) & signed("reviewed"))
                | (~Q(state__in=rules.WITH_REVIEWER) & unsigned("reviewed")),
                name="monitoring_aml_large_reviewed",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.REPORTED, report__isnull=False)
                | (~Q(state=rules.REPORTED) & Q(report=None)),
                name="monitoring_aml_large_reported",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.LAPSED, changed__in=(rules.UNDONE, rules.BELOW))
                | Q(state__in=rules.FOLLOWED, changed__in=("", rules.MOVED))
                | (~Q(state__in=(rules.LAPSED, *rules.FOLLOWED)) & Q(changed="")),
                name="monitoring_aml_large_changed",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.EXEMPT, exemption__isnull=False)
                | (~Q(state=rules.EXEMPT) & Q(exemption=None)),
                name="monitoring_aml_large_exempt",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.business_date} {self.customer} {self.side} {self.kind}"

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows this large value."""
        return f"{rules.APART}.large:{self.pk}"


class SuspiciousCase(Institutional):
    """What may be laundering: told by an analyst, reviewed, confirmed by the lead, reported.

    States are those of `rules.CASE_FLOW`; the three are three humans. `key` keeps a rule from
    opening the same case twice, `joined` holds the keys of what was found while it was open.
    """

    customer = models.CharField(_("customer number"), max_length=20)
    customer_name = models.CharField(_("customer"), max_length=80)
    origin = models.CharField(_("origin"), max_length=10)
    key = models.CharField(max_length=80, blank=True)
    joined = models.JSONField(default=list, db_default=[])
    evidence = models.JSONField(_("journal lines"), default=list)
    narrative = models.TextField(_("narrative"), blank=True)
    state = models.CharField(_("state"), max_length=10, default=rules.DRAFT)
    opened_at = models.DateTimeField(_("opened at"))
    analyst = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    analyst_person = models.UUIDField(null=True)
    submitted_at = models.DateTimeField(null=True)
    reviewer = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    reviewer_person = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    lead = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    lead_person = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)
    report = models.ForeignKey(AmlReport, on_delete=models.PROTECT, null=True, related_name="cases")

    class Meta:
        verbose_name = _("suspicious case")
        indexes = [models.Index(fields=["institution", "-id"], name="monitoring_aml_case_list")]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "key"],
                condition=~Q(key=""),
                name="monitoring_aml_case_once",
            ),
            models.UniqueConstraint(
                fields=["institution", "customer"],
                condition=Q(state__in=(rules.DRAFT, rules.SUBMITTED, rules.SUPPORTED)),
                name="monitoring_aml_case_one_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.CASE_FLOW.states, origin__in=sorted(rules.ORIGINS)),
                name="monitoring_aml_case_known",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.DRAFT)
                | (Q(analyst__isnull=False, submitted_at__isnull=False) & ~Q(narrative="")),
                name="monitoring_aml_case_told",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(rules.SUPPORTED, rules.CONFIRMED, rules.REPORTED))
                | Q(reviewer__isnull=False, reviewed_at__isnull=False),
                name="monitoring_aml_case_reviewed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(rules.CONFIRMED, rules.REPORTED))
                | Q(lead__isnull=False, decided_at__isnull=False),
                name="monitoring_aml_case_led",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.REPORTED, report__isnull=False)
                | (~Q(state=rules.REPORTED) & Q(report=None)),
                name="monitoring_aml_case_reported",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer} {self.state}"

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows this case."""
        return f"{rules.APART}.case:{self.pk}"
