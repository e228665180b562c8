"""Rules over the journal: each kind finds what is planted, once, and nothing beside it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction

from foundation.ledger import services as books
from foundation.policy.models import Policy
from monitoring.models import AccountDay, Alert, RuleHit, RuleRun, TellerDay
from monitoring.rules import alerts as rules
from monitoring.rules import workshop
from monitoring.selectors import workshop as selectors
from monitoring.services import runs
from monitoring.services import workshop as shop
from tests.factories import alerts as factory
from tests.factories import ledger, people
from tests.factories.alerts import entry, minutes, published, spec
from tests.factories.people import DAY, NOON

LATER = NOON + timedelta(hours=9)


@pytest.fixture
def maker(bank):
    return people.staff(bank.centre, "audit_lead", name="郑洁")


@pytest.fixture
def publisher(bank):
    return people.staff(bank.branch, "risk_manager", name="吴芳")


@pytest.fixture
def rule(maker, publisher):
    return lambda *said, **parts: published(spec(*said, **parts), maker, publisher)


@pytest.fixture
def customers(place):
    return [ledger.account(place.outlet, "2011", f"客户{n}").number for n in range(4)]


def found(version) -> dict[str, list[int]]:
    return {hit.entity: hit.found for hit in RuleHit.objects.filter(version=version)}


def run() -> RuleRun:
    return runs.run_day(on=DAY, at=LATER)


def test_a_rule_of_one_line_finds_the_line(place, rule):
    large = rule("single", "account", where="code 1002; paid; amount_from 500.00")
    entry(place, fen=600_00)
    entry(place, fen=400_00)

    run()

    assert found(large) == {place.customer: [1, 600_00]}


def test_an_account_of_the_tellers_own_is_known_by_the_human(place, rule, bank):
    own = rule("single", "teller", where="own_account")
    clerk = people.staff(bank.outlet, "teller", name="王晓雯")
    mine = ledger.account(place.outlet, "2011", "王晓雯", holder_person=clerk.person).number
    entry(place, teller=clerk.number, fen=1_00)
    entry(place, teller=clerk.number, payee=mine, fen=2_00, code="1101")

    run()

    assert found(own) == {clerk.number: [1, 2_00]}


def test_figures_of_a_day_are_counted_for_each_account(place, rule, customers):
    split = rule("day", "account", where="paid; amount_from 40000.00; amount_below 50000.00",
                 tests="count >= 3")  # fmt: skip
    for _ in range(3):
        entry(place, fen=45_000_00)
    entry(place, fen=-90_000_00, payer=customers[0], code="1001")
    for _ in range(2):
        entry(place, fen=45_000_00, payer=customers[0])

    run()

    assert found(split) == {place.customer: [3]}


def test_both_sides_of_a_line_are_lines_of_their_accounts(place, rule, customers):
    passed = rule("day", "account", tests="through >= 90; sum >= 1000.00")
    entry(place, payee=customers[0], fen=1_000_00, code="1101")
    entry(place, payer=customers[0], payee=customers[1], fen=950_00, code="1101")

    run()

    assert found(passed) == {customers[0]: [95, 1_950_00]}


def test_what_is_different_is_counted_exactly(place, rule, customers):
    many = rule("day", "account", where="received", tests="partners >= 3")
    for payer in (place.customer, place.customer, place.customer):
        entry(place, payer=payer, payee=customers[3], fen=10_00, code="1101")
    run()
    assert found(many) == {}

    for payer in customers[:2]:
        entry(place, fen=-100_00, payer=payer, code="1001")
        entry(place, payer=payer, payee=customers[3], fen=10_00, code="1101")
    run()

    assert found(many) == {customers[3]: [3]}


def test_a_voucher_number_used_for_two_accounts_is_found(place, rule, customers):
    twice = rule("day", "voucher", tests="count >= 2; accounts >= 2")
    entry(place, fen=-100_00, payer=customers[0], code="1001", voucher_no="10000001")
    entry(place, voucher_no="10000001")
    entry(place, voucher_no="10000002")
    entry(place, voucher_no="10000002")

    run()

    assert found(twice) == {"10000001": [2, 2]}


def test_a_day_is_set_beside_the_days_before(place, rule, bank):
    silent = rule("profile", "account", tests="today.out_fen >= 100.00; active.lines <= 0",
                  days="90")  # fmt: skip
    sudden = rule("profile", "account", tests="today.out_fen >= 100.00; usual.out_fen >= 500",
                  days="30")  # fmt: skip
    entry(place, fen=150_00)
    run()
    assert found(silent) == found(sudden) == {}, "no days are kept that far back"
    for ago in range(1, 6):
        past(place, bank, ago, out_fen=10_00)
    past(place, bank, 90, out_fen=1, entity="another")

    run()

    assert found(silent) == {}
    assert found(sudden) == {place.customer: [150_00, 1500]}


def past(place, bank, ago, *, out_fen, entity=""):
    AccountDay.objects.create(
        institution=bank.outlet, day=DAY - timedelta(days=ago), entity=entity or place.customer,
        lines=1, out_fen=out_fen, in_fen=0, cash_out_fen=0, cash_in_fen=0, cash_lines=0,
        cash_max_fen=0,
        max_fen=out_fen, reversals=0,
    )  # fmt: skip


def test_days_keep_what_their_lines_add_up_to(place, customers):
    entry(place, fen=300_00)
    entry(place, payee=customers[0], fen=50_00, code="1101", teller="000009")
    run()

    day = AccountDay.objects.get(entity=place.customer)
    teller = TellerDay.objects.get(entity="000009")

    assert (day.out_fen, day.cash_out_fen, day.lines) == (350_00, 300_00, 3)
    assert day.in_fen == day.cash_in_fen == day.max_fen == 900_000_000, "the factory's deposit"
    assert (teller.lines, teller.out_fen) == (1, 50_00)


def test_steps_are_found_in_their_order_within_the_time(place, rule, customers):
    emptied = rule("sequence", "account", steps="code 1303 > code 1304 > code 1002", minutes="60")
    for account, codes in (
        (place.customer, ("1303", "1304", "1002")),
        (customers[0], ("1304", "1303", "1002")),
    ):
        entry(place, fen=-100_00, payer=account, code="1001", at=minutes(-30))
        for number, code in enumerate(codes):
            entry(place, payer=account, code=code, fen=1_00, at=minutes(10 * number))

    run()

    assert found(emptied) == {place.customer: [20, 1]}


def test_steps_that_take_too_long_are_not(place, rule):
    slow = rule("sequence", "account", steps="code 1303 > code 1002", minutes="30")
    entry(place, code="1303", fen=1_00)
    entry(place, fen=1_00, at=minutes(31))

    run()

    assert found(slow) == {}


def test_money_that_comes_back_is_a_ring(place, rule, customers):
    ring = rule("ring", "account", where="code 1101", hops="4", share="80")
    entry(place, payee=customers[0], fen=1_000_00, code="1101", at=minutes(1))
    entry(place, payer=customers[0], payee=customers[1], fen=900_00, code="1101", at=minutes(2))
    entry(place, payer=customers[1], payee=place.customer, fen=850_00, code="1101", at=minutes(3))
    entry(place, payee=customers[2], fen=1_000_00, code="1101", at=minutes(4))

    run()

    assert found(ring) == {place.customer: [3, 850_00]}
    assert len(RuleHit.objects.get(version=ring).lines) == 3


def test_a_second_run_changes_nothing(place, rule):
    rule("single", "account", where="code 1002")
    entry(place)

    first, second = run(), run()

    assert (first.hits, first.raised) == (1, 1)
    assert (second.hits, second.raised) == (0, 0)
    assert RuleHit.objects.count() == Alert.objects.count() == 1


def test_more_hits_than_the_banks_number_are_left_out_and_counted(place, rule, bank, customers):
    before = Policy.objects.get(code="monitoring.hits_most")
    Policy.objects.create(
        code=before.code, value="1", valid_from=DAY, reason="试", proposed_by=before.proposed_by,
        proposed_at=NOON, approved_by=before.approved_by, approved_at=NOON,
    )  # fmt: skip
    large = rule("single", "account", where="paid; code 1002")
    entry(place, fen=-100_00, payer=customers[0], code="1001")
    for payer, times in ((place.customer, 1), (customers[0], 2)):
        for _ in range(times):
            entry(place, payer=payer, fen=1_00)

    made = run()

    assert (made.hits, made.cut) == (1, 1)
    assert found(large) == {customers[0]: [2, 2_00]}, "what is found most often is kept"


def test_a_version_in_the_shadow_is_counted_and_raises_nothing(place, maker, publisher):
    said = spec("single", "account", where="code 1002")
    shadow = published(said, maker, publisher, state=workshop.SHADOW)
    entry(place)

    made = run()

    assert (made.hits, made.raised) == (1, 0)
    assert found(shadow)


def test_a_day_that_has_not_begun_is_not_gone_through(bank):
    with pytest.raises(rules.DayNotOver):
        runs.run_day(on=DAY + timedelta(days=1), at=NOON)


def test_a_line_is_asked_about_as_it_is_posted(place, rule):
    rule("single", "account", where="code 1002; amount_from 500.00")
    small, large = entry(place, fen=400_00), entry(place, fen=600_00)

    raised = [runs.look_at_line(line_id=one.pk, at=NOON) for one in (small, large, large)]

    assert raised == [0, 1, 0]
    (alert,) = Alert.objects.all()
    assert [row.line for row in alert.evidence.all()] == [large.pk]
    assert run().raised == 0, "the night finds it again and keeps it once"


def test_further_lines_of_the_day_are_kept_with_the_open_alert(place, rule, bank):
    rule("single", "account", where="code 1002; paid")
    clerk = people.staff(bank.outlet, "teller", name="王晓雯")
    lines = [entry(place), entry(place, teller=clerk.number)]

    raised = [runs.look_at_line(line_id=one.pk, at=NOON) for one in lines]

    alert = Alert.objects.get()
    assert raised == [1, 0]
    assert {row.line for row in alert.evidence.all()} == {one.pk for one in lines}
    assert alert.touched == [clerk.person]


def test_a_rule_published_later_is_asked_at_once(place, rule):
    entry(place)
    assert runs.look_at_line(line_id=entry(place).pk, at=NOON) == 0

    rule("single", "account", where="code 1002")

    assert runs.look_at_line(line_id=entry(place).pk, at=NOON) == 1


def test_a_trial_goes_through_its_days_and_leads_nowhere(place, maker, publisher, bank):
    version = factory.published(
        spec("single", "account", where="code 1002"), maker, publisher, state=workshop.DRAFT
    )
    entry(place)
    trial = shop.ask_trial(
        version_id=version.pk, first=DAY - timedelta(days=14), last=DAY, by=maker,
        at=NOON + timedelta(days=1),
    )  # fmt: skip

    half = runs.go_on_with_trial(backtest_id=trial.pk, at=LATER)
    assert half is not None
    assert 0 < half.percent < 100
    runs.go_on_with_trial(backtest_id=trial.pk, at=LATER)
    trial.refresh_from_db()

    assert trial.ended_at == LATER
    assert [hit.day for hit in trial.hits.all()] == [DAY]
    assert not Alert.objects.exists()
    assert runs.go_on_with_trial(backtest_id=trial.pk, at=LATER) is None, "it may run twice"


def test_steps_begin_on_the_day_before(place, rule):
    """The day's lines are gathered; what came before them is read from the journal."""
    over = rule("sequence", "account", steps="code 1303 > code 1002", minutes="1440")
    entry(place, code="1303", fen=1_00)
    ledger.close_day(place.outlet)
    tomorrow, then = DAY + timedelta(days=1), NOON + timedelta(hours=20)
    books.open_day(institution_id=place.outlet.pk, on=tomorrow, at=then, by="t")
    entry(place, fen=1_00, at=then, on=tomorrow)

    runs.run_day(on=tomorrow, at=LATER + timedelta(days=1))

    assert found(over) == {place.customer: [20 * 60, 1]}


