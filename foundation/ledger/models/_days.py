"""The closing of a business day: turnover, seal, signatures, what is carried, and reopening."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.ledger.models._books import Account, BusinessDay
from foundation.people.models import Institution, Institutional, Staff


class DayClosing(Institutional):
    """One closing of a day: its figures, and the seal over its entries and legs; never changed.

    A day that was opened again and closed once more has several; the one of the highest `round` is
    in force, the others are superseded. `seq` is the place in the institution's chain of seals,
    `former` the seal before. `figures` holds fen by currency, `carried` what stayed open and why.
    """

    day = models.ForeignKey(BusinessDay, on_delete=models.PROTECT, related_name="closings")
    business_date = models.DateField(_("business date"))
    round = models.SmallIntegerField(_("closing"))
    seq = models.BigIntegerField(_("place in the chain"))
    entries = models.BigIntegerField(_("entries"))
    legs = models.BigIntegerField(_("legs"))
    last_no = models.BigIntegerField(_("last journal number"))
    figures = models.JSONField()
    carried = models.JSONField()
    content = models.CharField(_("hash of entries and legs"), max_length=64)
    former = models.CharField(_("seal before"), max_length=64)
    digest = models.CharField(_("seal"), max_length=64)
    sealed_at = models.DateTimeField(_("sealed at"))
    sealed_by = models.CharField(_("sealed by"), max_length=60)

    class Meta:
        verbose_name = _("closing of a day")
        indexes = [models.Index(fields=["business_date"], name="ledger_closings_of_date")]
        constraints = [
            models.UniqueConstraint(fields=["institution", "seq"], name="ledger_seal_in_order"),
            models.UniqueConstraint(fields=["day", "round"], name="ledger_closing_once"),
            models.CheckConstraint(
                condition=Q(seq__gt=0, round__gt=0, entries__gte=0, legs__gte=F("entries")),
                name="ledger_closing_counts",
            ),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$", content__regex=r"^[0-9a-f]{64}$"),
                name="ledger_closing_hashed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.business_date} {self.digest[:12]}"

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows the day."""
        return f"ledger.day:{self.institution_id}/{self.business_date}"


