"""Chart, accounts, entries, postings, the journal and business days.

A row of the journal is a line, its entry and, of most entries, both legs (docs/decisions/0180):
`JournalLine` is that table, `Entry` and `Posting` are views of it. All are written only by the SQL
functions `ledger_post` and `ledger_post_many`; the application may read them and nothing else. They
are made by `sql/`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from foundation.ledger import rules
from foundation.people.models import Institution, Institutional


class ChartAccount(models.Model):
    """A subject of the chart of accounts, the same for the whole bank.

    Accounts under a subject that must clear are to be at nothing when a day is closed.
    """

    code = models.CharField(_("subject code"), max_length=8, unique=True)
    name = models.CharField(_("subject name"), max_length=60)
    normal_side = models.CharField(_("normal side"), max_length=6)
    kind = models.CharField(_("kind"), max_length=10)
    must_clear = models.BooleanField(_("cleared daily"), default=False)

    class Meta:
        verbose_name = _("account subject")
        constraints = [
            models.CheckConstraint(
                condition=Q(normal_side__in=rules.SIDES), name="ledger_subject_side_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=rules.KINDS), name="ledger_subject_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(code__regex=r"^[0-9]{4,8}$"), name="ledger_subject_code_digits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Account(Institutional):
    """One account of a customer or of the bank itself.

    The balance is counted on the account's normal side, so a deposit of a customer is positive;
    `seq` counts its postings. Both change only through `ledger_post`. States: `rules.ACCOUNT_FLOW`.
    A hot account has several `shards`: once `spread`, its postings go there and nowhere else, so
    that this row holds only a part of the balance, `own_fen`;
    `balance_fen`, the whole, is there in rows that went through `whole`, and nowhere else. What is
    counted is kept by constraints, everything else by the trigger `ledger_account_sound`, which a
    posting does not set off.
    """

    balance_fen: int

    # Its index is the one of the outlet: every posting opens each index of an account.
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    number = models.CharField(_("account number"), max_length=19, unique=True)
    name = models.CharField(_("account name"), max_length=80)
    chart = models.ForeignKey(
        ChartAccount, on_delete=models.PROTECT, verbose_name=_("account subject")
    )
    normal_side = models.CharField(_("normal side"), max_length=6)
    kind = models.CharField(_("kind"), max_length=10)
    currency = models.CharField(_("currency"), max_length=3, default=rules.CNY)
    state = models.CharField(_("state"), max_length=12, default=rules.ACTIVE)
    overdraft_allowed = models.BooleanField(_("overdraft allowed"), default=False)
    own_fen = models.BigIntegerField(_("balance"), db_column="balance_fen", default=0)
    held_fen = models.BigIntegerField(_("held"), default=0)
    seq = models.BigIntegerField(default=0)
    shards = models.SmallIntegerField(db_default=1)
    spread = models.BooleanField(db_default=False)
    holder_person = models.UUIDField(null=True)
    customer_number = models.CharField(_("customer number"), max_length=20, blank=True)
    opened_on = models.DateField(_("opened on"))
    closed_on = models.DateField(_("closed on"), null=True)

    class Meta:
        verbose_name = _("account")
        indexes = [
            models.Index(fields=["institution", "number"], name="ledger_account_by_outlet"),
            models.Index(fields=["customer_number", "number"], name="ledger_account_by_customer"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(overdraft_allowed=True) | Q(own_fen__gte=F("held_fen")),
                name="ledger_no_overdraft",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"

    @property
    def available_fen(self) -> int:
        """Return what may be paid out: the balance without what is held."""
        return self.balance_fen - self.held_fen

    @property
    def subject(self) -> str:
        """Return the name under which the trail knows this account."""
        return f"ledger.account:{self.number}"


def whole(rows: models.QuerySet[Account]) -> models.QuerySet[Any]:
    """Return the accounts with `balance_fen`: the own part and every shard's, of one moment."""
    total = models.Func(F("pk"), function="ledger_balance", output_field=models.BigIntegerField())
    return rows.annotate(balance_fen=total)  # type: ignore[no-redef]  # it is declared, no field


class Shard(Institutional):
    """A further balance of a hot account, so that its postings need not wait for one another.

    What never changes of the account is repeated, and so is its state. `used` is false of shards
    that the account has no more; what they hold counts all the same. Docs: `docs/hot-accounts.md`.
    """

    pk = models.CompositePrimaryKey("account_id", "shard")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    shard = models.SmallIntegerField()
    shards = models.SmallIntegerField()
    used = models.BooleanField()
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    number = models.CharField(max_length=19)
    normal_side = models.CharField(max_length=6)
    currency = models.CharField(max_length=3)
    opened_on = models.DateField()
    state = models.CharField(max_length=12)
    balance_fen = models.BigIntegerField(_("balance"), db_default=0)
    seq = models.BigIntegerField(db_default=0)

    class Meta:
        verbose_name = _("shard")

    def __str__(self) -> str:
        return f"{self.number}/{self.shard}"


class Entry(Institutional):
    """One posting as a whole: never changed, only reversed by another entry.

    The id begins with the business date (`rules.day_of`). A hidden column `tx` of its line seals
    the entry to the database transaction that made it, so that no leg can be added later.
    `line_id` is its line of the journal, known to who posted it just now.
    """

    line_id: int | None = None
    id = models.BigIntegerField(primary_key=True)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    business_date = models.DateField(_("business date"))
    posted_at = models.DateTimeField(_("posted at"))
    journal_no = models.CharField(_("journal number"), max_length=20)
    key = models.CharField(max_length=80)
    trade_code = models.CharField(_("transaction code"), max_length=8)
    teller = models.CharField(_("teller"), max_length=12)
    subject = models.CharField(_("item"), max_length=80, blank=True)
    note = models.CharField(_("note"), max_length=200, blank=True)
    reverses_id = models.BigIntegerField(null=True)
    value_date = models.DateField(_("value date"), null=True)

    class Meta:
        verbose_name = _("entry")

    def __str__(self) -> str:
        return str(self.pk)