def test_an_entity_that_did_not_do_all_steps_is_left_out_early(place, rule, customers):
    emptied = rule("sequence", "account", steps="code 1303 > code 1304 > code 1002", minutes="60")
    entry(place, fen=-100_00, payer=customers[0], code="1001", at=minutes(-30))
    for account, codes in ((place.customer, ("1303", "1002")), (customers[0], ("1304", "1002"))):
        for number, code in enumerate(codes):
            entry(place, payer=account, code=code, fen=1_00, at=minutes(10 * number))

    run()

    assert found(emptied) == {}


def test_what_was_gathered_says_the_same_as_the_journal(place, maker, publisher, customers):
    rows = shop.propose_shipped(valid_from=DAY, by=maker, at=NOON)
    for number, code in enumerate(("1002", "1101", "1401", "1303", "1304", "1002", "1405")):
        entry(place, payer=customers[0] if number % 2 else place.customer, code=code,
              fen=-(number + 1) * 60_000_00, at=minutes(number))  # fmt: skip

    with transaction.atomic():
        plain = selectors.find(versions=rows, on=DAY)
        runs.gather(on=DAY)
        gathered = selectors.find(versions=rows, on=DAY, gathered=True)

    assert plain
    assert key_of(gathered) == key_of(plain)


def key_of(hits):
    return sorted((hit.version.pk, hit.entity, hit.place_id, hit.found) for hit in hits)


