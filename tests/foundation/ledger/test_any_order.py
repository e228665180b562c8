"""Whatever is done in whatever order: the books agree with a model that only adds and subtracts."""

from __future__ import annotations

from itertools import count

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from foundation.kernel.errors import Refused
from foundation.ledger import rules, selectors, services
from foundation.ledger.rules import Leg
from foundation.people import services as people
from tests.factories import ledger as factory
from tests.factories.ledger import DAY, NOON, account

_keys = count(1)
FEN = st.integers(min_value=1, max_value=300)
PLACE = st.integers(min_value=0, max_value=5)


class Books(RuleBasedStateMachine):
    """One bank, its model beside it: balances on the normal side, holds, states, entries."""

    @initialize()
    def open_the_bank(self) -> None:
        self.step = transaction.atomic()
        self.step.__enter__()
        self.scope = people.acting_as_system(reason="test")
        self.scope.__enter__()
        bank = factory.bank(payer_fen=500)
        clearing = account(bank.other, "1001", "待清算", overdraft_allowed=True)
        self.outlet = bank.outlet.pk
        self.accounts = [bank.payer, bank.payee, bank.far_payee, bank.till, bank.other_till]
        self.accounts.append(clearing)
        self.fen = [500, 0, 0, 500, 0, 0]
        self.held = [0] * 6
        self.state = ["active"] * 6
        self.holds: dict[int, tuple[int, int]] = {}
        self.posted: list[tuple[int, dict[str, object], list[tuple[int, int]]]] = []
        self.reversed: set[int] = set()

    def teardown(self) -> None:
        if hasattr(self, "step"):
            self.scope.__exit__(None, None, None)
            transaction.set_rollback(True)
            self.step.__exit__(None, None, None)

    def after(self, legs: list[tuple[int, int]]) -> list[int] | None:
        """Return the balances after the legs, or None where the model refuses."""
        fen = list(self.fen)
        for place, amount in legs:
            debit_normal = place >= 3
            fen[place] += amount if debit_normal else -amount
        for place in {place for place, _amount in legs}:
            falls = fen[place] < self.fen[place]
            if self.state[place] == "frozen" or (falls and self.state[place] == "stop_payment"):
                return None
            if falls and fen[place] < self.held[place] and place != 5:
                return None
        return fen

    def post(self, facts: dict[str, object], legs: list[tuple[int, int]]) -> int | None:
        given = [Leg(self.accounts[place].number, amount) for place, amount in legs]
        try:
            return services.post(legs=given, **facts).pk
        except Refused:
            return None

    @rule(places=st.lists(PLACE, min_size=2, max_size=4), amounts=st.lists(FEN, min_size=3))
    def transfer(self, places: list[int], amounts: list[int]) -> None:
        """Post an entry of two to four legs, the last balancing the others."""
        legs = list(zip(places[:-1], amounts, strict=False))
        legs.append((places[-1], -sum(amount for _place, amount in legs)))
        facts = {
            "key": f"any-{next(_keys)}",
            "institution_id": self.outlet,
            "trade_code": "1404",
            "teller": "110001",
            "business_date": DAY,
            "at": NOON,
        }
        expected = self.after(legs)
        entry = self.post(facts, legs)
        assert (entry is None) == (expected is None)
        if expected is not None and entry is not None:
            self.fen = expected
            self.posted.append((entry, facts, legs))

    @precondition(lambda self: self.posted)
    @rule(which=st.integers(min_value=0), other=st.booleans())
    def retry(self, which: int, *, other: bool) -> None:
        """Send an old key again, with its content or with another."""
        entry, facts, legs = self.posted[which % len(self.posted)]
        if other:
            assert self.post({**facts, "note": "another"}, legs) is None
        else:
            assert self.post(facts, legs) == entry

    @precondition(lambda self: self.posted)
    @rule(which=st.integers(min_value=0))
    def reverse(self, which: int) -> None:
        """Take an old entry back."""
        entry, _facts, legs = self.posted[which % len(self.posted)]
        back = [(place, -amount) for place, amount in legs]
        expected = None if entry in self.reversed else self.after(back)
        try:
            services.reverse(
                entry_id=entry, key=f"any-{next(_keys)}", institution_id=self.outlet,
                trade_code="1401", teller="1", business_date=DAY, at=NOON, reason="r",
            )  # fmt: skip
        except Refused:
            assert expected is None
        else:
            assert expected is not None
            self.fen = expected
            self.reversed.add(entry)

    @rule(place=PLACE, fen=FEN)
    def hold(self, place: int, fen: int) -> None:
        """Hold an amount back."""
        fits = place == 5 or self.fen[place] - self.held[place] >= fen
        try:
            made = services.place_hold(
                number=self.accounts[place].number, fen=fen, reason="r", at=NOON, by="t"
            )
        except rules.NotEnough:
            assert not fits
        else:
            assert fits
            self.holds[made.pk] = (place, fen)
            self.held[place] += fen

    @precondition(lambda self: self.holds)
    @rule(which=st.integers(min_value=0))
    def release(self, which: int) -> None:
        """Release a hold."""
        number = sorted(self.holds)[which % len(self.holds)]
        place, fen = self.holds.pop(number)
        services.release_hold(hold_id=number, at=NOON, by="t")
        self.held[place] -= fen

    @rule(place=PLACE, step=st.sampled_from(["stop", "allow", "freeze", "unfreeze"]))
    def change_state(self, place: int, step: str) -> None:
        """Take a step of the account's flow, where it is open."""
        try:
            self.state[place] = services.change_state(
                number=self.accounts[place].number, step=step, reason="r", on=DAY, at=NOON, by="t"
            ).state
        except Refused:
            assert step not in rules.ACCOUNT_FLOW.steps_from(self.state[place])

    @invariant()
    def the_books_agree(self) -> None:
        if not hasattr(self, "fen"):
            return
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        found = [selectors.balance(number=account.number) for account in self.accounts]
        assert [balance.fen for balance in found] == self.fen
        assert [balance.held_fen for balance in found] == self.held
        assert selectors.differences(first=DAY, last=DAY) == ()


@pytest.mark.django_db
def test_the_books_agree_with_the_model_after_any_steps():
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=15,
            stateful_step_count=20,
            deadline=None,
            database=None,
            print_blob=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