class Turnover(Institutional):
    """What an institution posted to one account on a day that it closed; never changed.

    `institution` is the account's, as with postings, `poster` the one whose day it is.
    """

    pk = models.CompositePrimaryKey("account_id", "business_date", "closing_id")
    closing = models.ForeignKey(DayClosing, on_delete=models.PROTECT, related_name="turnover")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    poster = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    business_date = models.DateField(_("business date"))
    currency = models.CharField(_("currency"), max_length=3)
    legs = models.BigIntegerField(_("legs"))
    debit_fen = models.BigIntegerField(_("debit"))
    credit_fen = models.BigIntegerField(_("credit"))

    class Meta:
        verbose_name = _("turnover of a day")
        constraints = [
            models.CheckConstraint(
                condition=Q(legs__gt=0, debit_fen__gte=0, credit_fen__gte=0),
                name="ledger_turnover_positive",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.business_date} {self.debit_fen} {self.credit_fen}"


class DaySignature(Institutional):
    """One of the two signatures under the report of a closing, by two different humans."""

    closing = models.ForeignKey(DayClosing, on_delete=models.PROTECT, related_name="signatures")
    place = models.SmallIntegerField(_("signature"))
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    person = models.UUIDField()
    label = models.CharField(_("signed by"), max_length=60)
    at = models.DateTimeField(_("signed at"))

    class Meta:
        verbose_name = _("signature")
        constraints = [
            models.UniqueConstraint(fields=["closing", "place"], name="ledger_signed_once"),
            models.UniqueConstraint(fields=["closing", "person"], name="ledger_signed_by_two"),
            models.CheckConstraint(condition=Q(place__in=(1, 2)), name="ledger_two_signatures"),
        ]

    def __str__(self) -> str:
        return f"{self.closing_id} {self.label}"


class DayCarry(Institutional):
    """Something open at the close of a day that a person carries forward, and why; never changed.

    It counts for the `round` of closing for which it was said and for no more than `count`.
    """

    day = models.ForeignKey(BusinessDay, on_delete=models.PROTECT, related_name="carries")
    round = models.SmallIntegerField()
    check_code = models.CharField(_("check"), max_length=40)
    count = models.IntegerField(_("how many"))
    reason = models.CharField(_("reason"), max_length=200)
    label = models.CharField(_("carried by"), max_length=60)
    at = models.DateTimeField(_("carried at"))

    class Meta:
        verbose_name = _("item carried forward")
        constraints = [
            models.CheckConstraint(
                condition=Q(count__gt=0) & ~Q(reason=""), name="ledger_carry_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day_id} {self.check_code} {self.count}"


class Reopening(Institutional):
    """That a closing be given up and its day opened again: asked by one, decided by another."""

    closing = models.ForeignKey(DayClosing, on_delete=models.PROTECT, related_name="reopenings")
    reason = models.CharField(_("reason"), max_length=200)
    asked_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    asked_person = models.UUIDField()
    asked_label = models.CharField(_("asked by"), max_length=60)
    asked_at = models.DateTimeField(_("asked at"))
    decided_by = models.ForeignKey(Staff, on_delete=models.PROTECT, null=True, related_name="+")
    decided_person = models.UUIDField(null=True)
    decided_label = models.CharField(_("decided by"), max_length=60, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    approved = models.BooleanField(null=True)

    class Meta:
        verbose_name = _("reopening of a day")
        constraints = [
            models.UniqueConstraint(
                fields=["closing"], condition=Q(approved=None), name="ledger_one_reopening_asked"
            ),
            models.UniqueConstraint(
                fields=["closing"], condition=Q(approved=True), name="ledger_reopened_once"
            ),
            models.CheckConstraint(
                condition=Q(decided_person=None) | ~Q(decided_person=F("asked_person")),
                name="ledger_reopened_by_two",
            ),
            models.CheckConstraint(
                condition=Q(approved=None, decided_at=None, decided_by=None, decided_person=None)
                | Q(
                    approved__isnull=False,
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                    decided_person__isnull=False,
                ),
                name="ledger_reopening_decided",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="ledger_reopening_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.closing_id} {self.reason}"


class DayOpening(Institutional):
    """That the schedule was to open a business day of an institution, and what came of it.

    `result` is `open` or the code of the last refusal, `told` the words that fill its text.
    """

    business_date = models.DateField(_("business date"))
    tried_at = models.DateTimeField(_("tried at"))
    tries = models.IntegerField(_("tries"), default=0)
    result = models.CharField(_("what came of it"), max_length=20)
    told = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("opening by the schedule")
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "business_date"], name="ledger_opening_once"
            ),
            models.CheckConstraint(
                condition=~Q(result="") & Q(tries__gt=0), name="ledger_opening_tried"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.business_date} {self.result}"


class DayRun(Institutional):
    """That one institution's day be closed up to its seal by a job, and what came of it.

    `result` is empty while the job is to come, `sealed`, or the code of the refusal; `told` has the
    words that fill its text.
    """

    key = models.UUIDField(_("run"), db_index=True)
    day = models.ForeignKey(BusinessDay, on_delete=models.PROTECT, related_name="runs")
    asked_by = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    done_at = models.DateTimeField(_("done at"), null=True)
    result = models.CharField(_("what came of it"), max_length=20, blank=True)
    told = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("closing by a job")
        constraints = [
            models.UniqueConstraint(fields=["key", "day"], name="ledger_run_once"),
            models.CheckConstraint(
                condition=Q(done_at=None, result="") | (Q(done_at__isnull=False) & ~Q(result="")),
                name="ledger_run_ended",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day_id} {self.result}"
