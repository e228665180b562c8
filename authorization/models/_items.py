"""Counter transactions that wait for, or have had, a second person's decision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from authorization import rules
from authorization.models._fallback import Fallback
from authorization.models._identity import IdCheck
from authorization.models._rule import AuthRule
from authorization.rules import correcting, on_site, passing
from foundation.imaging.models import Document
from foundation.kernel.calendar import local
from foundation.kernel.money import Money
from foundation.ledger.models import Entry
from foundation.people.models import Institutional, Staff
from foundation.worklist.models import WorkItem


class Request(Institutional):
    """One counter transaction from the teller's submit to its posting or its end.

    States are those of `rules.FLOW`. Names of people are kept as they were at the moment. `key` is
    made by the browser before the first send, so that a retry is one item. `rule` is what it was
    measured by, `why` what made a second person necessary; the facts that it saw are kept.

    `attempt` is the round: what was sent again begins a new one. Within it `level` is whose turn
    it is of `levels_needed`. `opened_at` is when the item was given to the desk, `shown_at` when
    its images stood on the screen. `viewed_ms` and `held_ms` are what desks and holds took of the
    round before `opened_at`, so that queue, view and hold add up to the whole of it. While it is on
    a desk of its own outlet, in an emergency, `opened_epoch` is the number of that.

    Before it comes to the centre, or instead, `outlet_needed` people of its outlet confirm it on
    site (`OnSite`); it waits for them since `presented_at`, which no moment of the centre counts.

    An account may be opened without a first deposit: then the amount is nothing and there is no
    entry. Where cash comes in there is no payer's account, and `payer_name` is the customer's all
    the same. `id_check` is the check of the customer's identity that the round was sent with.
    Its voucher may follow its posting by `scan_minutes` where its rule says so (`LaterScan`).
    `corrects` is the posted item that it takes back, which one item at a time may do. What was
    decided just now may be undone for `undo_seconds`.
    """

    undo_seconds: int = 0
    number = models.CharField(_("item number"), max_length=24, unique=True)
    key = models.UUIDField(unique=True)
    trade_code = models.CharField(_("transaction code"), max_length=8)
    state = models.CharField(_("state"), max_length=12, default=rules.NEW)
    attempt = models.PositiveSmallIntegerField(default=1)
    teller = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    teller_label = models.CharField(_("teller"), max_length=60)
    teller_person = models.UUIDField()
    amount_fen = models.BigIntegerField(_("amount"))
    payer_account = models.CharField(_("payer's account"), max_length=32, blank=True)
    payer_name = models.CharField(_("payer's name"), max_length=60)
    payee_account = models.CharField(_("payee's account"), max_length=32, blank=True)
    payee_name = models.CharField(_("payee's name"), max_length=60, blank=True)
    voucher_no = models.CharField(_("voucher number"), max_length=20)
    purpose = models.CharField(_("purpose"), max_length=60, blank=True)
    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="+")
    corrects = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="corrections", db_index=False
    )
    id_check = models.ForeignKey(IdCheck, on_delete=models.PROTECT, null=True, related_name="+")
    rule = models.ForeignKey(AuthRule, on_delete=models.PROTECT, null=True, related_name="+")
    why = ArrayField(models.CharField(max_length=100), default=list)
    teller_grade = models.PositiveSmallIntegerField(null=True)
    payer_state = models.CharField(max_length=20, blank=True)
    customer_kinds = ArrayField(models.CharField(max_length=20), default=list)
    by_agent = models.BooleanField(default=False)
    manual_id = models.BooleanField(default=False)
    correction = models.BooleanField(default=False)
    grade_needed = models.PositiveSmallIntegerField(default=1)
    levels_needed = models.PositiveSmallIntegerField(default=1, db_default=1)
    level = models.PositiveSmallIntegerField(default=1, db_default=1)
    outlet_needed = models.PositiveSmallIntegerField(default=0, db_default=0)
    presented_at = models.DateTimeField(null=True)
    call_needed = models.BooleanField(default=False, db_default=False)
    scan_minutes = models.PositiveIntegerField(null=True)
    limit_fen = models.BigIntegerField(null=True)
    content_hash = models.CharField(max_length=64)
    work_item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, null=True, related_name="+")
    business_date = models.DateField(_("business date"))
    created_at = models.DateTimeField()
    queued_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    opened_fence = models.PositiveIntegerField(default=0)
    opened_epoch = models.PositiveIntegerField(default=0, db_default=0)
    shown_at = models.DateTimeField(null=True)
    viewed_ms = models.BigIntegerField(default=0, db_default=0)
    held_ms = models.BigIntegerField(default=0, db_default=0)
    alarmed_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    escalated_why = models.CharField(max_length=12, blank=True, db_default="")
    escalated_note = models.CharField(max_length=200, blank=True, db_default="")
    escalated_by_label = models.CharField(max_length=60, blank=True, db_default="")
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
            models.Index(
                fields=["payee_account", "-id"],
                condition=Q(payer_account=""),
                name="authorization_cash_in",
            ),
            models.Index(fields=["voucher_no"]),
            models.Index(
                fields=["state", "queued_at"],
                condition=Q(state__in=rules.IN_THE_CENTRE),
                name="authorization_in_the_centre",
            ),
            models.Index(
                fields=["institution", "presented_at"],
                condition=Q(state=rules.ON_SITE),
                name="authorization_on_site",
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
                condition=Q(amount_fen__gt=0) | Q(amount_fen=0, trade_code__in=rules.OPENS),
                name="authorization_amount_positive",
            ),
            models.CheckConstraint(
                condition=Q(state=rules.POSTED, entry__isnull=False, posted_at__isnull=False)
                | Q(state=rules.POSTED, amount_fen=0, entry=None, posted_at__isnull=False)
                | (~Q(state=rules.POSTED) & Q(entry=None, posted_at=None)),
                name="authorization_posted_has_entry",
            ),
            models.CheckConstraint(
                condition=~Q(payer_account=F("payee_account")), name="authorization_two_accounts"
            ),
            models.CheckConstraint(
                condition=(Q(trade_code__in=rules.CASH_IN, payer_account="") & ~Q(payee_account=""))
                | (~Q(trade_code__in=rules.CASH_IN) & ~Q(payer_account=""))
                | (Q(trade_code__in=correcting.TAKES_BACK) & ~Q(payee_account="")),
                name="authorization_accounts_of_the_kind",
            ),
            models.CheckConstraint(
                condition=Q(trade_code__in=correcting.TAKES_BACK, corrects__isnull=False)
                | (~Q(trade_code__in=correcting.TAKES_BACK) & Q(corrects=None)),
                name="authorization_corrects_what",
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                condition=Q(corrects__isnull=False) & ~Q(state__in=correcting.OF_NO_EFFECT),
                name="authorization_taken_back_once",
            ),
            models.CheckConstraint(
                condition=Q(levels_needed__in=rules.CENTRE_LEVELS)
                & (Q(levels_needed__gt=0) | Q(outlet_needed__gt=0))
                & Q(level__gte=1)
                & (Q(level=1) | Q(level__lte=F("levels_needed"))),
                name="authorization_level_of_those_needed",
            ),
            models.CheckConstraint(
                condition=Q(escalated_at=None, escalated_why="")
                | Q(escalated_at__isnull=False, escalated_why__in=list(rules.ESCALATED_WHY)),
                name="authorization_escalated_when_and_why",
            ),
            models.CheckConstraint(
                condition=(Q(escalated_why=passing.PASSED_UP) & ~Q(escalated_note=""))
                & ~Q(escalated_by_label="")
                | ~Q(escalated_why=passing.PASSED_UP) & Q(escalated_note="", escalated_by_label=""),
                name="authorization_passed_up_by_and_why",
            ),
            models.CheckConstraint(
                condition=~Q(state=rules.ESCALATED) | Q(escalated_at__isnull=False),
                name="authorization_escalated_has_moment",
            ),
            models.CheckConstraint(
                condition=Q(viewed_ms__gte=0, held_ms__gte=0), name="authorization_time_passes"
            ),
            models.CheckConstraint(
                condition=Q(outlet_needed__in=rules.OUTLET_LEVELS)
                & (~Q(state=rules.ON_SITE) | Q(outlet_needed__gt=0, presented_at__isnull=False)),
                name="authorization_on_site_since",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subject(self) -> str:
        """Return the name under which the trail and other rooms know this item."""
        return f"authorization.request:{self.number}"

    @property
    def told_state(self) -> str:
        """Return the state as others than the desk are told it: undecided until it has effect."""
        return rules.told(self.state)

    @property
    def amount(self) -> Money:
        """Return the amount as money."""
        return Money(self.amount_fen)

    @property
    def customer_account(self) -> str:
        """Return the account of the customer at the counter: who pays, or is paid in cash."""
        return self.payer_account or self.payee_account

    @property
    def has_payer(self) -> bool:
        """Return whether an account pays; else cash does."""
        return self.payer_account != ""

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

    Or the yes of the automatic tier: then nobody is the decider, and `tier_verdict` is the pass of
    a publication in force, which a trigger looks at.

    A trigger refuses the teller's own human, a wrong version, anything but the next number, a
    second yes by the human of the first, a yes without the call that the rule wants, and another
    business date than the item's, unless that was carried forward to the day that is open. It sets
    `item_date` and `trade_code`, which are the item's, so that decisions are added up without their
    items. Only `seen_at` is set afterwards, once: when a page showed the teller.

    `fallback` is the emergency in which the item's own outlet decided; `epoch` the number of the
    switch in force at the outlet, which the trigger sets for the centre and compares for outlets.
    `offline` is the slip of paper on which it was made; then `epoch` is the number of its time.

    `view_ms` is all time at desks, of which `show_ms` went by until the images stood on the screen.
    """

    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="decisions")
    seq = models.PositiveSmallIntegerField()
    level = models.PositiveSmallIntegerField(default=1, db_default=1)
    step = models.CharField(_("decision"), max_length=12)
    decider = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decider_label = models.CharField(_("authorizer"), max_length=60)
    decider_person = models.UUIDField(null=True)
    tier_verdict = models.ForeignKey(
        "authorization.TierVerdict",
        on_delete=models.PROTECT,
        null=True,
        related_name="decisions",
        db_index=False,
    )
    reasons = ArrayField(models.CharField(max_length=4), default=list)
    remark = models.CharField(max_length=200, blank=True)
    content_hash = models.CharField(max_length=64)
    business_date = models.DateField(_("business date"))
    item_date = models.DateField()
    trade_code = models.CharField(max_length=8)
    at = models.DateTimeField()
    queue_ms = models.BigIntegerField()
    view_ms = models.BigIntegerField()
    hold_ms = models.BigIntegerField(default=0, db_default=0)
    show_ms = models.BigIntegerField(null=True)
    seen_at = models.DateTimeField(null=True)
    fallback = models.ForeignKey(
        Fallback, on_delete=models.PROTECT, null=True, related_name="decisions"
    )
    offline = models.OneToOneField(
        "authorization.OfflineSlip", on_delete=models.PROTECT, null=True, related_name="decision"
    )
    epoch = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name = _("decision")
        indexes = [
            models.Index(fields=["decider", "-at"]),
            models.Index(fields=["business_date", "-id"]),
            models.Index(
                fields=["decider", "business_date"],
                include=["institution", "view_ms", "offline"],
                name="authorization_day_of",
            ),
            models.Index(
                fields=["business_date", "trade_code"],
                condition=Q(step__in=("reject", "return")),
                name="authorization_refused",
            ),
            models.Index(
                fields=["business_date", "view_ms"],
                include=["at", "institution", "step", "decider"],
                name="authorization_slowest",
            ),
            models.Index(
                fields=["business_date", "at"],
                include=["institution", "view_ms", "decider"],
                name="authorization_until",
            ),
            models.Index(
                fields=["fallback", "-id"],
                condition=Q(fallback__isnull=False),
                name="authorization_local_decisions",
            ),
            models.Index(
                fields=["business_date", "-id"],
                condition=Q(tier_verdict__isnull=False),
                name="authorization_automatic_day",
            ),
            models.Index(
                fields=["business_date", "-id"],
                condition=Q(offline__isnull=False),
                name="authorization_paper_day",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["request", "seq", "level"], name="authorization_one_decision_a_round"
            ),
            models.CheckConstraint(
                condition=Q(step__in=rules.DECISIONS), name="authorization_decision_known"
            ),
            models.UniqueConstraint(
                fields=["tier_verdict"],
                condition=Q(tier_verdict__isnull=False),
                name="authorization_automatic_once",
            ),
            models.CheckConstraint(
                condition=Q(decider__isnull=False, decider_person__isnull=False, tier_verdict=None)
                | Q(
                    decider=None,
                    decider_person=None,
                    tier_verdict__isnull=False,
                    step="approve",
                    level=1,
                    view_ms=0,
                    fallback=None,
                ),
                name="authorization_decision_by_whom",
            ),
            models.CheckConstraint(
                condition=Q(level__in=on_site.DECISION_LEVELS)
                & Q(hold_ms__gte=0)
                & (Q(show_ms=None) | Q(show_ms__gte=0)),
                name="authorization_decision_level_and_times",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}/{self.seq} {self.step}"

    @property
    def why(self) -> Sequence[rules.Reason]:
        """Return the reasons of a no, with their words."""
        return [rules.REASONS[code] for code in self.reasons]

    @property
    def decide_ms(self) -> int | None:
        """Return how long it took from the images on the screen to the decision, if known."""
        return None if self.show_ms is None else self.view_ms - self.show_ms

    @property
    def feedback_ms(self) -> int | None:
        """Return how long it took until a page of the teller showed the decision, if one did."""
        if self.seen_at is None:
            return None
        return max(0, (self.seen_at - self.at) // timedelta(milliseconds=1))
