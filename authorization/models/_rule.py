"""When one transaction of the catalogue needs a second person: dated rows."""

from __future__ import annotations

from dataclasses import fields

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from authorization import rules
from foundation.people.models import Institution, Staff


class AuthRule(models.Model):
    """When one transaction needs a second person, from a day on, for the bank or one institution.

    Proposed by one person, it counts once another has approved it; it is never changed, only
    followed by a later row. The nearest institution above the teller goes before those above it
    and before the bank. States: waiting, approved, declined. What it says is `rules.Rule`.

    Rows from before levels at the outlet and scanning later acted keep both, and do nothing by them
    (`acts`).
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
    acts = models.BooleanField(default=True, db_default=False)
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
                & (Q(centre_levels__gt=0) | Q(outlet_levels__gt=0))
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
    def on_site(self) -> int:
        """Return how many people of the outlet are asked; none by a row from before."""
        return self.outlet_levels if self.acts else 0

    @property
    def scanned_within(self) -> int | None:
        """Return how many minutes after its posting a voucher is scanned; None is before."""
        return self.rescan_minutes if self.acts else None

    @property
    def says(self) -> rules.Rule:
        """Return what the row says, as the rules reckon with it."""
        kept = {field.name: getattr(self, field.name) for field in fields(rules.Rule)}
        for name in ("customer_kinds", "account_states", "together"):
            kept[name] = tuple(kept[name])
        kept["bands"] = tuple(rules.Band(*band) for band in self.bands)
        return rules.Rule(**kept)
