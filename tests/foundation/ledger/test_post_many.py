"""Many entries in one call come out as they would one after the other."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import close_old_connections, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from foundation.kernel.errors import Refused
from foundation.ledger import rules, selectors, services
from foundation.ledger.models import Entry, JournalLine, Posting
from foundation.ledger.rules import Leg, Order
from foundation.people import services as people
from tests.factories import ledger as factory
from tests.factories.ledger import DAY, NOON, account

ACCOUNTS = 8
TAKEN_IN = (
    "110101,2026-11-23,00000003,09:15:00,110001,1002,6228480010000000001,debit,1234.50,CNY,,V001"
)
PLACE = st.integers(min_value=0, max_value=ACCOUNTS)
FEN = st.integers(min_value=-300, max_value=300)
# Mostly sound orders, and each way to be refused now and then.
LEGS = st.one_of(
    st.tuples(PLACE, PLACE, st.integers(1, 300)).map(lambda t: [(t[0], t[2]), (t[1], -t[2])]),
    st.tuples(PLACE, PLACE, PLACE, FEN, FEN).map(
        lambda t: [(t[0], t[3]), (t[1], t[4]), (t[2], -t[3] - t[4])]
    ),
    st.lists(st.tuples(PLACE, FEN), max_size=4),
)
ORDER = st.fixed_dictionaries(
    {
        "legs": LEGS,
        "key": st.integers(1, 12),
        "outlet": st.booleans(),
        "day": st.sampled_from([0, 0, 0, 0, 0, 1]),
        "value": st.sampled_from([None, None, 0, -1]),
        "note": st.sampled_from(["", "", "x"]),
    }
)


@pytest.fixture
def books(db):
    with people.acting_as_system(reason="test"):
        bank = factory.bank(payer_fen=900)
        dollars = [
            account(bank.outlet, "2011", "美元", currency="USD"),
            account(bank.outlet, "1001", "美元现金", currency="USD", overdraft_allowed=True),
        ]
        clearing = account(bank.other, "1001", "待清算", overdraft_allowed=True)
        known = [*bank.accounts, clearing, *dollars]
        yield bank, [one.number for one in known]


def orders_of(books, drawn):
    bank, numbers = books
    return [
        Order(
            key=f"many-{one['key']}",
            institution_id=(bank.outlet if one["outlet"] else bank.other).pk,
            legs=[
                Leg(numbers[place] if place < len(numbers) else "9" * 19, fen)
                for place, fen in one["legs"]
            ],
            trade_code="1101",
            teller="110001",
            business_date=DAY + timedelta(days=one["day"]),
            at=NOON,
            note=one["note"],
            value_date=None if one["value"] is None else DAY + timedelta(days=one["value"]),
        )
        for one in drawn
    ]


def singly(orders):
    for order in orders:
        facts = {name: getattr(order, name) for name in Order.__slots__}
        try:
            yield services.post(**facts)
        except Refused as refused:
            yield refused


def told(answers):
    """Return what was answered, without the ids, which no try gives out twice."""
    return [
        (type(one).__name__, str(one)) if isinstance(one, Refused) else (one.key, one.journal_no)
        for one in answers
    ]


def state():
    with connection.cursor() as line:
        line.execute("SELECT number, balance_fen, seq FROM ledger_account ORDER BY number")
        balances = line.fetchall()
        line.execute("SELECT institution_id, last_no FROM ledger_journalnumber ORDER BY 1, 2")
        numbers = line.fetchall()
    rows = Posting.objects.order_by("account_id", "shard", "seq").values_list(
        "account_id", "shard", "seq", "line", "amount_fen", "balance_after", "currency"
    )
    entries = Entry.objects.order_by("id").values_list("key", "journal_no", "note", "value_date")
    lines = JournalLine.objects.order_by("id").values_list(
        "journal_no", "account_number", "side", "amount_fen", "counter_account", "currency"
    )
    return balances, numbers, list(rows), list(entries), list(lines)


@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(drawn=st.lists(ORDER, max_size=14))
def test_a_batch_is_what_its_orders_are_one_after_the_other(books, drawn):
    orders = orders_of(books, drawn)
    seen = []
    for posted in (lambda: list(singly(orders)), lambda: services.post_many(orders=orders)):
        with transaction.atomic():
            seen.append((told(posted()), state()))
            transaction.set_rollback(True)

    assert seen[1] == seen[0]


def order(bank, key, payer, payee, fen, **more):
    legs = [Leg(payer.number, fen), Leg(payee.number, -fen)]
    facts = {
        "key": key, "institution_id": bank.outlet.pk, "legs": legs, "trade_code": "1101",
        "teller": "110001", "business_date": DAY, "at": NOON,
    }  # fmt: skip
    return Order(**{**facts, **more})


def test_what_an_earlier_order_took_a_later_one_lacks(books):
    bank, _numbers = books
    first, second, third = services.post_many(
        orders=[
            order(bank, "a", bank.payer, bank.payee, 800),
            order(bank, "b", bank.payer, bank.payee, 200),
            order(bank, "c", bank.payer, bank.payee, 100),
        ]
    )

    assert isinstance(second, rules.NotEnough)
    assert (first.journal_no, third.journal_no) == ("00000002", "00000003")
    assert selectors.balance(number=bank.payer.number).fen == 0


def test_all_or_none_posts_none_when_one_is_refused(books):
    bank, _numbers = books
    orders = [
        order(bank, "a", bank.payer, bank.payee, 1),
        order(bank, "b", bank.payer, bank.payee, 5000),
    ]
    before = state()

    with pytest.raises(rules.NotEnough):
        services.post_many(orders=orders, whole=True)
    assert state() == before
    assert len(services.post_many(orders=orders[:1], whole=True)) == 1


def test_a_batch_that_comes_again_posts_nothing_more(books):
    bank, _numbers = books
    orders = [order(bank, f"k{n}", bank.payer, bank.payee, n) for n in range(1, 6)]
    first = services.post_many(orders=orders)
    once = state()

    again = services.post_many(orders=[*orders, replace(orders[0], note="other")])

    assert [entry.pk for entry in again[:5]] == [entry.pk for entry in first]
    assert isinstance(again[5], rules.KeyReused)
    assert state() == once


def test_a_single_post_knows_the_keys_of_a_batch(books):
    bank, _numbers = books
    wanted = order(bank, "k", bank.payer, bank.payee, 7)
    (first,) = services.post_many(orders=[wanted])

    (again,) = singly([wanted])

    assert again.pk == first.pk


def test_another_institutions_orders_are_refused_each(books):
    bank, _numbers = books
    foreign = order(bank, "f", bank.payer, bank.payee, 1, institution_id=bank.other.pk)
    own = order(bank, "o", bank.payer, bank.payee, 1)
    clerk = factory.people_factory.staff(bank.outlet, "teller")

    with people.acting(staff=clerk):
        refused, posted = services.post_many(orders=[foreign, own])

    assert isinstance(refused, rules.OtherInstitution)
    assert posted.journal_no


def test_numbers_that_were_taken_in_are_stepped_over(books):
    bank, _numbers = books
    services.import_journal(
        data="\n".join((",".join(rules.COLUMNS), TAKEN_IN)).encode(),
        name="1123.csv",
        institution_id=bank.outlet.pk,
        at=NOON,
        by=factory.BY,
    )

    posted = services.post_many(
        orders=[order(bank, f"k{n}", bank.payer, bank.payee, 1) for n in range(3)]
    )

    assert [entry.journal_no for entry in posted] == ["00000002", "00000004", "00000005"]


def test_no_more_than_ten_thousand_go_into_one_call(books):
    bank, _numbers = books
    with pytest.raises(ValueError, match="10000 of one call"):
        services.post_many(orders=[order(bank, "k", bank.payer, bank.payee, 1)] * 10_001)
    assert services.post_many(orders=[]) == ()


def test_batches_that_share_keys_and_accounts_post_each_key_once(committed_db):
    bank = factory.bank(payer_fen=1_000_000)
    with people.acting_as_system(reason="test"):
        others = [account(bank.outlet, "2011", f"客户{n}") for n in range(6)]
    together = Barrier(4)

    def batch(turn: int) -> list[str]:
        together.wait()
        try:
            with people.acting_as_system(reason="test"):
                answers = services.post_many(
                    orders=[
                        order(bank, f"k{n}", bank.payer, others[(n + turn * n) % 6], 1 + turn)
                        for n in (range(40) if turn % 2 else reversed(range(40)))
                    ]
                )
            return [one.key for one in answers if isinstance(one, Entry)]
        finally:
            close_old_connections()

    for _round in range(3):
        with ThreadPoolExecutor(4) as pool:
            found = [key for keys in pool.map(batch, range(4)) for key in keys]
        assert len(set(found)) == 40

    with people.acting_as_system(reason="test"):
        assert Entry.objects.filter(key__startswith="k").count() == 40
        assert not selectors.differences(first=DAY, last=DAY)
