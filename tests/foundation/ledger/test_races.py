"""Many at once: the same key, the same account, the last posting and the close of the day."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

from django.db import close_old_connections, connection

from foundation.kernel.errors import Refused
from foundation.ledger import rules, selectors, services
from foundation.ledger.models import DayClosing, Entry, Hold, Turnover
from foundation.people import services as people
from tests.factories import ledger as factory
from tests.factories.ledger import DAY, NOON, pay

THREADS = 6


def together(*works: Callable[[], object]) -> list[object]:
    """Start the works at one moment, each on its own connection; return answers or refusals."""
    gate = Barrier(len(works))

    def one(work: Callable[[], object]) -> object:
        close_old_connections()
        try:
            with people.acting_as_system(reason="race"):
                gate.wait(timeout=20)
                return work()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def sound() -> bool:
    with people.acting_as_system(reason="test"):
        return selectors.differences(first=DAY, last=DAY) == ()


def test_one_key_sent_by_six_at_once_posts_once(committed_db):
    bank = factory.bank()

    for number in range(40):
        key = f"race-{number}"
        answers = together(*[lambda k=key: pay(bank, bank.payer, bank.payee, 10, key=k).pk] * 6)
        assert len(set(answers)) == 1

    with people.acting_as_system(reason="test"):
        assert Entry.objects.filter(key__startswith="race-").count() == 40
        assert selectors.balance(number=bank.payee.number).fen == 400
    assert sound()


def test_one_key_with_two_contents_at_once_posts_one_of_them(committed_db):
    bank = factory.bank()

    for number in range(20):
        key = f"race-{number}"
        answers = together(
            lambda k=key: pay(bank, bank.payer, bank.payee, 10, key=k).pk,
            lambda k=key: pay(bank, bank.till, bank.far_payee, 20, key=k).pk,
        )
        assert sorted(type(answer) is rules.KeyReused for answer in answers) == [False, True]

    assert sound()


def test_six_payers_of_the_same_money_do_not_overdraw(committed_db):
    bank = factory.bank(payer_fen=100)

    answers = together(*[lambda: pay(bank, bank.payer, bank.payee, 40).pk] * THREADS)

    assert sum(isinstance(answer, int) for answer in answers) == 2
    assert sum(isinstance(answer, rules.NotEnough) for answer in answers) == 4
    assert sound()


def test_a_hold_and_a_payment_of_the_same_money_exclude_each_other(committed_db):
    bank = factory.bank(payer_fen=100)

    def hold() -> Hold:
        return services.place_hold(number=bank.payer.number, fen=60, reason="r", at=NOON, by="race")

    answers = together(hold, lambda: pay(bank, bank.payer, bank.payee, 60))

    assert sum(isinstance(answer, rules.NotEnough) for answer in answers) == 1
    assert sound()


def test_crossing_transfers_do_not_deadlock(committed_db):
    bank = factory.bank()
    for account in (bank.payee, bank.far_payee):
        with people.acting_as_system(reason="test"):
            pay(bank, bank.till, account, 100_000)
    dice = random.Random(20261123)
    three = (bank.payer, bank.payee, bank.far_payee)

    def one_each() -> int:
        debit, credit = dice.sample(three, 2)
        return pay(bank, debit, credit, dice.randint(1, 50)).pk

    for _ in range(15):
        assert all(isinstance(answer, int) for answer in together(*[one_each] * THREADS))
    assert sound()


def test_two_reversals_at_once_reverse_once(committed_db):
    bank = factory.bank()
    with people.acting_as_system(reason="test"):
        entry = pay(bank, bank.payer, bank.payee, 500)

    def reverse(key: str) -> int:
        return services.reverse(
            entry_id=entry.pk, key=key, institution_id=bank.outlet.pk, trade_code="1401",
            teller="110001", business_date=DAY, at=NOON, reason="r",
        ).pk  # fmt: skip

    answers = together(lambda: reverse("a"), lambda: reverse("b"))

    assert sum(isinstance(answer, rules.AlreadyReversed) for answer in answers) == 1
    assert sound()


CLOSES = 200


def test_nothing_is_posted_into_a_day_that_closes_at_the_same_moment(committed_db):
    bank = factory.bank()
    late = refused = 0
    with people.acting_as_system(reason="test"):
        two = factory.two(bank.outlet)

    for number in range(CLOSES):
        day = DAY + timedelta(days=number)
        if number:
            with people.acting_as_system(reason="test"):
                services.open_day(institution_id=bank.outlet.pk, on=day, at=NOON, by="t")
        seen: list[int] = []

        def close(day=day, seen=seen) -> int:
            services.close_day(
                institution_id=bank.outlet.pk, on=day, at=NOON, by=two, reason="race"
            )
            seen.append(Entry.objects.filter(business_date=day).count())
            return 0

        def post(day=day) -> int:
            return pay(bank, bank.payer, bank.payee, 1, business_date=day).pk

        answers = together(post, close, post)
        posted = sum(isinstance(answer, int) and answer > 0 for answer in answers)
        refused += sum(isinstance(answer, rules.DayClosed) for answer in answers)
        with people.acting_as_system(reason="test"):
            first_day = number == 0
            entries = Entry.objects.filter(business_date=day).count()
            assert entries == posted + first_day
            closing = DayClosing.objects.get(business_date=day)
            turnover = Turnover.objects.filter(closing=closing)
            assert closing.entries == entries
            assert closing.legs == sum(row.legs for row in turnover) == 2 * entries
        late += entries - seen[0]
        assert all(isinstance(answer, int | rules.DayClosed) for answer in answers)

    assert late == 0
    assert 0 < refused < 2 * CLOSES, "the races were none: everybody was early, or late"


def test_an_account_is_spread_and_gathered_under_load_and_nothing_is_lost(committed_db):
    bank = factory.bank()
    with people.acting_as_system(reason="test"):
        hot = factory.account(bank.outlet, "1001", "待清算", overdraft_allowed=True)

    def post() -> int:
        return pay(bank, bank.till, hot, 7).pk

    for shards in (1, 4, 2, 1, 3):
        with committed_db.as_owner() as owner:

            def spread(shards=shards, owner=owner) -> int:
                owner.execute("SET app.scope = '*'")
                owner.execute("SELECT ledger_spread(%s, %s::smallint)", [hot.pk, shards])
                return 0

            answers = together(post, post, spread, post, post)
            assert all(isinstance(answer, int) for answer in answers)
        with people.acting_as_system(reason="test"):
            assert pay(bank, hot, bank.till, 1).pk

    with people.acting_as_system(reason="test"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.balance_fen + sum(s.balance_fen) FROM ledger_account a"
            " JOIN ledger_shard s ON s.account_id = a.id WHERE a.id = %s GROUP BY a.id",
            [hot.pk],
        )
        assert cursor.fetchone()[0] == -(5 * 4 * 7) + 5
    assert sound()


def test_a_hot_account_that_is_frozen_at_the_same_moment_moves_no_more(committed_db):
    bank = factory.bank()
    with people.acting_as_system(reason="test"):
        hot = factory.account(bank.outlet, "1001", "待清算", overdraft_allowed=True)
    with committed_db.as_owner() as owner:
        owner.execute("SET app.scope = '*'")
        owner.execute("SELECT ledger_spread(%s, 4::smallint)", [hot.pk])
    at_freeze: list[int] = []

    def freeze() -> int:
        services.change_state(number=hot.number, step="freeze", reason="r", on=DAY, at=NOON, by="t")
        at_freeze.append(Entry.objects.count())
        return 0

    answers = together(*[lambda: pay(bank, bank.till, hot, 1).pk] * 3, freeze)

    posted = [answer for answer in answers if isinstance(answer, int) and answer]
    refused = [answer for answer in answers if isinstance(answer, rules.AccountFrozen)]
    assert len(posted) + len(refused) == 3
    with people.acting_as_system(reason="test"):
        assert Entry.objects.count() == at_freeze[0]
    assert sound()
