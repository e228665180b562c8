"""Own accounts of institutions and states of accounts: proposed by one, decided by another."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from django.db import Error, connection, transaction
from django.urls import reverse

from foundation.kernel import numbering
from foundation.kernel.flow import StepNotAllowed
from foundation.ledger import rules, selectors, services
from foundation.ledger.models import Account, AccountRequest, BusinessDay
from foundation.people import services as people
from foundation.trail import selectors as trail
from tests.architecture import tidy
from tests.factories import ledger as factory
from tests.factories import people as people_factory
from tests.factories.ledger import BY, DAY, NOON, two

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def managers(bank):
    return two(bank.branch, "ops_manager")


@pytest.fixture
def bare(bank):
    """Open an outlet that has nothing yet."""
    return people.open_institution(
        number="110103", name="三网点", kind="outlet", parent=bank.branch
    )


def ask(by, place="110103", subject=rules.CASH, **more):
    return services.propose_account(
        place=place, subject=subject, reason="新网点", at=NOON, by=by, **more
    )


def decide(asked, by, *, approve=True):
    return services.decide_account(request_id=asked.pk, approve=approve, at=NOON, by=by)


def step(account, by, name="freeze", reason="电话诈骗线索"):
    return services.propose_step(number=account.number, step=name, reason=reason, at=NOON, by=by)


def take(asked, by, *, approve=True):
    return services.decide_step(
        number=asked.number, request_id=asked.pk, approve=approve, at=NOON, by=by
    )


def state(account):
    return Account.objects.values_list("state", flat=True).get(pk=account.pk)


def code_of(act):
    with pytest.raises(Error) as caught, transaction.atomic():
        act()
    return caught.value.__cause__.pgcode


class TestOwnAccounts:
    def test_a_till_is_opened_by_two_and_found_by_who_posts(self, bare, managers):
        with pytest.raises(rules.NoOwnAccount):
            selectors.internal_account(institution_id=bare.pk, subject_code=rules.CASH)
        with people.acting(staff=managers[0]):
            asked = ask(managers[0])
        with people.acting(staff=managers[1]):
            decide(asked, managers[1])

        number = selectors.internal_account(institution_id=bare.pk, subject_code=rules.CASH)
        till = selectors.account(number=number)
        assert (till.name, till.balance_fen, till.overdraft_allowed) == (
            "三网点 库存现金", 0, False,
        )  # fmt: skip
        assert till.number == numbering.parse_account_number(asked.number)
        told = [one.action for one in trail.timeline(subject=till.subject)]
        assert told == ["ledger.open_account", "ledger.propose_account"]

    def test_an_account_between_institutions_may_stand_on_either_side(self, bare, managers):
        asked = ask(managers[0], subject=rules.INTERBRANCH, overdraft_allowed=True, name="往来")
        decide(asked, managers[1])

        row = Account.objects.get(number=asked.number)
        assert (row.name, row.overdraft_allowed, row.opened_on) == ("往来", True, NOON.date())

    def test_it_is_opened_on_the_day_that_is_open(self, bare, managers):
        services.open_day(institution_id=bare.pk, on=DAY + timedelta(days=1), at=NOON, by=BY)
        asked = ask(managers[0])
        decide(asked, managers[1])

        assert Account.objects.get(number=asked.number).opened_on == DAY + timedelta(days=1)

    def test_a_declined_one_is_not_opened_and_may_be_proposed_again(self, bare, managers):
        asked = ask(managers[0])
        decide(asked, managers[1], approve=False)

        assert not Account.objects.filter(number=asked.number).exists()
        assert ask(managers[0]).approved is None

    def test_who_proposed_does_not_decide_and_nobody_twice(self, bare, managers):
        asked = ask(managers[0])
        with pytest.raises(rules.DecidesOwn):
            decide(asked, managers[0])
        decide(asked, managers[1])
        with pytest.raises(rules.NoSuchProposal):
            decide(asked, managers[1])

    @pytest.mark.parametrize(("more", "refusal"), [
        ({"place": "110101"}, rules.AccountThere), ({"place": "999999"}, rules.NoSuchInstitution),
        ({"subject": "2011"}, rules.NotOfTheBank), ({"subject": "9999"}, rules.NoSuchSubject),
    ])  # fmt: skip
    def test_what_cannot_be_is_refused(self, bare, managers, more, refusal):
        with pytest.raises(refusal):
            ask(managers[0], **more)

    def test_one_at_a_time_and_none_that_came_meanwhile(self, bare, managers):
        asked = ask(managers[0])
        with pytest.raises(rules.AccountThere):
            ask(managers[1])
        factory.account(bare, rules.CASH, "现金")
        with pytest.raises(rules.AccountThere):
            decide(asked, managers[1])

    def test_a_closed_one_makes_room_and_is_not_posted_to(self, bare, managers):
        old = factory.account(bare, rules.CASH, "旧")
        services.change_state(number=old.number, step="close", reason="r", on=DAY, at=NOON, by=BY)

        asked = ask(managers[0])
        decide(asked, managers[1])

        found = selectors.internal_account(institution_id=bare.pk, subject_code=rules.CASH)
        assert found == asked.number

    def test_an_institution_out_of_sight_is_none(self, bank, bare, managers, seen_from):
        with seen_from(bank.outlet), pytest.raises(rules.NoSuchInstitution):
            ask(managers[0])


class TestStates:
    @pytest.mark.parametrize(("before", "name", "after"), [
        (one.source, one.name, one.target) for one in rules.ACCOUNT_FLOW.steps
    ])  # fmt: skip
    def test_each_step_is_taken_by_two(self, bank, managers, before, name, after):
        made = factory.account(bank.outlet, "2011", "李静")
        if before != rules.ACTIVE:
            there = {rules.STOP_PAYMENT: "stop", rules.FROZEN: "freeze"}[before]
            services.change_state(
                number=made.number, step=there, reason="r", on=DAY, at=NOON, by=BY
            )
        with people.acting(staff=managers[0]):
            asked = step(made, managers[0], name)
        assert state(made) == before
        with people.acting(staff=managers[1]):
            take(asked, managers[1])

        assert state(made) == after
        (latest, *_) = trail.timeline(subject=made.subject)
        assert (latest.action, latest.detail["reason"]) == (f"ledger.{name}", "电话诈骗线索")

    def test_a_declined_step_changes_nothing(self, bank, managers):
        take(step(bank.payer, managers[0]), managers[1], approve=False)

        assert state(bank.payer) == rules.ACTIVE
        assert trail.timeline(subject=bank.payer.subject)[0].action == "ledger.decline_step"

    def test_who_proposed_does_not_decide_and_one_waits(self, bank, managers):
        asked = step(bank.payer, managers[0])
        with pytest.raises(rules.DecidesOwn):
            take(asked, managers[0])
        with pytest.raises(rules.ShardsAsked):
            step(bank.payer, managers[1], "stop")
        take(asked, managers[1])
        with pytest.raises(rules.NoSuchProposal):
            take(asked, managers[1])

    def test_a_step_out_of_turn_and_money_left_are_refused(self, bank, managers):
        with pytest.raises(StepNotAllowed):
            step(bank.payer, managers[0], "unfreeze")
        with pytest.raises(rules.BalanceLeft):
            step(bank.payer, managers[0], "close")
        asked = step(bank.payee, managers[0], "close")
        factory.pay(bank, bank.payer, bank.payee, 100)
        with pytest.raises(rules.BalanceLeft):
            take(asked, managers[1])


class TestTheDatabase:
    def test_knows_the_humans_and_keeps_what_was_proposed(self, bank, managers):
        first, second = managers
        rows = AccountRequest.objects.filter(pk=step(bank.payer, first).pk)
        yes = {"approved": True, "decided_at": NOON, "decided_label": "x"}

        assert code_of(lambda: rows.update(decided_by=first, **yes)) == "OP101"
        for change in ({"number": "1" * 19}, {"step": "close"}, {"reason": "x"}):
            assert code_of(lambda change=change: rows.update(**change)) in {"42501", "OP100"}
        with transaction.atomic():
            rows.update(decided_by=second, **yes)
        assert code_of(lambda: rows.update(decided_by=second, **yes)) == "OP100"

    def test_takes_sound_proposals(self, bank, managers):
        values = AccountRequest.objects.filter(pk=step(bank.payer, managers[0]).pk).values().get()
        del values["id"]
        for change in ({"step": "x"}, {"step": "open"}, {"reason": ""}):
            new = values | {"number": bank.payee.number} | change
            assert code_of(lambda new=new: AccountRequest.objects.create(**new)) == "23514"
        assert code_of(lambda: AccountRequest.objects.create(**values)) == "23505"
        chart = bank.till.chart_id
        opening = values | {"step": "open", "chart_id": chart, "name": "x", "number": "1" * 19}
        AccountRequest.objects.create(**opening)
        again = opening | {"number": "2" * 19}
        assert code_of(lambda: AccountRequest.objects.create(**again)) == "23505"

    def test_changes_no_state_for_one_person(self, bank, managers, seen_from):
        rows = Account.objects.filter(pk=bank.payer.pk)
        asked = step(bank.payer, managers[0])

        with seen_from(bank.outlet):
            assert code_of(lambda: rows.update(state="frozen")) == "OP103"
            take(asked, managers[1])
            assert code_of(lambda: rows.update(state="stop_payment")) == "OP103"
            assert rows.update(name="李 静") == 1

    def test_opens_no_own_account_for_one_person(self, bank, bare, managers, seen_from):
        asked = ask(managers[0])
        facts = {"institution": bare, "chart": bank.till.chart, "name": asked.name}
        facts |= {"number": asked.number, "opened_on": DAY}

        with seen_from(bare):
            assert code_of(lambda: Account.objects.create(**facts)) == "OP103"
            made = factory.account(bare, "2011", "李静")
            assert made.kind == rules.CUSTOMER

    def test_knows_the_steps_of_the_flow(self):
        text = (tidy.ROOT / "foundation/ledger/sql/account_guard.sql").read_text()
        known = re.findall(r"\('(\w+)', '(\w+)', '(\w+)'\)", text)

        assert set(known) == {
            (one.name, one.source, one.target) for one in rules.ACCOUNT_FLOW.steps
        }

    @pytest.mark.parametrize("name", ["ledger_account_by_two", "ledger_account_state_by_two"])
    def test_a_guard_that_is_off_is_found(self, committed_db, name):
        with committed_db.as_owner() as owner:
            owner.execute(f"ALTER TABLE ledger_account DISABLE TRIGGER {name}")

        (one,) = selectors.guards_off()
        assert (one.subject, one.found) == ("ledger_account", name)


class TestPages:
    def test_a_till_is_proposed_and_decided_on_the_page(self, bare, managers, client):
        client.force_login(managers[0], backend=BACKEND)
        place = reverse("ledger:own_accounts")
        days = client.get(reverse("ledger:days")).content.decode()
        assert f"{place}?place=110103" in days
        assert f"{place}?place=110101" not in days
        given = {"place": "110103", "subject": "1001", "reason": "新网点开业"}

        page = client.post(reverse("ledger:own_propose"), given, follow=True)

        assert "新网点开业" in page.content.decode()
        choice = {"proposal": AccountRequest.objects.get().pk, "step": "approve"}
        own = client.post(reverse("ledger:own_decide"), choice)
        assert (own.status_code, "E4137" in own.content.decode()) == (409, True)
        client.force_login(managers[1], backend=BACKEND)
        client.post(reverse("ledger:own_decide"), choice)
        rows = {one.institution.pk: one for one in client.get(place).context["rows"]}
        assert rows[bare.pk].till
        assert f"{place}?place=110103" not in client.get(reverse("ledger:days")).content.decode()

    def test_a_refusal_stands_at_its_field(self, bank, managers, client):
        client.force_login(managers[0], backend=BACKEND)
        given = {"place": "110101", "subject": "1001", "reason": "r"}

        page = client.post(reverse("ledger:own_propose"), given)

        assert page.status_code == 422
        assert page.context["form"].errors["subject"]
        page = client.post(reverse("ledger:own_propose"), given | {"place": "77"})
        assert page.context["form"].errors["place"]

    def test_a_state_is_proposed_and_decided_on_the_accounts_page(self, bank, managers, client):
        client.force_login(managers[0], backend=BACKEND)
        number = bank.payer.number
        given = {"step": "freeze", "reason": "电话诈骗线索"}

        page = client.post(reverse("ledger:account_propose", args=[number]), given, follow=True)

        assert "电话诈骗线索" in page.content.decode()
        assert not page.context["proposes"]
        choice = {"proposal": AccountRequest.objects.get().pk, "step": "approve"}
        address = reverse("ledger:account_decide", args=[number])
        assert client.post(address, choice).status_code == 409
        supervisor = people_factory.staff(bank.outlet, "outlet_supervisor", name="周红")
        client.force_login(supervisor, backend=BACKEND)
        client.post(address, choice)
        assert state(bank.payer) == rules.FROZEN
        page = client.get(reverse("ledger:account", args=[number]))
        assert [name for name, _ in page.context["form"].fields["step"].choices] == ["unfreeze"]

    def test_what_cannot_be_asked_stands_at_the_form(self, bank, managers, client):
        client.force_login(managers[0], backend=BACKEND)
        address = reverse("ledger:account_propose", args=[bank.payer.number])

        page = client.post(address, {"step": "unfreeze", "reason": "r"})
        assert (page.status_code, "step" in page.context["form"].errors) == (422, True)
        page = client.post(address, {"step": "close", "reason": "r"})
        assert page.status_code == 422
        assert "step" in page.context["form"].errors

    def test_who_has_no_say_is_offered_none(self, bank, client):
        client.force_login(people_factory.staff(bank.outlet, "teller"), backend=BACKEND)

        page = client.get(reverse("ledger:account", args=[bank.payer.number]))

        assert reverse("ledger:account_propose", args=[bank.payer.number]) not in (
            page.content.decode()
        )

    def test_the_first_day_is_opened_on_the_page(self, bare, managers, client):
        client.force_login(managers[0], backend=BACKEND)

        page = client.post(
            reverse("ledger:first_day"), {"place": bare.pk, "on": "2026-11-23"}, follow=True
        )

        assert BusinessDay.objects.get(institution=bare).state == rules.DAY_OPEN
        assert reverse("ledger:own_accounts") in page.content.decode()
        again = client.post(reverse("ledger:first_day"), {"place": bare.pk, "on": "2026-11-23"})
        assert (again.status_code, "place" in again.context["form"].errors) == (422, True)


def test_two_who_propose_the_same_at_once_leave_one(books):
    bank, _entry, _owner = books
    with people.acting_as_system(reason="test"):
        managers = two(bank.branch, "ops_manager")
    came: list[object] = []

    def one(by):
        try:
            with people.acting(staff=by):
                came.append(ask(by, "1101").pk)
        except rules.AccountThere as refusal:
            came.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(by,)) for by in managers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(map(type, came), key=str) == [int, str]
    assert "E4139" in came