class Posting(Institutional):
    """One leg of an entry on one account: debit positive, credit negative; never changed.

    `institution` is the account's. `seq` counts the postings of an account without a gap and
    `balance_after` is on the account's normal side, so that a statement proves itself. `shard` is
    0 until an account is spread over several balances. `made_at` is the database's clock under the
    account's lock, so that it goes the way of `seq`. Whoever asks for dates asks for ids as well
    (`rules.ids_of`), since the months are found by them.
    """

    pk = models.CompositePrimaryKey("account_id", "seq", "shard", "business_date")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    seq = models.BigIntegerField()
    shard = models.SmallIntegerField(default=0)
    business_date = models.DateField(_("business date"))
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="legs", db_constraint=False
    )
    line = models.SmallIntegerField()
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    currency = models.CharField(_("currency"), max_length=3)
    amount_fen = models.BigIntegerField(_("amount"))
    balance_after = models.BigIntegerField(_("balance after"))
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("posting")

    def __str__(self) -> str:
        return f"{self.entry_id}/{self.line} {self.amount_fen}"

    @property
    def debit_fen(self) -> int:
        """Return the amount in the debit column, 0 for a credit."""
        return max(self.amount_fen, 0)

    @property
    def credit_fen(self) -> int:
        """Return the amount in the credit column, 0 for a debit."""
        return max(-self.amount_fen, 0)

    @property
    def place(self) -> str:
        """Return the place in the account's statement before which older postings are."""
        return f"{self.business_date}.{self.shard}.{self.seq}"


class JournalLine(Institutional):
    """One line of the transaction journal, as the counter's slip quotes it; never changed.

    Own lines are numbered without a gap for each institution and day and have the id of their
    entry; imported ones come from a foreign core and keep its number. A value date is kept only
    where it is another than the business date.
    """

    id = models.BigIntegerField(primary_key=True)
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", db_constraint=False
    )
    business_date = models.DateField(_("business date"))
    journal_no = models.CharField(_("journal number"), max_length=20)
    at = models.DateTimeField(_("time"))
    teller = models.CharField(_("teller"), max_length=12)
    trade_code = models.CharField(_("transaction code"), max_length=8)
    account_number = models.CharField(_("account number"), max_length=32)
    side = models.CharField(_("debit or credit"), max_length=6)
    amount_fen = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    counter_account = models.CharField(_("counter-account"), max_length=32, blank=True)
    voucher_no = models.CharField(_("voucher number"), max_length=20, blank=True)
    source = models.CharField(_("source"), max_length=6)
    subject = models.CharField(_("item"), max_length=80, blank=True)
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, null=True, related_name="journal", db_constraint=False
    )

    valued_on = models.DateField(_("value date"), null=True, db_column="value_date")

    class Meta:
        verbose_name = _("journal line")

    def __str__(self) -> str:
        return f"{self.business_date} {self.journal_no}"

    @property
    def value_date(self) -> date:
        """Return from when the money counts."""
        found: date = self.valued_on or self.business_date
        return found


class PostingKey(Institutional):
    """The key of a posting and the hash of what was asked: the same key posts once."""

    pk = models.CompositePrimaryKey("institution_id", "key")
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    key = models.CharField(max_length=80)
    request_hash = models.BinaryField()
    entry_id = models.BigIntegerField()
    business_date = models.DateField()

    class Meta:
        verbose_name = _("posting key")

    def __str__(self) -> str:
        return self.key


class Reversal(Institutional):
    """Which entry an entry was reversed by: once at most."""

    original = models.BigIntegerField(primary_key=True)
    entry = models.BigIntegerField(unique=True)

    class Meta:
        verbose_name = _("reversal")

    def __str__(self) -> str:
        return f"{self.original} ← {self.entry}"


class BusinessDay(Institutional):
    """A day of an institution on which may be posted, or not any more. States: `rules.DAY_FLOW`."""

    date = models.DateField(_("business date"))
    state = models.CharField(_("state"), max_length=8, default=rules.DAY_OPEN)
    opened_at = models.DateTimeField(_("day opened at"))
    opened_by = models.CharField(_("day opened by"), max_length=60)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    closed_by = models.CharField(_("closed by"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("business day")
        indexes = [models.Index(fields=["date", "state"], name="ledger_day_by_date")]
        constraints = [
            models.UniqueConstraint(fields=["institution", "date"], name="ledger_day_once"),
            models.UniqueConstraint(
                fields=["institution"],
                condition=~Q(state=rules.DAY_CLOSED),
                name="ledger_one_day_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=rules.DAY_FLOW.states), name="ledger_day_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=rules.DAY_CLOSED, closed_at__isnull=False)
                | (~Q(state=rules.DAY_CLOSED) & Q(closed_at=None, closed_by="")),
                name="ledger_day_closed_by_and_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.institution_id} {self.date} {self.state}"


class JournalNumber(Institutional):
    """The last journal number given out at an institution on a day."""

    pk = models.CompositePrimaryKey("institution_id", "business_date")
    institution = models.ForeignKey(
        Institution, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    business_date = models.DateField()
    last_no = models.BigIntegerField(default=0)
    imported = models.BooleanField(db_default=False)

    class Meta:
        verbose_name = _("last journal number")

    def __str__(self) -> str:
        return f"{self.institution_id} {self.business_date} {self.last_no}"
