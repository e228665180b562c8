"""Closing a business day: blockers, turnover, seal, two signatures, and opening it again."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from foundation.kernel import bus
from foundation.kernel.flow import StepNotAllowed
from foundation.ledger import events, rules, selectors, services
from foundation.ledger.models import (
    BusinessDay,
    DayCarry,
    DayClosing,
    DaySignature,
    Reopening,
    Turnover,
)
from foundation.trail.models import Event
from tests.factories import ledger as factory
from tests.factories.ledger import DAY, NOON, pay


@pytest.fixture
def two(bank):
    return factory.two(bank.outlet)


@pytest.fixture
def nothing_open(monkeypatch):
    monkeypatch.setattr("foundation.ledger.rules._days._checks", {})


@pytest.fixture
def open_items(monkeypatch):
    """Let one check find so many things as the list says."""
    found = [0]
    check = rules.DayCheck("items", "Items", lambda _place, _on: rules.Found(found[0], "/x/"))
    monkeypatch.setattr("foundation.ledger.rules._days._checks", {"items": check})
    return found


def facts(bank, by):
    return {"institution_id": bank.outlet.pk, "on": DAY, "at": NOON, "by": by}


def sealed(bank, by):
    services.begin_close(**facts(bank, by))
    return services.seal_day(**facts(bank, by))


def state(bank):
    return selectors.day_state(institution_id=bank.outlet.pk, on=DAY)


@pytest.mark.usefixtures("nothing_open")
class TestClose:
    def test_turnover_is_what_the_institution_posted(self, bank, two):
        pay(bank, bank.payer, bank.far_payee, 300)
        pay(bank, bank.far_payee, bank.payer, 50)
        pay(bank, bank.other_till, bank.far_payee, 7, institution_id=bank.other.pk)

        sealed(bank, two[0])

        rows = Turnover.objects.order_by("account_id")
        assert [(row.account_id, row.legs, row.debit_fen, row.credit_fen) for row in rows] == [
            (bank.till.pk, 1, 100_000, 0),
            (bank.payer.pk, 3, 300, 100_050),
            (bank.far_payee.pk, 2, 50, 300),
        ]
        assert {row.poster_id for row in rows} == {bank.outlet.pk}
        assert rows.get(account=bank.far_payee).institution_id == bank.other.pk

    def test_figures_and_seal_are_kept(self, bank, two):
        closing = sealed(bank, two[0])

        assert (closing.entries, closing.legs, closing.last_no, closing.round) == (1, 2, 1, 1)
        assert closing.figures == {"CNY": {"legs": 2, "debit": 100_000, "credit": 100_000}}
        assert (closing.seq, closing.former) == (1, "0" * 64)
        assert state(bank) == "sealed"

    def test_seals_of_an_institution_are_a_chain(self, bank, two):
        first = sealed(bank, two[0])
        for one in two:
            services.sign_day(**facts(bank, one), digest=first.digest)
        following = DAY + timedelta(days=1)
        services.open_day(institution_id=bank.outlet.pk, on=following, at=NOON, by="t")

        factory.close_day(bank.outlet, following)

        second = DayClosing.objects.get(business_date=following)
        assert (second.seq, second.former, second.figures) == (2, first.digest, {})

    def test_posting_stops_when_closing_begins_and_may_go_on(self, bank, two):
        services.begin_close(**facts(bank, two[0]))
        with pytest.raises(rules.DayClosed):
            pay(bank, bank.payer, bank.payee, 1)

        services.resume(**facts(bank, two[0]))

        assert pay(bank, bank.payer, bank.payee, 1).pk

    def test_two_humans_sign_and_the_second_signature_closes(self, bank, two, monkeypatch):
        heard = []
        monkeypatch.setattr(bus, "publish", heard.append)
        closing = sealed(bank, two[0])

        services.sign_day(**facts(bank, two[0]), digest=closing.digest)
        assert state(bank) == "sealed"
        services.sign_day(**facts(bank, two[1]), digest=closing.digest)

        assert state(bank) == "closed"
        assert events.DayClosed(bank.outlet.pk, DAY) in heard

    def test_one_human_does_not_sign_twice_under_another_number(self, bank, two):
        closing = sealed(bank, two[0])
        services.sign_day(**facts(bank, two[0]), digest=closing.digest)
        two[1].person = two[0].person
        two[1].save(update_fields=["person"])

        with pytest.raises(rules.SignedBySame):
            services.sign_day(**facts(bank, two[1]), digest=closing.digest)

    def test_another_seal_than_the_shown_one_is_not_signed(self, bank, two):
        sealed(bank, two[0])

        with pytest.raises(rules.SealChanged):
            services.sign_day(**facts(bank, two[0]), digest="0" * 64)

    def test_a_day_that_is_not_sealed_is_not_signed(self, bank, two):
        with pytest.raises(rules.NotSealed):
            services.sign_day(**facts(bank, two[0]), digest="")

    @pytest.mark.parametrize("step", ["resume", "seal_day"])
    def test_a_step_out_of_turn_is_refused(self, bank, two, step):
        with pytest.raises(StepNotAllowed):
            getattr(services, step)(**facts(bank, two[0]))

    def test_every_step_is_on_the_trail(self, bank, two):
        factory.close_day(bank.outlet, by=two)

        told = Event.objects.filter(subject=f"ledger.day:{bank.outlet.pk}/{DAY}").order_by("id")
        assert [row.action.removeprefix("ledger.") for row in told] == [
            "open_day", "begin_close", "seal_day", "sign_day", "sign_day", "close_day",
        ]  # fmt: skip


class TestBlockers:
    def test_what_is_open_keeps_the_day_from_its_seal(self, bank, two, open_items):
        open_items[0] = 3
        services.begin_close(**facts(bank, two[0]))

        with pytest.raises(rules.Blocked):
            services.seal_day(**facts(bank, two[0]))

    def test_what_is_carried_with_a_reason_is_in_the_seal(self, bank, two, open_items):
        open_items[0] = 3
        services.carry(**facts(bank, two[0]), check="items", reason="等客户")

        closing = sealed(bank, two[1])

        said = {"check": "items", "count": 3, "reason": "等客户", "by": two[0].label}
        assert closing.carried == [said]

    def test_more_than_was_carried_blocks_again(self, bank, two, open_items):
        open_items[0] = 3
        services.carry(**facts(bank, two[0]), check="items", reason="等客户")
        open_items[0] = 4

        services.begin_close(**facts(bank, two[0]))
        with pytest.raises(rules.Blocked):
            services.seal_day(**facts(bank, two[0]))

    def test_nothing_is_not_carried(self, bank, two, open_items):
        for check in ("items", "unheard-of"):
            with pytest.raises(rules.NothingToCarry):
                services.carry(**facts(bank, two[0]), check=check, reason="x")

    def test_what_was_carried_does_not_count_after_opening_again(self, bank, two, open_items):
        open_items[0] = 1
        services.carry(**facts(bank, two[0]), check="items", reason="等客户")
        sealed(bank, two[0])
        services.ask_to_reopen(**facts(bank, two[0]), reason="补记")
        services.decide_reopening(**facts(bank, two[1]), approve=True)

        with pytest.raises(rules.Blocked):
            sealed(bank, two[0])


@pytest.mark.usefixtures("nothing_open")
class TestReopening:
    def test_two_open_a_closed_day_again_and_the_seal_is_superseded(self, bank, two):
        factory.close_day(bank.outlet, by=two)
        old = DayClosing.objects.get()
        services.ask_to_reopen(**facts(bank, two[0]), reason="补记")
        services.decide_reopening(**facts(bank, two[1]), approve=True)
        pay(bank, bank.payer, bank.payee, 5)

        new = sealed(bank, two[0])

        assert (old.round, new.round, new.seq, new.former) == (1, 2, 2, old.digest)
        (day,) = BusinessDay.objects.filter(institution=bank.outlet)
        assert selectors.closing_in_force(day=day) == new
        assert selectors.report(closing_id=old.pk).superseded_by.reason == "补记"

    def test_who_asked_does_not_decide(self, bank, two):
        sealed(bank, two[0])
        services.ask_to_reopen(**facts(bank, two[0]), reason="补记")

        with pytest.raises(rules.ReopenedBySame):
            services.decide_reopening(**facts(bank, two[0]), approve=True)

    def test_a_declined_reopening_changes_nothing(self, bank, two):
        sealed(bank, two[0])
        services.ask_to_reopen(**facts(bank, two[0]), reason="补记")

        services.decide_reopening(**facts(bank, two[1]), approve=False)

        assert state(bank) == "sealed"
        with pytest.raises(rules.AskedAlready):
            services.decide_reopening(**facts(bank, two[1]), approve=True)

    def test_it_is_asked_once_at_a_time(self, bank, two):
        sealed(bank, two[0])
        services.ask_to_reopen(**facts(bank, two[0]), reason="补记")

        with pytest.raises(rules.AskedAlready):
            services.ask_to_reopen(**facts(bank, two[1]), reason="补记")

    def test_only_the_latest_day_is_opened_again(self, bank, two):
        factory.close_day(bank.outlet, by=two)
        services.open_day(
            institution_id=bank.outlet.pk, on=DAY + timedelta(days=1), at=NOON, by="t"
        )

        with pytest.raises(rules.NotLatestDay):
            services.ask_to_reopen(**facts(bank, two[0]), reason="补记")

    def test_an_open_day_is_not_opened_again(self, bank, two):
        with pytest.raises(StepNotAllowed):
            services.ask_to_reopen(**facts(bank, two[0]), reason="补记")


@pytest.mark.usefixtures("nothing_open")
class TestDatabase:
    """What SQL of one's own does not do either."""

    def refused(self, name):
        return pytest.raises(IntegrityError, match=name)

    def test_its_steps_are_those_of_the_flow(self, bank):
        with connection.cursor() as cursor:
            cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'ledger_day_guard'")
            said = set(re.findall(r"\('(\w+)', '(\w+)'\)", cursor.fetchone()[0]))

        assert said == {(step.source, step.target) for step in rules.DAY_FLOW.steps}

    @pytest.mark.parametrize("target", ["sealed", "closed"])
    def test_a_step_out_of_turn_is_refused(self, bank, target):
        with self.refused("no such step"), transaction.atomic():
            BusinessDay.objects.filter(institution=bank.outlet).update(state=target)

    def test_no_seal_no_sealed_day(self, bank, two):
        services.begin_close(**facts(bank, two[0]))

        with self.refused("no seal in force"), transaction.atomic():
            BusinessDay.objects.filter(institution=bank.outlet).update(state="sealed")

    def test_one_signature_does_not_close(self, bank, two):
        closing = sealed(bank, two[0])
        services.sign_day(**facts(bank, two[0]), digest=closing.digest)

        with self.refused("two people sign"), transaction.atomic():
            BusinessDay.objects.filter(institution=bank.outlet).update(
                state="closed", closed_at=NOON, closed_by="t"
            )

    def test_nobody_opens_again_alone(self, bank, two):
        sealed(bank, two[0])

        with self.refused("two people open"), transaction.atomic():
            BusinessDay.objects.filter(institution=bank.outlet).update(state="open")

    def test_the_human_is_looked_up_and_not_taken_from_the_caller(self, bank, two):
        closing = sealed(bank, two[0])
        two[1].person = two[0].person
        two[1].save(update_fields=["person"])
        services.sign_day(**facts(bank, two[0]), digest=closing.digest)

        with self.refused("ledger_signed_by_two"), transaction.atomic():
            DaySignature.objects.create(
                institution=bank.outlet, closing=closing, place=2, staff=two[1],
                person=uuid4(), label="x", at=NOON,
            )  # fmt: skip

    def test_asker_and_decider_are_two_humans(self, bank, two):
        sealed(bank, two[0])
        asked = services.ask_to_reopen(**facts(bank, two[0]), reason="补记")

        with self.refused("ledger_reopened_by_two"), transaction.atomic():
            Reopening.objects.filter(pk=asked.pk).update(
                approved=True, decided_by=two[0], decided_at=NOON, decided_label="x"
            )

    def test_a_day_is_neither_moved_nor_removed(self, bank):
        days = BusinessDay.objects.filter(institution=bank.outlet)

        with self.refused("neither removed nor moved"), transaction.atomic():
            days.update(date=DAY + timedelta(days=1))

    def test_a_superseded_seal_is_not_signed(self, bank, two):
        closing = sealed(bank, two[0])
        services.ask_to_reopen(**facts(bank, two[0]), reason="补记")
        services.decide_reopening(**facts(bank, two[1]), approve=True)

        with self.refused("only a seal in force"), transaction.atomic():
            DaySignature.objects.create(
                institution=bank.outlet, closing=closing, place=1, staff=two[0],
                person=two[0].person, label="x", at=NOON,
            )  # fmt: skip

    def test_nothing_is_carried_once_sealed(self, bank, two):
        sealed(bank, two[0])
        (day,) = BusinessDay.objects.filter(institution=bank.outlet)

        with self.refused("carried before the seal"), transaction.atomic():
            DayCarry.objects.create(
                institution=bank.outlet, day=day, round=1, check_code="x", count=1, reason="x",
                label="x", at=NOON,
            )  # fmt: skip
