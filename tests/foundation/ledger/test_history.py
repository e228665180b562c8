"""The past against the plain sum: balances, statements, trial balance, tie-out."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from foundation.ledger import rules, selectors, services
from foundation.ledger.models import ClosedDate, ClosingBalance, Mark, Posting
from tests.factories import ledger as factory
from tests.factories.ledger import DAY, NOON, pay

NEXT = DAY + timedelta(days=1)
BEFORE = DAY - timedelta(days=1)


@pytest.fixture(autouse=True)
def nothing_open(monkeypatch):
    monkeypatch.setattr("foundation.ledger.rules._days._checks", {})


def run(statement, *values):
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall()


def added_up(account, on):
    """Return the balance as the plain sum of the postings dated until then."""
    rows = Posting.objects.filter(account=account, business_date__lte=on)
    fen = sum(rows.values_list("amount_fen", flat=True))
    return fen if account.normal_side == rules.DEBIT else -fen


def close(bank, *places, on=DAY):
    for place in places:
        factory.close_day(place, on)


def open_day(place, on=NEXT, at=NOON):
    services.open_day(institution_id=place.pk, on=on, at=at, by="t")


@pytest.fixture
def mixed(bank):
    """One outlet is on the next day, the other still on this one; they post to each other."""
    pay(bank, bank.payer, bank.far_payee, 1_000)
    close(bank, bank.outlet)
    open_day(bank.outlet)
    for fen in (10, 20, 30):
        pay(bank, bank.payer, bank.far_payee, fen, business_date=NEXT)
        pay(bank, bank.far_payee, bank.payer, fen + 1, institution_id=bank.other.pk)
    return bank


@pytest.mark.parametrize("on", [BEFORE, DAY, NEXT, NEXT + timedelta(days=30)])
def test_a_balance_on_a_date_is_what_was_posted_until_then(mixed, on):
    for account in mixed.accounts:
        assert selectors.balance_on(account_id=account.pk, on=on) == added_up(account, on)


@pytest.mark.parametrize("on", [BEFORE, DAY, NEXT, NEXT + timedelta(days=30)])
def test_so_it_is_once_all_have_closed_the_date(mixed, on):
    close(mixed, mixed.other)
    assert services.close_dates() == 1
    assert services.close_dates() == 0

    for account in mixed.accounts:
        assert selectors.balance_on(account_id=account.pk, on=on) == added_up(account, on)
    assert selectors.closed_until() == DAY


def test_nothing_is_closed_for_the_bank_while_one_institution_has_not_closed(mixed):
    assert services.close_dates() == 0
    assert selectors.closed_until() is None


def test_opening_a_day_again_gives_up_the_date_and_closing_it_writes_the_next_round(bank):
    close(bank, bank.outlet, bank.other)
    services.close_dates()
    first, second = factory.two(bank.outlet)
    facts = {"institution_id": bank.outlet.pk, "on": DAY, "at": NOON}
    services.ask_to_reopen(**facts, by=first, reason="补记")
    services.decide_reopening(**facts, by=second, approve=True)
    assert selectors.closed_until() is None
    pay(bank, bank.payer, bank.payee, 77)
    assert selectors.balance_on(account_id=bank.payee.pk, on=DAY) == 77

    close(bank, bank.outlet)
    services.close_dates()

    assert selectors.balance_on(account_id=bank.payee.pk, on=DAY) == 77
    assert [row.round for row in ClosedDate.objects.order_by("round")] == [1, 2]
    rows = ClosingBalance.objects.filter(account=bank.payer).order_by("round")
    assert [row.balance_fen for row in rows] == [100_000, 99_923]


def test_a_date_before_the_last_closed_one_stays_closed(bank):
    close(bank, bank.outlet, bank.other)
    for place in (bank.outlet, bank.other):
        open_day(place)
    close(bank, bank.outlet, bank.other, on=NEXT)
    assert services.close_dates() == 2

    with pytest.raises(rules.DatePast):
        open_day(bank.branch, DAY)
    with pytest.raises(IntegrityError, match="closed for the whole bank"), transaction.atomic():
        run(
            "INSERT INTO ledger_businessday (institution_id, date, state, opened_at, opened_by,"
            " closed_by) VALUES (%s, %s, 'open', now(), 't', '') RETURNING id",
            bank.branch.pk, DAY,
        )  # fmt: skip


def test_an_outlet_that_opens_late_gives_up_the_date_it_opens(bank):
    close(bank, bank.outlet, bank.other)
    services.close_dates()

    open_day(bank.branch, DAY)

    assert selectors.closed_until() is None


class TestMarks:
    """An account with more postings than a mark stands for."""

    @pytest.fixture
    def busy(self, mixed):
        dice = random.Random(145)
        for _ in range(1_300):
            fen = dice.randint(1, 9)
            if dice.random() < 0.5:
                pay(mixed, mixed.payer, mixed.far_payee, fen, business_date=NEXT)
            else:
                pay(mixed, mixed.other_till, mixed.far_payee, fen, institution_id=mixed.other.pk)
        return mixed

    def test_dates_moments_and_statements_are_right(self, busy):
        account = busy.far_payee
        assert Mark.objects.filter(account=account).count() == 4

        for on in (BEFORE, DAY, NEXT):
            assert selectors.balance_on(account_id=account.pk, on=on) == added_up(account, on)
        rows = list(Posting.objects.filter(account=account).order_by("seq"))
        for row in (*rows[:3], *rows[495:505], *rows[650::50], *rows[-3:]):
            found = selectors.balance_at(account_id=account.pk, at=row.made_at)
            assert found == row.balance_after
            just_before = row.made_at - timedelta(microseconds=1)
            found = selectors.balance_at(account_id=account.pk, at=just_before)
            assert found == (rows[row.seq - 2].balance_after if row.seq > 1 else 0)
        for mark in Mark.objects.filter(account=account).order_by("seq", "business_date"):
            row = rows[mark.seq - 1]
            assert (mark.made_at, mark.balance_fen) == (row.made_at, row.balance_after)
        self.reads_to_the_end(account, DAY, NEXT)
        self.reads_to_the_end(account, DAY, DAY)
        self.reads_to_the_end(account, NEXT, NEXT)

    @pytest.mark.parametrize("days", [(None, None), (DAY, NEXT)])
    def test_a_page_of_a_statement_touches_no_more_than_it_shows(self, busy, days):
        def touched(account, limit):
            asked = "SELECT * FROM ledger_postings_back(%s, %s, %s, NULL, %s)"
            explained = run(
                f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {asked}", account.pk, *days, limit
            )
            return explained[0][0][0]["Plan"]["Shared Hit Blocks"]

        touched(busy.far_payee, 20)  # once for what a connection learns of the tables
        page, everything = touched(busy.far_payee, 20), touched(busy.far_payee, 1_300)
        assert 4 * page < 3 * everything, "a page costs as much as all postings of the account"

    def test_a_mark_is_the_sum_of_its_date_so_far(self, busy):
        account = busy.far_payee
        left = {
            (mark.seq, mark.business_date): (mark.legs, mark.debit_fen, mark.credit_fen)
            for mark in Mark.objects.filter(account=account)
        }
        rows = list(Posting.objects.filter(account=account).order_by("seq"))

        for (seq, on), sums in left.items():
            until = [row for row in rows if row.seq <= seq and row.business_date == on]
            debit = sum(row.debit_fen for row in until)
            assert sums == (len(until), debit, sum(row.credit_fen for row in until))

    def reads_to_the_end(self, account, first, last):
        account.refresh_from_db()
        lines, after = [], ""
        while True:
            page = selectors.full_statement(
                account=account, first=first, last=last, after=after, limit=97
            )
            assert page.whole.proved
            if not page.lines:
                break
            assert not lines or page.brought_fen == lines[-1].balance_fen
            lines += page.lines
            after = page.lines[-1].place
        wanted = Posting.objects.filter(account=account, business_date__range=(first, last))
        keys = wanted.order_by("business_date", "shard", "seq").values_list("business_date", "seq")
        assert [(line.business_date, line.seq) for line in lines] == list(keys)
        assert page.legs == len(lines)
        assert lines[-1].balance_fen == page.whole.closing_fen


def test_the_moment_before_the_first_posting_is_nothing(bank):
    (first,) = Posting.objects.filter(account=bank.payer)

    at = first.made_at - timedelta(microseconds=1)

    assert selectors.balance_at(account_id=bank.payer.pk, at=at) == 0
    assert selectors.balance_at(account_id=bank.payer.pk, at=first.made_at) == 100_000


def test_moments_reach_over_months(bank):
    far = DAY + timedelta(days=70)
    pay(bank, bank.payer, bank.payee, 1)
    close(bank, bank.outlet)
    open_day(bank.outlet, far, at=NOON + timedelta(days=70))
    pay(bank, bank.payer, bank.payee, 2, business_date=far)
    (early, late) = Posting.objects.filter(account=bank.payee).order_by("seq")

    assert selectors.balance_at(account_id=bank.payee.pk, at=early.made_at) == 1
    assert selectors.balance_at(account_id=bank.payee.pk, at=late.made_at) == 3


def test_an_account_out_of_sight_has_no_past(bank, seen_from):
    with seen_from(bank.other):
        for ask in (
            lambda: selectors.balance_on(account_id=bank.payer.pk, on=DAY),
            lambda: selectors.balance_at(account_id=bank.payer.pk, at=NOON),
            lambda: selectors.full_statement(account=bank.payer, first=DAY, last=DAY),
        ):
            with pytest.raises(rules.NoSuchAccount):
                ask()


class TestTrialBalance:
    def shown(self, bank, on, *places):
        ids = [place.pk for place in places or (bank.outlet, bank.other)]
        return selectors.trial_balance(places=ids, currency="CNY", on=on)

    def test_it_is_the_same_before_and_after_the_date_is_closed(self, mixed):
        before = [self.shown(mixed, on).rows for on in (DAY, NEXT)]
        close(mixed, mixed.other)
        services.close_dates()

        after = [self.shown(mixed, on) for on in (DAY, NEXT)]

        assert [found.rows for found in after] == before
        assert [found.closed for found in after] == [True, False]

    def test_debits_are_credits_and_closing_follows_from_opening(self, mixed):
        for on in (DAY, NEXT):
            found = self.shown(mixed, on)
            assert all(row.movement.proved for row in found.rows)
            for which in ("opening", "moved", "closing"):
                debit, credit = found.total(which)
                assert debit == credit
        assert found.total("closing")[0] > 0

    def test_a_later_date_without_movement_brings_the_closing_forward(self, bank):
        close(bank, bank.outlet, bank.other)
        open_day(bank.outlet)
        open_day(bank.other)
        close(bank, bank.outlet, bank.other, on=NEXT)
        services.close_dates()

        row = self.shown(bank, NEXT).rows[0]
        whole = rules.Movement(
            debit_normal=True, opening_fen=100_000, debit_fen=0, credit_fen=0, closing_fen=100_000
        )

        assert (row.code, row.movement) == ("1001", whole)

    def test_every_figure_opens_its_accounts(self, mixed):
        row = next(row for row in self.shown(mixed, NEXT).rows if row.code == "2011")

        accounts = selectors.trial_accounts(
            chart_id=row.key, places=[mixed.outlet.pk, mixed.other.pk], currency="CNY", on=NEXT
        )

        for name in ("opening_fen", "debit_fen", "credit_fen", "closing_fen"):
            whole = sum(getattr(one.movement, name) for one in accounts)
            assert whole == getattr(row.movement, name)


def test_the_general_ledger_agrees_with_the_accounts(mixed):
    close(mixed, mixed.other)
    services.close_dates()

    ties = selectors.tie_out(places=[mixed.outlet.pk, mixed.other.pk], currency="CNY", on=DAY)

    assert {(tie.place_number, tie.code) for tie in ties} == {
        ("110101", "1001"), ("110101", "2011"), ("110102", "2011"),
    }  # fmt: skip
    assert all(tie.difference_fen == 0 for tie in ties)
    assert sum(tie.general_fen for tie in ties) > 0


@pytest.mark.parametrize(
    "table", ["ledger_closeddate", "ledger_closingbalance", "ledger_subjectbalance", "ledger_mark"]
)
@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET business_date = business_date", "DELETE FROM {}", "TRUNCATE {}"]
)
def test_the_application_writes_none_of_it(bank, table, statement):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        run(statement.format(table))


def test_the_value_date_is_on_the_statement_and_the_entry(bank):
    early = DAY - timedelta(days=3)
    payer, payee = (factory.account(bank.outlet, "2011", name, on=early) for name in "甲乙")
    deposit = pay(bank, bank.till, payer, 5)
    entry = pay(bank, payer, payee, 5, value_date=early)

    lines = selectors.full_statement(account=payer, first=DAY, last=DAY).lines

    assert [line.value_date for line in lines] == [DAY, early]
    assert selectors.entry(entry_id=entry.pk).value_date == early
    assert selectors.entry(entry_id=deposit.pk).value_date == DAY
