"""Counter transactions that wait for, or have had, a second person's decision."""

from __future__ import annotations

from dataclasses import fields

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from authorization import rules
from authorization.models._quality import QualityCase, Review
from foundation.imaging.models import Document
from foundation.kernel.calendar import local
from foundation.kernel.money import Money
from foundation.ledger.models import Entry
from foundation.people.models import Institution, Institutional, Staff
from foundation.worklist.models import WorkItem

__all__ = ["AuthRule", "Decision", "QualityCase", "Request", "Review"]


class AuthRule(models.Model):
    """When one transaction needs a second person, from a day on, for the bank or one institution.

    Proposed by one person, it counts once another has approved it; it is never changed, only
    followed by a later row. The nearest institution above the teller goes before those above it
    and before the bank. States: waiting, approved, declined. What it says is `rules.Rule`.
    """

    trade_code = models.CharField(_("transaction code"), max_length=8)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, null=True, related_name="+"
    )
    valid_from = models.DateField(_("valid from"))
    group = models.CharField(max_length=8)
    skill = models.CharField(max_length=40, blank=True)
    grade = models.PositiveSmallIntegerField()
    outlet_levels = models.PositiveSmallIntegerField(default=0)
    centre_levels = models.PositiveSmallIntegerField(default=1)
    bands = ArrayField(ArrayField(models.BigIntegerField(), size=3), default=list)
    cash = models.CharField(max_length=4, default="none")
    transfer = models.BooleanField(default=False)
    call_back_from_fen = models.BigIntegerField(null=True)
    scan_mode = models.CharField(max_length=8, default="none")
    rescan_minutes = models.PositiveIntegerField(null=True)
    weight_hundredths = models.PositiveIntegerField(default=100)
    always = models.BooleanField(default=False)
    amount_from_fen = models.BigIntegerField(null=True)
    customer_kinds = ArrayField(models.CharField(max_length=20), default=list)
    account_states = ArrayField(models.CharField(max_length=20), default=list)
    teller_grade_below = models.PositiveSmallIntegerField(null=True)
    outside_from = models.TimeField(null=True)
    outside_until = models.TimeField(null=True)
    agent_from_fen = models.BigIntegerField(null=True)
    manual_id = models.BooleanField(default=False)
    correction = models.BooleanField(default=False)
    together = ArrayField(models.CharField(max_length=20), default=list)
    reason = models.CharField(_("reason"), max_length=200)
    proposed_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    declined_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    declined_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("authorization rule")
        indexes = [
            models.Index(fields=["trade_code", "-valid_from"], name="authorization_rule_days")
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by=None, approved_at=None)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="authorization_rule_approved_by_and_at",
            ),
            models.CheckConstraint(
                condition=Q(declined_by=None, declined_at=None)
                | Q(approved_by=None, declined_by__isnull=False, declined_at__isnull=False),
                name="authorization_rule_declined_by_and_at",
            ),
            models.CheckConstraint(
                condition=~Q(proposed_by=F("approved_by")), name="authorization_rule_two_people"
            ),
            models.CheckConstraint(
                condition=Q(trade_code__in=list(rules.CATALOGUE), group__in=list(rules.GROUPS)),
                name="authorization_rule_of_the_catalogue",
            ),
            models.CheckConstraint(
                condition=Q(cash__in=list(rules.CASH), scan_mode__in=list(rules.SCANS)),
                name="authorization_rule_words_known",
            ),
            models.CheckConstraint(
                condition=Q(grade__in=rules.GRADES, outlet_levels__in=rules.OUTLET_LEVELS)
                & Q(centre_levels__in=rules.CENTRE_LEVELS)
                & (Q(teller_grade_below=None) | Q(teller_grade_below__in=rules.GRADES)),
                name="authorization_rule_grades",
            ),
            models.CheckConstraint(
                condition=Q(
                    customer_kinds__contained_by=list(rules.CUSTOMERS),
                    account_states__contained_by=list(rules.ACCOUNT_STATES),
                    together__contained_by=list(rules.KINDS),
                ),
                name="authorization_rule_conditions_known",
            ),
            models.CheckConstraint(
                condition=Q(outside_from=None, outside_until=None)
                | Q(
                    outside_from__isnull=False,
                    outside_until__isnull=False,
                    outside_from__lt=F("outside_until"),
                ),
                name="authorization_rule_hours_whole",
            ),
            models.CheckConstraint(
                condition=(Q(call_back_from_fen=None) | Q(call_back_from_fen__gte=0))
                & (Q(amount_from_fen=None) | Q(amount_from_fen__gte=0))
                & (Q(agent_from_fen=None) | Q(agent_from_fen__gte=0)),
                name="authorization_rule_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(
                    scan_mode=rules.SCAN_LATER, rescan_minutes__isnull=False, rescan_minutes__gt=0
                )
                | (~Q(scan_mode=rules.SCAN_LATER) & Q(rescan_minutes=None)),
                name="authorization_rule_rescan_minutes",
            ),
            models.CheckConstraint(
                condition=Q(weight_hundredths__gt=0), name="authorization_rule_weighs"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.trade_code} {self.valid_from}"

    @property
    def trade(self) -> rules.TradeCode:
        """Return the transaction of the catalogue."""
        return rules.CATALOGUE[self.trade_code]

    @property
    def says(self) -> rules.Rule:
        """Return what the row says, as the rules reckon with it."""
        kept = {field.name: getattr(self, field.name) for field in fields(rules.Rule)}
        for name in ("customer_kinds", "account_states", "together"):
            kept[name] = tuple(kept[name])
        kept["bands"] = tuple(rules.Band(*band) for band in self.bands)
        return rules.Rule(**kept)


