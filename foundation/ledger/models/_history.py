"""What lets the past be read: closed dates, closing balances, the general ledger, marks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from foundation.ledger.models._books import Account, ChartAccount
from foundation.people.models import Institution, Institutional


class ClosedDate(models.Model):
    """A business date that every institution has closed; given up when one is opened again.

    The same date closed once more has the next `round`. Belongs to the whole bank.
    """

    business_date = models.DateField(_("business date"))
    round = models.SmallIntegerField()
    accounts = models.BigIntegerField(_("accounts moved"))
    legs = models.BigIntegerField(_("legs"))
    closed_at = models.DateTimeField(_("closed at"), db_default=Now())
    revoked_at = models.DateTimeField(_("given up at"), null=True)

    class Meta:
        verbose_name = _("closed date")
        constraints = [
            models.UniqueConstraint(
                fields=["business_date", "round"], name="ledger_closed_date_round"
            ),
            models.UniqueConstraint(
                fields=["business_date"],
                condition=Q(revoked_at=None),
                name="ledger_closed_date_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.business_date} {self.round}"


class ClosingBalance(Institutional):
    """The balance of an account at the end of a closed date on which it moved; never changed.

    `balance_fen` is on the account's normal side, debits and credits are of the date.
    """

    pk = models.CompositePrimaryKey("account_id", "business_date", "round")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    business_date = models.DateField(_("business date"))
    round = models.SmallIntegerField()
    currency = models.CharField(_("currency"), max_length=3)
    legs = models.BigIntegerField(_("legs"))
    debit_fen = models.BigIntegerField(_("debit"))
    credit_fen = models.BigIntegerField(_("credit"))
    balance_fen = models.BigIntegerField(_("balance"))

    class Meta:
        verbose_name = _("closing balance")
        indexes = [
            models.Index(fields=["business_date", "institution"], name="ledger_closing_by_date")
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.business_date} {self.balance_fen}"


class SubjectBalance(Institutional):
    """One line of the general ledger: a subject of an institution on a date on which it moved.

    Opening and closing are on the subject's normal side; never changed.
    """

    pk = models.CompositePrimaryKey(
        "institution_id", "chart_id", "currency", "business_date", "round"
    )
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    chart = models.ForeignKey(
        ChartAccount, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    currency = models.CharField(_("currency"), max_length=3)
    business_date = models.DateField(_("business date"))
    round = models.SmallIntegerField()
    opening_fen = models.BigIntegerField(_("opening balance"))
    debit_fen = models.BigIntegerField(_("debit"))
    credit_fen = models.BigIntegerField(_("credit"))
    closing_fen = models.BigIntegerField(_("closing balance"))

    class Meta:
        verbose_name = _("general ledger")

    def __str__(self) -> str:
        return f"{self.institution_id} {self.chart_id} {self.business_date} {self.closing_fen}"


class Mark(Institutional):
    """Debits and credits of one date on an account so far, at each 500th posting; never changed.

    `made_at` and `balance_fen` are those of that posting.
    """

    pk = models.CompositePrimaryKey("account_id", "shard", "business_date", "seq")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    shard = models.SmallIntegerField()
    business_date = models.DateField(_("business date"))
    seq = models.BigIntegerField()
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    legs = models.BigIntegerField(_("legs"))
    debit_fen = models.BigIntegerField(_("debit"))
    credit_fen = models.BigIntegerField(_("credit"))
    made_at = models.DateTimeField(_("time"), null=True)
    balance_fen = models.BigIntegerField(_("balance"), null=True)

    class Meta:
        verbose_name = _("mark")
        indexes = [
            models.Index(
                fields=["account", "shard", "made_at", "seq"], name="ledger_mark_by_moment"
            )
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.business_date} {self.seq}"
