"""Hot accounts under load: spread and given back, frozen, closed, and nothing is lost or late."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier, Event

import pytest
from django.db import close_old_connections, connection, transaction

from foundation.ledger import rules, selectors, services
from foundation.ledger.models import Account, Entry, Posting
from foundation.ledger.rules import Leg
from foundation.people import services as people
from tests.factories import ledger as factory
from tests.factories.ledger import BY, DAY, NOON, pay
from tests.foundation.ledger.test_races import sound, together

ROUNDS = 12
STEPS = (8, 1, 2, 1, 5, 1)


@pytest.fixture
def world(committed_db):
    """Make a bank with two suspense accounts that may be spread, and two managers."""
    bank = factory.bank()
    with people.acting_as_system(reason="test"):
        accounts = [
            factory.account(place, "1001", "待清算", overdraft_allowed=True)
            for place in (bank.outlet, bank.other)
        ]
        managers = factory.two(bank.branch, "ops_manager")
    return bank, accounts, managers


def spread_to(account: Account, shards: int, managers) -> None:
    first, second = managers
    asked = services.propose_shards(
        number=account.number, shards=shards, reason="r", at=NOON, by=first
    )
    services.decide_shards(request_id=asked.pk, approve=True, at=NOON, by=second)


def change(step: str, account: Account) -> Account:
    return services.change_state(
        number=account.number, step=step, reason="r", on=DAY, at=NOON, by=BY
    )


def many(bank, key: str, *legs: tuple[Account, int]) -> Entry:
    """Post an entry of more than two legs: the path that weighs under locks."""
    return services.post(
        key=key, institution_id=bank.outlet.pk, trade_code="1404", teller="110001",
        business_date=DAY, at=NOON, legs=[Leg(account.number, fen) for account, fen in legs],
    )  # fmt: skip


def alone(*works: Callable[[], int]) -> list[int]:
    """Run the works beside one another, each step of theirs in a transaction of its own."""
    gate = Barrier(len(works))

    def one(work: Callable[[], int]) -> int:
        close_old_connections()
        try:
            gate.wait(timeout=20)
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))


def one_posting(world, key: str, kind: int, fen: int) -> int:
    """Post to the hot account in one of three ways; return what it adds to its balance."""
    bank, (hot, other), _managers = world
    with people.acting_as_system(reason="race"):
        if kind == 0:
            pay(bank, hot, bank.till, fen, key=key)
        elif kind == 1:
            pay(bank, other, hot, fen, key=key)
        else:
            many(bank, key, (hot, fen), (other, -fen - 1), (bank.till, 1))
    return -fen if kind == 1 else fen


def test_spread_and_given_back_while_others_post_nothing_is_lost(world):
    _bank, (hot, other), managers = world
    over = Event()

    def steps() -> int:
        for account in (hot, other) * 3:
            for shards in STEPS:
                with people.acting_as_system(reason="race"):
                    spread_to(account, shards, managers)
        over.set()
        return 0

    def poster(number: int) -> int:
        dice, total, count = random.Random(number), 0, 0
        while not over.is_set() or count < ROUNDS:
            key, kind = f"{number}-{count}", count % 3
            total += one_posting(world, key, kind, dice.randint(1, 99))
            count += 1
        return total

    total = sum(alone(steps, *(partial(poster, number) for number in range(4))))

    with people.acting_as_system(reason="test"):
        assert selectors.balance(number=hot.number).fen == total
        assert selectors.balance_on(account_id=hot.pk, on=DAY) == total
        entries = Entry.objects.exclude(key__startswith="factory").count()
        assert selectors.hot(number=hot.number).legs == entries >= 4 * ROUNDS
        parts = set(Posting.objects.filter(account=hot).values_list("shard", flat=True))
        assert len(parts) > 2, "the races were none: everything went to one part"
        account = selectors.account(number=hot.number)
        full = selectors.full_statement(account=account, first=DAY, last=DAY, limit=10_000)
        assert full.whole.proved
        assert full.lines[-1].balance_fen == total
        assert selectors.hot_differences() == ()
        assert selectors.recent_differences(first=DAY) == ()
    assert sound()


@pytest.mark.parametrize("step", ["freeze", "stop"])
def test_nothing_is_posted_after_a_freeze_under_load(world, step):
    bank, (hot, _other), managers = world
    with people.acting_as_system(reason="test"):
        spread_to(hot, 4, managers)
    for number in range(ROUNDS):
        seen: list[int] = []

        def stop(seen=seen) -> int:
            with transaction.atomic():
                change(step, hot)
                seen.append(Posting.objects.filter(account=hot).count())
            return 0

        def two(number=number) -> int:
            return pay(bank, bank.till, hot, 1).pk

        def three(number=number) -> int:
            legs = ((bank.till, 3), (hot, -1), (bank.payee, -2))
            return many(bank, f"three-{number}", *legs).pk

        answers = together(two, stop, two, three)

        late = [
            one for one in answers
            if not isinstance(one, int | rules.AccountFrozen | rules.PaymentStopped)
        ]  # fmt: skip
        assert not late
        with people.acting_as_system(reason="test"):
            assert Posting.objects.filter(account=hot).count() == seen[0]
            change("unfreeze" if step == "freeze" else "allow", hot)
    assert sound()


def test_an_account_closes_empty_or_not_at_all(world):
    bank, (_hot, other), managers = world
    closed = 0
    for _ in range(ROUNDS):
        with people.acting_as_system(reason="test"):
            hot = factory.account(bank.outlet, "1001", "待清算", overdraft_allowed=True)
            spread_to(hot, 3, managers)

        answers = together(
            lambda hot=hot: pay(bank, other, hot, 5).pk, lambda hot=hot: change("close", hot).pk
        )

        kinds = {type(answer) for answer in answers}
        assert kinds in ({int, rules.BalanceLeft}, {int, rules.AccountClosed})
        closed += rules.AccountClosed in kinds
    assert sound()


def test_a_reversal_and_a_change_of_shards_at_once(world):
    bank, (hot, _other), managers = world
    for number in range(ROUNDS):
        with people.acting_as_system(reason="test"):
            spread_to(hot, 6, managers)
            entry = pay(bank, bank.till, hot, 10)

        def reverse(number=number, entry=entry) -> int:
            return services.reverse(
                entry_id=entry.pk, key=f"back-{number}", institution_id=bank.outlet.pk,
                trade_code="1401", teller="110001", business_date=DAY, at=NOON, reason="r",
            ).pk  # fmt: skip

        answers = together(reverse, lambda: spread_to(hot, 1, managers))

        assert isinstance(answers[0], int), answers
        with people.acting_as_system(reason="test"):
            assert selectors.balance(number=hot.number).fen == 0
    assert sound()


def test_two_proposals_at_once_are_one(world):
    _bank, (hot, _other), managers = world

    def ask(by, shards: int) -> int:
        return services.propose_shards(
            number=hot.number, shards=shards, reason="r", at=NOON, by=by
        ).pk

    answers = together(lambda: ask(managers[0], 4), lambda: ask(managers[1], 6))

    assert sum(isinstance(answer, rules.ShardsAsked) for answer in answers) == 1


@pytest.mark.parametrize(
    ("damage", "kind"),
    [
        ("SELECT ledger_spread({hot}, 9::smallint)", "shards without approval"),
        ("UPDATE ledger_account SET spread = false WHERE id = {hot}", "shard differs"),
        ("UPDATE ledger_shard SET used = NOT used WHERE shard = 2", "shard differs"),
        ("UPDATE ledger_shard SET balance_fen = balance_fen + 1 WHERE seq > 0", "balance differs"),
        ("ALTER TABLE ledger_shardrequest DISABLE TRIGGER ledger_shardrequest_guard", "guard off"),
        ("GRANT EXECUTE ON FUNCTION ledger_spread TO PUBLIC", "right too many"),
    ],
)
def test_damage_to_a_hot_account_is_found(world, committed_db, damage, kind):
    bank, (hot, _other), managers = world
    with people.acting_as_system(reason="test"):
        spread_to(hot, 3, managers)
        pay(bank, bank.till, hot, 5)
    assert hot_kinds() == set()

    with committed_db.as_owner() as owner:
        owner.execute("SET app.scope = '*'")
        owner.execute(damage.format(hot=hot.pk))

        try:
            assert kind in hot_kinds()
        finally:
            owner.execute("ALTER TABLE ledger_shardrequest ENABLE ALWAYS TRIGGER"
                          " ledger_shardrequest_guard")  # fmt: skip
            owner.execute("REVOKE EXECUTE ON FUNCTION ledger_spread FROM PUBLIC")


def hot_kinds() -> set[str]:
    with people.acting_as_system(reason="test"):
        found = (*selectors.differences(first=DAY, last=DAY), *selectors.hot_differences())
    return {difference.kind for difference in found}


def test_an_account_that_was_spread_is_never_given_a_floor(world, committed_db):
    _bank, (hot, _other), managers = world
    with people.acting_as_system(reason="test"):
        spread_to(hot, 3, managers)
        spread_to(hot, 1, managers)

    with committed_db.as_owner() as owner, pytest.raises(Exception, match="has no floor"):
        owner.execute("UPDATE ledger_account SET overdraft_allowed = false WHERE id = %s", [hot.pk])