class Request(Institutional):
    """One counter transaction from the teller's submit to its posting or its end.

    States are those of `rules.FLOW`. Names of people are kept as they were at the moment. `key` is
    made by the browser before the first send, so that a double click or a retry is one item.
    `rule` is the one that it was measured by, `why` what made a second person necessary, and the
    facts that the rule saw are kept, so that the effect of another rule can be reckoned.
    """

    number = models.CharField(_("item number"), max_length=24, unique=True)
    key = models.UUIDField(unique=True)
    trade_code = models.CharField(_("transaction code"), max_length=8)
    state = models.CharField(_("state"), max_length=12, default=rules.NEW)
    attempt = models.PositiveSmallIntegerField(default=1)
    teller = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    teller_label = models.CharField(_("teller"), max_length=60)
    teller_person = models.UUIDField()
    amount_fen = models.BigIntegerField(_("amount"))
    payer_account = models.CharField(_("payer's account"), max_length=32)
    payer_name = models.CharField(_("payer's name"), max_length=60)
    payee_account = models.CharField(_("payee's account"), max_length=32, blank=True)
    payee_name = models.CharField(_("payee's name"), max_length=60, blank=True)
    voucher_no = models.CharField(_("voucher number"), max_length=20)
    purpose = models.CharField(_("purpose"), max_length=60, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    rule = models.ForeignKey(AuthRule, on_delete=models.PROTECT, null=True, related_name="+")
    why = ArrayField(models.CharField(max_length=100), default=list)
    teller_grade = models.PositiveSmallIntegerField(null=True)
    payer_state = models.CharField(max_length=20, blank=True)
    customer_kinds = ArrayField(models.CharField(max_length=20), default=list)
    by_agent = models.BooleanField(default=False)
    manual_id = models.BooleanField(default=False)
    correction = models.BooleanField(default=False)
    grade_needed = models.PositiveSmallIntegerField(default=1)
    limit_fen = models.BigIntegerField(null=True)
    content_hash = models.CharField(max_length=64)
    work_item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, null=True, related_name="+")
    business_date = models.DateField(_("business date"))
    created_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    opened_fence = models.PositiveIntegerField(default=0)
    decided_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(null=True)
    decider_label = models.CharField(_("authorizer"), max_length=60, blank=True)
    reasons = ArrayField(models.CharField(max_length=4), default=list)
    remark = models.CharField(max_length=200, blank=True)
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False
    )
    journal_no = models.CharField(_("journal number"), max_length=24, blank=True)

    class Meta:
        verbose_name = _("authorization item")
        indexes = [
            models.Index(fields=["business_date", "state", "institution"]),
            models.Index(fields=["teller", "business_date", "state"]),
            models.Index(fields=["institution", "-id"]),
            models.Index(fields=["payer_account", "-id"]),
            models.Index(fields=["voucher_no"]),
            models.Index(
                fields=["state", "queued_at"],
                condition=Q(state__in=rules.IN_THE_CENTRE),
                name="authorization_in_the_centre",
            ),
            models.Index(
                fields=["teller", "-id"],
                condition=Q(state=rules.RETURNED),
                name="authorization_sent_back",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=rules.FLOW.states), name="authorization_state_known"
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0), name="authorization_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(state=rules.POSTED, entry__isnull=False, posted_at__isnull=False)
                | (~Q(state=rules.POSTED) & Q(entry=None, posted_at=None)),
                name="authorization_posted_has_entry",
            ),
            models.CheckConstraint(
                condition=~Q(payer_account=F("payee_account")), name="authorization_two_accounts"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """Return the name under which the trail and other rooms know this item."""
        return f"authorization.request:{self.number}"

    @property
    def amount(self) -> Money:
        """Return the amount as money."""
        return Money(self.amount_fen)

    @property
    def trade(self) -> rules.TradeCode:
        """Return the transaction of the catalogue."""
        return rules.CATALOGUE[self.trade_code]

    @property
    def facts(self) -> rules.Facts:
        """Return what a rule looks at of the item."""
        return rules.Facts(
            amount_fen=self.amount_fen,
            at=local(self.created_at).time(),
            customer_kinds=tuple(self.customer_kinds),
            account_state=self.payer_state,
            teller_grade=self.teller_grade,
            by_agent=self.by_agent,
            manual_id=self.manual_id,
            correction=self.correction,
        )


class Decision(Institutional):
    """One person's yes or no to one version of an item; added, never changed.

    A trigger refuses the teller's own human, a wrong version, anything but the next number, and
    another business date than the item's, which is kept here too so that a day's decisions are
    found without their items.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="decisions")
    seq = models.PositiveSmallIntegerField()
    step = models.CharField(_("decision"), max_length=12)
    decider = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    decider_label = models.CharField(_("authorizer"), max_length=60)
    decider_person = models.UUIDField()
    reasons = ArrayField(models.CharField(max_length=4), default=list)
    remark = models.CharField(max_length=200, blank=True)
    content_hash = models.CharField(max_length=64)
    business_date = models.DateField(_("business date"))
    at = models.DateTimeField()
    queue_ms = models.BigIntegerField()
    view_ms = models.BigIntegerField()

    class Meta:
        verbose_name = _("decision")
        indexes = [
            models.Index(fields=["decider", "-at"]),
            models.Index(fields=["business_date", "-id"]),
            models.Index(fields=["decider", "business_date"]),
            models.Index(
                fields=["business_date", "view_ms"],
                include=["at", "institution", "step", "decider"],
                name="authorization_slowest",
            ),
            models.Index(
                fields=["business_date", "at"],
                include=["institution", "view_ms"],
                name="authorization_until",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "seq"], name="authorization_one_decision_a_round"
            ),
            models.CheckConstraint(
                condition=Q(step__in=rules.DECISIONS), name="authorization_decision_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.seq} {self.step}"
