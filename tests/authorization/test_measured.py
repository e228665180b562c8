"""What the rule in force does to an item, and what the item keeps of it."""

from dataclasses import replace
from datetime import time

import pytest
from django.db import transaction

from authorization import rules, services
from authorization.models import Request
from foundation.ledger import selectors as ledger
from foundation.people import services as people_services
from foundation.worklist.models import WorkItem
from tests.factories import authorization as factory
from tests.factories import ledger as books
from tests.factories import people
from tests.factories import rules as rows

AT = people.NOON


def held(rule, teller, order):
    rows.in_force(rule)
    return factory.sent(teller, order)


def test_a_rule_without_conditions_lets_everything_pass(counter, teller):
    request = held(rows.plain(), teller, factory.withdrawal(counter, "800,000.00"))

    assert (request.state, request.why, request.limit_fen) == (rules.POSTED, [], None)


def test_an_item_keeps_its_rule_why_it_waits_and_what_was_looked_at(counter, teller):
    rule = rows.plain(amount_from_fen=5_000_000, always=True, grade=3)

    request = held(rule, teller, factory.withdrawal(counter))

    request.refresh_from_db()
    assert request.state == rules.QUEUED
    assert request.rule.says == rule
    assert request.why == ["always", "amount"]
    assert (request.grade_needed, request.limit_fen) == (3, 5_000_000)
    assert (request.teller_grade, request.payer_state) == (teller.grade, "active")
    assert request.customer_kinds == []
    assert WorkItem.objects.get().grade_needed == 3


@pytest.mark.parametrize(
    ("rule", "order", "why"),
    [
        ({"agent_from_fen": 5_000_000}, {"by_agent": True}, ["agent"]),
        ({"agent_from_fen": 0}, {}, []),
        ({"manual_id": True}, {"manual_id": True}, ["manual_id"]),
        ({"teller_grade_below": 4}, {}, ["teller_grade"]),
        ({"teller_grade_below": 3}, {}, []),
        ({"account_states": ("active",)}, {}, ["account_state"]),
        ({"outside_from": time(13), "outside_until": time(14)}, {}, ["time"]),
        ({"outside_from": time(12), "outside_until": time(14)}, {}, []),
        ({"correction": True}, {}, []),
        (
            {"agent_from_fen": 0, "manual_id": True, "together": ("agent", "manual_id")},
            {"by_agent": True, "manual_id": True},
            ["agent+manual_id"],
        ),
    ],
)
def test_each_condition_is_asked_of_the_item(counter, teller, rule, order, why):
    sent = replace(factory.withdrawal(counter), **order)

    request = held(rows.plain(**rule), teller, sent)

    assert request.why == why
    assert request.state == (rules.QUEUED if why else rules.POSTED)


def test_an_account_of_which_an_amount_is_held_is_said_to_be_held(counter, teller):
    books.judicial_hold(counter.payer)

    request = held(rows.plain(account_states=("held",)), teller, factory.withdrawal(counter))

    assert (request.payer_state, request.why) == ("held", ["account_state"])


def test_an_account_kept_elsewhere_and_one_of_an_employee_are_known(counter, bank):
    clerk = people.staff(bank.sibling, "teller")
    counter.payer.holder_person = clerk.person
    counter.payer.save(update_fields=["holder_person"])

    request = held(rows.plain("1101", customer_kinds=("staff",)), clerk, factory.transfer(counter))

    assert request.customer_kinds == ["staff", "elsewhere"]
    assert request.why == ["customer"]


def test_larger_amounts_need_the_grade_of_their_band(counter, teller):
    rule = rows.plain(always=True, bands=(rules.Band(10_000_000, 4, 1),))

    request = held(rule, teller, factory.withdrawal(counter, "100,000.00"))

    assert request.grade_needed == 4


def test_an_item_of_a_skill_waits_for_who_has_it(counter, teller, authorizer):
    rule = rows.plain(always=True, skill="cash")

    held(rule, teller, factory.withdrawal(counter))

    assert WorkItem.objects.get().skill == "cash"
    assert services.open_next(authorizer=authorizer, at=AT) is None


def test_without_a_rule_nothing_is_taken_in(everything):
    bank = people.branch()
    counter = factory.counter(bank)

    with pytest.raises(rules.NoRuleInForce), transaction.atomic():
        factory.sent(people.staff(bank.outlet, "teller"), factory.withdrawal(counter))

    assert not Request.objects.exists()


def test_what_the_teller_declares_is_content(counter, teller):
    key, order = factory.attached(teller), factory.withdrawal(counter)
    services.submit(key=key, order=order, teller=teller, at=AT)

    with pytest.raises(rules.KeyUsedTwice):
        services.submit(key=key, order=replace(order, by_agent=True), teller=teller, at=AT)


def test_an_item_sent_again_is_measured_anew_and_waits(counter, teller, authorizer):
    factory.sent(teller, factory.withdrawal(counter))
    opened = services.open_next(authorizer=authorizer, at=AT)
    services.decide(
        number=opened.number, step="return", shown=opened.content_hash, reasons=["A18"],
        fence=opened.opened_fence, decider=authorizer, at=AT,
    )  # fmt: skip
    order = replace(factory.withdrawal(counter, "100.00"), manual_id=True)

    again = services.resubmit(number=opened.number, order=order, teller=teller, at=AT)

    again.refresh_from_db()
    assert (again.state, again.why, again.manual_id) == (rules.QUEUED, ["manual_id"], True)


def test_the_rule_of_the_items_own_branch_binds_it(counter, teller, bank):
    rows.in_force(rows.plain(always=True), institution=bank.sub_branch)

    request = factory.sent(teller, factory.withdrawal(counter, "1.00"))

    assert request.why == ["always"]


def test_the_ledger_says_no_more_of_an_account_out_of_sight(counter, bank):
    teller = people.staff(bank.elsewhere, "teller")
    with people_services.acting(staff=teller):
        who = ledger.holder(number=counter.payer.number)

    assert (who.name, who.institution_id, who.works_here) == ("张**", None, False)