def test_joining_by_hash_ends_with_the_rules(place, rule):
    rule("single", "account", where="code 1002")

    with connection.cursor() as cursor:
        with selectors.whole_days():
            cursor.execute("SHOW enable_nestloop")
            assert cursor.fetchone() == ("off",)
        cursor.execute("SHOW enable_nestloop")
        assert cursor.fetchone() == ("on",)


def test_a_code_out_of_the_catalogue_is_asked_by_itself(place, rule):
    own = rule("single", "account", where="code 9999 1001; paid")
    other = rule("single", "account", where="code_not 1002 9998; paid")
    entry(place, fen=600_00, code="1001")

    run()

    assert found(own) == found(other) == {place.customer: [1, 600_00]}


def test_the_shipped_rules_all_run(place, maker, publisher, bank):
    rows = shop.propose_shipped(valid_from=DAY, by=maker, at=NOON)
    shop.publish_versions(version_ids=[row.pk for row in rows], by=publisher, at=NOON)
    entry(place, fen=300_000_00)

    made = run()

    assert made.rules == len(rows) > 50
    numbers = set(Alert.objects.values_list("rule__number", flat=True))
    assert {"A001", "A010"} <= numbers
    assert shop.propose_shipped(valid_from=DAY, by=maker, at=NOON) == []
