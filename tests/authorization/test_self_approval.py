"""Scripts by which one human would approve an own item, sent past the code to the database.

Each is what somebody with the application's own login, and a scope in which everything is seen,
might send. The database refuses every one, by its own words.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from authorization import rules, services
from authorization.models import Request
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import rules as rule_factory

AT = people.NOON
DECIDE = """
INSERT INTO authorization_decision (institution_id, request_id, seq, level, step, decider_id,
  decider_label, decider_person, reasons, remark, content_hash, business_date, at, queue_ms,
  view_ms)
SELECT item.institution_id, item.id, item.attempt, item.level, 'approve', who.id, who.number,
  who.person, '{{}}', '', item.content_hash, item.business_date, now(), 0, 0
FROM authorization_request item, people_staff who
WHERE item.number = '{item}' AND who.number = '{who}'
"""
AS_ANOTHER = DECIDE.replace(
    "who.person", "(SELECT person FROM people_staff WHERE number = '{other}')"
)
OTHER_CONTENT = DECIDE.replace("item.content_hash", "repeat('0', 64)")
OTHER_HOUSE = DECIDE.replace(
    "SELECT item.institution_id",
    "SELECT (SELECT institution_id FROM people_staff WHERE number = '{other}')",
)
NEXT_ROUND = DECIDE.replace("item.attempt", "item.attempt + 1")
NEXT_LEVEL = DECIDE.replace("item.level", "item.level + 1")
CHANGE = "UPDATE authorization_request SET {what} WHERE number = '{item}'"

OWN, FIXED, FEW = "may not decide the own item", "is fixed", "too few people"


@pytest.fixture
def opened(waiting, authorizer):
    return services.open_next(authorizer=authorizer, at=AT)


@pytest.fixture
def second_login(bank, teller):
    """Give the teller's human a number at the centre too."""
    found = people.staff(bank.centre, name="王晓雯")
    found.person = teller.person
    found.save(update_fields=["person"])
    return found


@pytest.fixture
def after_change(bank, teller):
    """Let the teller, whose item waits, work at the centre from now on."""
    teller.roles.update(valid_until=people.DAY - timedelta(days=1))
    teller.institution = bank.centre
    teller.save(update_fields=["institution"])
    return teller


@pytest.fixture
def by_two(counter, teller, authorizer, bank):
    """Let one say yes to an item that needs two, and another have it on the desk."""
    rule_factory.in_force(
        rule_factory.plain(amount_from_fen=1, centre_levels=2), valid_from=people.DAY
    )
    factory.sent(teller, factory.withdrawal(counter))
    item = services.open_next(authorizer=authorizer, at=AT)
    services.decide(
        number=item.number, step="approve", shown=item.content_hash, fence=item.opened_fence,
        decider=authorizer, at=AT,
    )  # fmt: skip
    second = people.staff(bank.centre, "authorizer", name="陈晨")
    return services.open_next(authorizer=second, at=AT)


def send(script, **words):
    """Send a script as the application does; the savepoint keeps the test's own work."""
    with transaction.atomic(), connection.cursor() as line:
        line.execute(script.format(**words))


def refused(script, words, match):
    with pytest.raises(DatabaseError, match=match):
        send(script, **words)


def test_the_script_itself_is_right(opened, authorizer):
    send(DECIDE, item=opened.number, who=authorizer.number)


def test_the_own_item(opened, teller):
    refused(DECIDE, {"item": opened.number, "who": teller.number}, OWN)


def test_by_a_second_login_of_the_same_human(opened, second_login):
    refused(DECIDE, {"item": opened.number, "who": second_login.number}, OWN)


def test_by_a_second_login_that_gives_itself_out_as_another(opened, second_login, authorizer):
    words = {"item": opened.number, "who": second_login.number, "other": authorizer.number}
    refused(AS_ANOTHER, words, "another person")


def test_after_a_change_of_role(opened, after_change):
    refused(DECIDE, {"item": opened.number, "who": after_change.number}, OWN)


def test_after_making_another_the_teller(opened, authorizer):
    what = f"teller_person = '{authorizer.person}', teller_id = {authorizer.pk}"
    refused(CHANGE, {"item": opened.number, "what": what}, FIXED)


def test_after_editing_what_is_looked_at(opened):
    refused(CHANGE, {"item": opened.number, "what": "amount_fen = 1"}, "new hash")


def test_after_editing_with_a_fresh_hash(opened):
    what = "amount_fen = 1, content_hash = repeat('0', 64)"
    refused(CHANGE, {"item": opened.number, "what": what}, "content changes only")


def test_with_swapped_content(opened, authorizer):
    refused(OTHER_CONTENT, {"item": opened.number, "who": authorizer.number}, "another content")


def test_in_the_name_of_another_house(opened, authorizer):
    words = {"item": opened.number, "who": authorizer.number, "other": authorizer.number}
    refused(OTHER_HOUSE, words, "not of that institution")


def test_before_anybody_looks_at_it(waiting, authorizer):
    refused(DECIDE, {"item": waiting.number, "who": authorizer.number}, "not open for decision")


def test_ahead_of_its_round(opened, authorizer):
    refused(NEXT_ROUND, {"item": opened.number, "who": authorizer.number}, "not open for decision")


def test_ahead_of_its_level(opened, authorizer):
    refused(NEXT_LEVEL, {"item": opened.number, "who": authorizer.number}, "not before level")


def test_the_next_level_by_the_same_person(by_two, authorizer):
    refused(DECIDE, {"item": by_two.number, "who": authorizer.number}, "two people")


def test_one_yes_where_two_are_needed(by_two):
    refused(CHANGE, {"item": by_two.number, "what": "state = 'approved'"}, FEW)


def test_making_do_with_one_level(by_two):
    what = "levels_needed = 1, level = 1"
    refused(CHANGE, {"item": by_two.number, "what": what}, "measured when it is sent")


@pytest.mark.parametrize("before", [rules.QUEUED, rules.VIEWING, rules.RETURNED])
def test_a_state_that_nobody_decided(before, opened, authorizer):
    if before != rules.VIEWING:
        Request.objects.filter(number=opened.number).update(state=before)
    refused(CHANGE, {"item": opened.number, "what": "state = 'approved'"}, FEW)


def test_with_the_no_of_another_made_a_yes(opened, authorizer):
    services.decide(
        number=opened.number, step="reject", shown=opened.content_hash, fence=opened.opened_fence,
        decider=authorizer, at=AT, reasons=["A24"],
    )  # fmt: skip
    refused("UPDATE authorization_decision SET step = 'approve'", {}, "never changed")
    refused("DELETE FROM authorization_decision", {}, "never changed")
    refused(CHANGE, {"item": opened.number, "what": "state = 'viewing'"}, "never changed")
