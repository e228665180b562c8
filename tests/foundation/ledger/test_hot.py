"""Hot accounts: spread by two people, exact for every reader, given back without a loss."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse

from foundation.ledger import rules, selectors, services
from foundation.ledger.models import Account, ShardRequest, whole
from foundation.ledger.rules import Leg
from foundation.people import services as people
from foundation.trail import selectors as trail
from ops_platform import day_checks
from tests.factories import ledger as factory
from tests.factories.ledger import BY, DAY, NOON, pay

NEXT = DAY + timedelta(days=1)
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def two(bank):
    return factory.two(bank.branch, "ops_manager")


@pytest.fixture
def suspense(bank):
    return factory.account(bank.outlet, "1001", "待清算", overdraft_allowed=True)


def propose(account, by, shards=4, reason="午间高峰"):
    return services.propose_shards(
        number=account.number, shards=shards, reason=reason, at=NOON, by=by
    )


def decide(asked, by, *, approve=True):
    return services.decide_shards(request_id=asked.pk, approve=approve, at=NOON, by=by)


def sound() -> bool:
    assert selectors.differences(first=DAY, last=NEXT) == ()
    assert selectors.recent_differences(first=DAY) == ()
    assert selectors.hot_differences() == ()
    return True


def parts(account):
    return [(part.shard, part.used, part.balance_fen) for part in selectors.hot(
        number=account.number).parts]  # fmt: skip


class TestByTwo:
    def test_one_proposes_and_another_approves(self, suspense, two):
        decide(propose(suspense, two[0]), two[1])

        found = selectors.hot(number=suspense.number)
        assert found.account.shards == 4
        assert [part.used for part in found.parts] == [False, True, True, True, True]
        told = [event.action for event in trail.timeline(subject=suspense.subject)]
        assert told[:2] == ["ledger.approve_shards", "ledger.propose_shards"]
        assert sound()

    def test_a_declined_proposal_changes_nothing_and_another_may_follow(self, suspense, two):
        decide(propose(suspense, two[0]), two[1], approve=False)

        assert len(selectors.hot(number=suspense.number).parts) == 1
        assert propose(suspense, two[0], 2).approved is None

    def test_who_proposed_does_not_decide(self, suspense, two):
        with pytest.raises(rules.OnePerson):
            decide(propose(suspense, two[0]), two[0])

    def test_a_proposal_is_decided_once(self, suspense, two):
        asked = propose(suspense, two[0])
        decide(asked, two[1])

        with pytest.raises(rules.NoSuchProposal):
            decide(asked, two[1])

    def test_one_proposal_at_a_time(self, suspense, two):
        propose(suspense, two[0])

        with pytest.raises(rules.ShardsAsked):
            propose(suspense, two[1], 8)

    @pytest.mark.parametrize(("shards", "refusal"), [
        (65, rules.TooManyShards), (0, rules.TooManyShards), (1, rules.SameShards),
    ])  # fmt: skip
    def test_a_number_that_cannot_be_is_refused(self, suspense, two, shards, refusal):
        with pytest.raises(refusal):
            propose(suspense, two[0], shards)

    def test_a_customer_an_account_with_a_floor_and_a_closed_one_are_refused(
        self, bank, suspense, two
    ):
        with pytest.raises(rules.NotInternal):
            propose(bank.payer, two[0])
        with pytest.raises(rules.HasFloor):
            propose(bank.till, two[0])
        services.change_state(
            number=suspense.number, step="close", reason="r", on=DAY, at=NOON, by=BY
        )
        with pytest.raises(rules.AccountClosed):
            propose(suspense, two[0])


class TestTheDatabase:
    def test_knows_the_humans(self, suspense, two):
        asked = propose(suspense, two[0])

        with pytest.raises(IntegrityError, match="shards_by_two"), transaction.atomic():
            ShardRequest.objects.filter(pk=asked.pk).update(
                approved=True, decided_by=two[0], decided_at=NOON, decided_label="x"
            )

    @pytest.mark.parametrize("change", [{"shards": 9}, {"reason": "x"}])
    def test_keeps_what_was_proposed(self, suspense, two, change):
        asked = propose(suspense, two[0])

        with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
            ShardRequest.objects.filter(pk=asked.pk).update(**change)

    def test_lets_nobody_spread_without_two(self, suspense):
        call = "SELECT ledger_spread(%s, 4::smallint)"
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            connection.cursor().execute(call, [suspense.pk])
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Account.objects.filter(pk=suspense.pk).update(shards=4)

    def test_opens_no_account_with_shards(self, suspense):
        copy = Account.objects.values(
            "institution_id", "name", "chart_id", "opened_on", "overdraft_allowed"
        ).get(pk=suspense.pk)

        with pytest.raises(IntegrityError, match="begins with nothing"), transaction.atomic():
            Account.objects.create(**copy, number="1" * 19, shards=4)


@pytest.fixture
def hot(bank, suspense, two):
    """Spread the account over four, then over one, then over three, with postings between."""
    dice = random.Random(20261128)
    pay(bank, bank.till, suspense, 50)
    for shards in (4, 1, 3):
        decide(propose(suspense, two[0], shards), two[1])
        for _ in range(12):
            pay(bank, bank.till, suspense, dice.randint(1, 900))
        pay(bank, suspense, bank.till, 7)
    return suspense


class TestReading:
    def test_the_balance_is_the_sum_of_every_part(self, bank, hot):
        exact = selectors.balance_on(account_id=hot.pk, on=DAY)

        assert selectors.balance(number=hot.number).fen == exact
        assert selectors.account(number=hot.number).balance_fen == exact
        assert selectors.account(number=hot.number).available_fen == exact
        assert {row.number: row.balance_fen for row in selectors.accounts()}[hot.number] == exact
        assert selectors.hot(number=hot.number).sum_fen == exact
        assert selectors.balance_at(account_id=hot.pk, at=NOON.replace(year=2089)) == exact
        legs = selectors.statement(account_id=hot.pk, limit=200)
        assert exact == sum(leg.amount_fen for leg in legs)
        assert sound()

    def test_a_row_alone_does_not_answer_for_the_whole(self, hot):
        with pytest.raises(AttributeError):
            _ = Account.objects.get(pk=hot.pk).balance_fen

        assert whole(Account.objects.filter(pk=hot.pk)).get().balance_fen

    def test_a_statement_proves_itself_forward_and_backward(self, hot):
        full = selectors.full_statement(
            account=selectors.account(number=hot.number), first=DAY, last=DAY, limit=200
        )
        back, before = [], ""
        while page := selectors.statement(account_id=hot.pk, before=before, limit=7):
            back += page
            before = page[-1].place

        assert full.whole.proved
        assert full.whole.closing_fen == full.lines[-1].balance_fen == back[0].balance_after
        assert full.legs == len(full.lines) == len(back) == 40
        assert [line.place for line in full.lines] == [one.place for one in reversed(back)]
        assert [line.balance_fen for line in full.lines] == [
            one.balance_after for one in reversed(back)
        ]

    def test_a_page_of_the_statement_carries_the_balance_over(self, hot):
        account, lines, after = selectors.account(number=hot.number), [], ""
        while (
            page := selectors.full_statement(
                account=account, first=DAY, last=DAY, after=after, limit=9
            )
        ).lines:
            assert not lines or page.brought_fen == lines[-1].balance_fen
            lines += page.lines
            after = lines[-1].place

        assert len(lines) == 40
        assert lines[-1].balance_fen == selectors.balance(number=hot.number).fen

    @pytest.mark.parametrize("place", ["x", "7", "2026-11-23.x.1", "2026-11-23.99.1", "..", "-1"])
    def test_a_place_that_is_none_is_refused(self, hot, place):
        with pytest.raises(rules.NoSuchPlace):
            selectors.statement(account_id=hot.pk, before=place)

    def test_days_narrow_the_statement(self, hot):
        assert selectors.statement(account_id=hot.pk, first=NEXT) == ()
        assert len(selectors.statement(account_id=hot.pk, first=DAY, last=DAY)) == 40

    def test_what_is_held_is_not_available(self, hot):
        before = selectors.balance(number=hot.number)

        services.place_hold(number=hot.number, fen=100, reason="r", at=NOON, by=BY)

        after = selectors.balance(number=hot.number)
        assert (after.fen, after.available_fen) == (before.fen, before.fen - 100)

    def test_an_account_whose_parts_cancel_out_counts_as_cleared(self, bank, suspense, two):
        services.define_subject(
            code="3005", name="x", normal_side=rules.DEBIT, kind=rules.INTERNAL, must_clear=True
        )
        cleared = factory.account(bank.outlet, "3005", "待清算", overdraft_allowed=True)
        pay(bank, bank.till, cleared, 70)
        assert day_checks.uncleared(bank.outlet.pk, DAY).count == 1
        decide(propose(cleared, two[0]), two[1])
        pay(bank, cleared, bank.till, 70)

        assert [part[2] for part in parts(cleared) if part[2]] == [-70, 70]
        assert day_checks.uncleared(bank.outlet.pk, DAY).count == 0

    def test_the_day_closes_with_the_turnover_of_every_part(self, bank, hot):
        exact = selectors.balance(number=hot.number).fen
        for place in (bank.outlet, bank.other):
            factory.close_day(place)
        with people.acting_as_system(reason="test"):
            services.close_dates()

        assert selectors.balance_on(account_id=hot.pk, on=DAY) == exact
        ties = selectors.tie_out(places=[bank.outlet.pk], currency="CNY", on=DAY)
        assert ties
        assert all(tie.difference_fen == 0 for tie in ties)
        assert selectors.day_differences(first=DAY, last=DAY) == ()
        trial = selectors.trial_balance(places=[bank.outlet.pk], currency="CNY", on=DAY)
        cash = {row.code: row.movement for row in trial.rows}["1001"]
        tills = selectors.balance(number=bank.till.number).fen
        assert trial.closed
        assert cash.proved
        assert cash.closing_fen == exact + tills
        back = selectors.statement(account_id=hot.pk, limit=5)
        assert back[0].balance_after == exact


class TestState:
    def test_a_frozen_account_takes_nothing_on_any_part(self, bank, hot):
        services.change_state(number=hot.number, step="freeze", reason="r", on=DAY, at=NOON, by=BY)
        third = [Leg(bank.till.number, 3), Leg(hot.number, -1), Leg(bank.payee.number, -2)]

        for _ in range(4):
            with pytest.raises(rules.AccountFrozen):
                pay(bank, bank.till, hot, 1)
        with pytest.raises(rules.AccountFrozen):
            services.dry_run(
                institution_id=bank.outlet.pk, legs=third, trade_code="1404", teller="1",
                business_date=DAY, at=NOON,
            )  # fmt: skip

    def test_a_stopped_account_receives_and_does_not_pay(self, bank, hot):
        services.change_state(number=hot.number, step="stop", reason="r", on=DAY, at=NOON, by=BY)

        pay(bank, hot, bank.till, 1)  # a debit-normal account receives by a debit
        with pytest.raises(rules.PaymentStopped):
            pay(bank, bank.till, hot, 1)

    def test_it_is_closed_only_when_the_sum_is_nothing(self, bank, hot):
        with pytest.raises(rules.BalanceLeft):
            services.change_state(
                number=hot.number, step="close", reason="r", on=DAY, at=NOON, by=BY
            )
        left = selectors.balance(number=hot.number).fen
        pay(bank, hot, bank.till, -left)

        services.change_state(number=hot.number, step="close", reason="r", on=DAY, at=NOON, by=BY)

        assert any(part[2] for part in parts(hot))
        assert sound()

    def test_an_entry_on_a_shard_no_longer_used_is_reversed(self, bank, suspense, two):
        decide(propose(suspense, two[0]), two[1])
        entry = pay(bank, bank.till, suspense, 500)
        many = services.post(
            key="many", institution_id=bank.outlet.pk, trade_code="1404", teller="1",
            business_date=DAY, at=NOON,
            legs=[Leg(bank.till.number, 5), Leg(suspense.number, -3), Leg(suspense.number, -2)],
        )  # fmt: skip
        decide(propose(suspense, two[0], 1), two[1])

        for number, one in enumerate((entry, many)):
            services.reverse(
                entry_id=one.pk, key=f"back-{number}", institution_id=bank.outlet.pk,
                trade_code="1401", teller="1", business_date=DAY, at=NOON, reason="r",
            )  # fmt: skip

        assert selectors.balance(number=suspense.number).fen == 0
        assert [part[0] for part in parts(suspense) if part[1]] == [1]
        assert sound()


def test_two_hot_accounts_post_to_each_other(bank, suspense, two):
    other = factory.account(bank.other, "1001", "待清算", overdraft_allowed=True)
    for account in (suspense, other):
        decide(propose(account, two[0]), two[1])

    pay(bank, suspense, other, 30)

    assert selectors.balance(number=suspense.number).fen == 30
    assert selectors.balance(number=other.number).fen == -30
    assert sound()


class TestPages:
    def test_a_proposal_is_made_and_decided_on_the_page(self, bank, suspense, two, client):
        address = reverse("ledger:hot", args=[suspense.number])
        client.force_login(two[0], backend=BACKEND)
        given = {"shards": "4", "reason": "午间高峰"}
        page = client.post(
            reverse("ledger:hot_propose", args=[suspense.number]), given, follow=True
        )
        assert "午间高峰" in page.content.decode()
        asked = ShardRequest.objects.get()
        choice = {"proposal": asked.pk, "step": "approve"}
        decide_at = reverse("ledger:hot_decide", args=[suspense.number])
        assert client.post(decide_at, choice).status_code == 409
        client.force_login(two[1], backend=BACKEND)

        client.post(decide_at, choice)
        pay(bank, bank.till, suspense, 1_250)

        page = client.get(address)
        assert page.context["hot"].sum_fen == -1_250
        assert page.context["account"].shards == 4
        listed = client.get(reverse("ledger:hot_accounts")).content.decode()
        assert address in listed
        account = client.get(reverse("ledger:account", args=[suspense.number]))
        assert "-12.50" in account.content.decode()
        assert address in account.content.decode()
        assert client.post(decide_at, choice).status_code == 409

    @pytest.mark.parametrize("given", [{"shards": "65", "reason": "r"}, {"shards": "2"}, {}])
    def test_what_cannot_be_proposed_is_told(self, suspense, two, client, given):
        client.force_login(two[0], backend=BACKEND)

        answer = client.post(reverse("ledger:hot_propose", args=[suspense.number]), given)

        assert answer.status_code == 422

    def test_an_account_with_a_floor_has_no_form(self, bank, two, client):
        client.force_login(two[0], backend=BACKEND)

        page = client.get(reverse("ledger:hot", args=[bank.till.number]))

        assert not page.context["proposes"]
        answer = client.post(
            reverse("ledger:hot_propose", args=[bank.till.number]), {"shards": "2", "reason": "r"}
        )
        assert answer.status_code == 422

    def test_a_supervisor_reads_and_proposes_nothing(self, bank, hot, desk):
        window = desk(bank.outlet)

        assert window.get(reverse("ledger:hot", args=[hot.number])).status_code == 200
        assert not window.get(reverse("ledger:hot", args=[hot.number])).context["decides"]
        answer = window.post(reverse("ledger:hot_propose", args=[hot.number]), {"shards": "2"})
        assert answer.status_code == 403
