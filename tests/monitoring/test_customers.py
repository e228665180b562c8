"""Ratings of customers and frozen accounts: factors, two people, and no word to the outlet."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from foundation.kernel.flow import StepNotAllowed
from foundation.ledger import services as books
from foundation.ledger.models import Account, Hold, HoldRequest
from foundation.ledger.rules import NotEnough
from foundation.people.services import acting
from foundation.trail import selectors as trail
from foundation.trail.models import Event
from monitoring.models import CustomerRating, FreezeRequest, LargeValue, SuspiciousCase
from monitoring.rules import aml as aml_rules
from monitoring.rules import customers as rules
from monitoring.selectors import customers as selected
from monitoring.services import customers as services
from monitoring.services import suspicious
from tests.factories import aml as factory
from tests.factories import ledger as ledger_factory
from tests.factories import people
from tests.factories.people import DAY, NOON

CUSTOMER = "110101199001011237"


@pytest.fixture
def desk(bank):
    manager = people.staff(bank.branch, "ops_manager", name="周明")
    people.numbers(manager, people.staff(bank.branch, "risk_manager", name="吴芳"))
    return factory.desk(bank)


@pytest.fixture
def account(bank):
    """Open an account with 60,000.00 on it."""
    books.open_day(institution_id=bank.outlet.pk, on=DAY, at=NOON, by="t")
    till = ledger_factory.account(bank.outlet, "1001", "现金二", overdraft_allowed=True)
    opened = factory.customer(bank.outlet)
    factory.move(opened, till, 6_000_000)
    return opened


def proposed(desk, level=rules.LOW, *, by=None, reason=""):
    return services.propose_rating(
        customer=CUSTOMER, level=level, reason=reason, by=by or desk.analyst, at=NOON
    )


def decided(row, by, step="approve"):
    return services.decide_rating(rating_id=row.pk, step=step, by=by, at=NOON)


def breaks(statement, *given):
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, given)
    return error.value.__cause__.pgcode


class TestRating:
    def test_the_factors_come_to_a_level(self):
        numbers = dict.fromkeys(rules.NUMBERS, 10) | {
            rules.MEDIUM_FROM: 20, rules.HIGH_FROM: 60, "aml.risk_case": 60,
        }  # fmt: skip

        assert rules.rate((), numbers=numbers).level == rules.LOW
        assert rules.rate(("new", "large"), numbers=numbers).level == rules.MEDIUM
        assert rules.rate(("case",), numbers=numbers) == rules.Rated(("case",), 60, rules.HIGH)

    @pytest.mark.parametrize(
        ("on", "months", "expected"),
        [
            (date(2026, 8, 31), 6, date(2027, 2, 28)),
            (date(2026, 12, 1), 24, date(2028, 12, 1)),
            (date(2026, 11, 23), 1, date(2026, 12, 23)),
        ],
    )
    def test_a_review_is_so_many_months_later(self, on, months, expected):
        assert rules.review_on(on, months=months) == expected

    def test_it_is_proposed_by_one_and_approved_by_another(self, desk, account):
        row = proposed(desk, rules.MEDIUM, reason="现金密集型行业")
        with pytest.raises(rules.RatingWaits):
            proposed(desk, rules.HIGH, by=desk.reviewer)
        with pytest.raises(aml_rules.SecondIsFirst):
            decided(row, desk.analyst)

        row = decided(row, desk.reviewer)

        assert (row.state, row.review_on) == (rules.ACTIVE, date(2027, 11, 23))
        assert (row.factors, row.by_rules) == (["new"], rules.LOW)
        with pytest.raises(StepNotAllowed):
            decided(row, desk.second, "decline")

    def test_the_next_one_replaces_it(self, desk, account):
        first = decided(proposed(desk), desk.reviewer)

        second = decided(proposed(desk, rules.HIGH), desk.second)

        first.refresh_from_db()
        assert (first.state, second.state) == (rules.REPLACED, rules.ACTIVE)
        assert second.review_on == date(2027, 5, 23)
        assert selected.standing(on=date(2027, 5, 23))["due"] == 1
        assert selected.standing(on=date(2027, 5, 22))["due"] == 0

    def test_it_is_never_below_its_factors(self, bank, desk, account):
        factory.large(bank.branch)
        case = suspicious.open_by_hand(
            customer=CUSTOMER, customer_name="王", branch=bank.branch, by=desk.analyst, at=NOON
        )
        LargeValue.objects.filter(customer=CUSTOMER).update(basis="foreign")
        assert set(selected.factors(customer=CUSTOMER, on=DAY)) == {
            "open", "large", "foreign", "new",
        }  # fmt: skip

        with pytest.raises(rules.BelowTheRules):
            proposed(desk, rules.LOW)

        suspicious.submit(case_id=case.pk, narrative="x", by=desk.analyst, at=NOON)
        suspicious.review(case_id=case.pk, step="support", remark="", by=desk.reviewer, at=NOON)
        suspicious.lead(case_id=case.pk, step="confirm", remark="", by=desk.lead, at=NOON)
        assert selected.rated(customer=CUSTOMER, on=DAY).level == rules.HIGH
        later = DAY + timedelta(days=rules.BACK_DAYS + 1)
        assert selected.factors(customer=CUSTOMER, on=later) == ()

    def test_what_is_not_there_is_refused(self, desk, account):
        for ask, refusal in (
            (lambda: selected.rating(rating_id=0), rules.NoSuchRating),
            (lambda: selected.freeze(freeze_id=0), rules.NoSuchFreeze),
            (lambda: selected.name_of(customer="0"), rules.NoSuchCustomer),
            (lambda: selected.account(number="0"), rules.NoSuchCustomer),
            (
                lambda: selected.account(number=Account.objects.get(kind="internal").number),
                rules.NoSuchCustomer,
            ),
        ):
            with pytest.raises(refusal):
                ask()

    def test_the_database_refuses_what_the_services_refuse(self, desk, account):
        row = proposed(desk)
        approve = (
            "UPDATE monitoring_customerrating SET state = 'active', decided_by_id = %s,"
            " decided_person = %s, decided_at = now(), review_on = now() WHERE id = %s"
        )
        assert breaks(approve, desk.analyst.pk, desk.analyst.person, row.pk) == "OP082"
        assert breaks(approve, desk.analyst.pk, desk.reviewer.person, row.pk) == "OP082"
        for change in (
            "UPDATE monitoring_customerrating SET state = 'replaced' WHERE id = %s",
            "UPDATE monitoring_customerrating SET level = 3 WHERE id = %s",
            "DELETE FROM monitoring_customerrating WHERE id = %s",
        ):
            assert breaks(change, row.pk) == "OP082"
        below = (
            "INSERT INTO monitoring_customerrating (institution_id, customer, customer_name, level,"
            " by_rules, score, factors, reason, state, proposed_by_id, proposed_person,"
            " proposed_at)"
            " SELECT institution_id, 'C2', customer_name, 1, 2, 0, '{}', '', state, proposed_by_id,"
            " proposed_person, proposed_at FROM monitoring_customerrating WHERE id = %s"
        )
        assert breaks(below, row.pk) == "23514"


def asked(desk, account, fen=None, **more):
    return services.ask_freeze(
        account=account.number, amount_fen=fen, document_no="FX-2026-7", reason="涉恐名单",
        by=desk.analyst, at=NOON, **more,
    )  # fmt: skip


def pay_in(account, fen):
    """Bring more into an account."""
    till = ledger_factory.account(account.institution, "1001", "现金三", overdraft_allowed=True)
    factory.move(account, till, fen)


def placed(desk, account, fen=None):
    row = asked(desk, account, fen)
    return services.decide_freeze(freeze_id=row.pk, step="place", by=desk.reviewer, at=NOON)


class TestFreezing:
    def test_all_that_is_available_is_held_by_two(self, desk, account):
        row = asked(desk, account)
        with pytest.raises(rules.FreezeOpen):
            asked(desk, account)
        with pytest.raises(aml_rules.SecondIsFirst):
            services.decide_freeze(freeze_id=row.pk, step="place", by=desk.analyst, at=NOON)

        row = services.decide_freeze(freeze_id=row.pk, step="place", by=desk.reviewer, at=NOON)

        account.refresh_from_db()
        assert (row.state, account.held_fen) == ("placed", 6_000_000)
        with pytest.raises(StepNotAllowed):
            services.decide_freeze(freeze_id=row.pk, step="decline", by=desk.second, at=NOON)

    def test_an_amount_may_be_named_and_a_case(self, bank, desk, account):
        case = suspicious.open_by_hand(
            customer=CUSTOMER, customer_name="王", branch=bank.branch, by=desk.analyst, at=NOON
        )
        row = asked(desk, account, 100, case_id=case.pk)
        services.decide_freeze(freeze_id=row.pk, step="place", by=desk.reviewer, at=NOON)

        assert Hold.objects.get().amount_fen == 100
        assert list(case.freezes.all()) == [row]

    def test_declined_it_holds_nothing(self, desk, account):
        row = asked(desk, account)

        services.decide_freeze(freeze_id=row.pk, step="decline", by=desk.reviewer, at=NOON)

        assert not Hold.objects.exists()
        assert asked(desk, account).state == rules.PROPOSED

    def test_an_empty_account_is_frozen_for_what_comes_in(self, desk, account):
        other = factory.customer(account.institution, "李空", "110101199001011253")
        row = placed(desk, other)
        assert (row.state, row.hold) == (rules.PLACED, None)

        pay_in(other, 700)

        assert services.hold_inflows(at=NOON) == 1
        other.refresh_from_db()
        assert other.held_fen == 700

    def test_what_the_ledger_refuses_of_one_holds_back_no_other(self, desk, account, monkeypatch):
        other = factory.customer(account.institution, "李空", "110101199001011253")
        for one in (other, account):
            placed(desk, one)
            pay_in(one, 700)
        hold = books.place_hold

        def refused(*, number, **more):
            if number == other.number:
                raise NotEnough(account=number)
            return hold(number=number, **more)

        monkeypatch.setattr(books, "place_hold", refused)

        assert services.hold_inflows(at=NOON) == 1
        account.refresh_from_db()
        assert account.held_fen == 6_000_700

    def test_what_comes_in_later_is_held_once(self, desk, account):
        row = placed(desk, account)
        assert services.hold_inflows(at=NOON) == 0

        pay_in(account, 300)

        assert [services.hold_inflows(at=NOON) for _run in range(2)] == [1, 0]
        assert [one.hold.amount_fen for one in row.inflows.all()] == [300]
        (shown,) = selected.freezes().rows
        assert shown.held_fen == 6_000_300
        hold = row.inflows.get().hold
        assert (hold.reason, hold.placed_by, hold.judicial) == (rules.HOLD_REASON, "system", True)

    def test_no_more_is_held_than_the_amount(self, desk, account):
        placed(desk, account, 6_000_500)
        for fen, held in ((300, 6_000_300), (300, 6_000_500), (300, 6_000_500)):
            pay_in(account, fen)
            services.hold_inflows(at=NOON)
            account.refresh_from_db()
            assert account.held_fen == held

    def test_what_came_in_is_let_go_with_the_rest(self, desk, account):
        row = placed(desk, account)
        pay_in(account, 300)
        services.hold_inflows(at=NOON)
        services.ask_lifting(freeze_id=row.pk, by=desk.analyst, at=NOON)
        pay_in(account, 50)
        services.hold_inflows(at=NOON)
        row = services.decide_lifting(freeze_id=row.pk, step="keep", by=desk.second, at=NOON)
        services.ask_lifting(freeze_id=row.pk, by=desk.analyst, at=NOON)
        pay_in(account, 7)
        services.hold_inflows(at=NOON)

        row = services.decide_lifting(freeze_id=row.pk, step="lift", by=desk.second, at=NOON)

        account.refresh_from_db()
        assert (row.state, account.held_fen, row.inflows.count()) == (rules.LIFTED, 0, 3)
        pay_in(account, 9)
        assert services.hold_inflows(at=NOON) == 0

    def test_a_hold_released_at_the_ledger_does_not_keep_it_from_being_lifted(self, desk, account):
        row = placed(desk, account)
        asking = {"hold_id": row.hold_id, "at": NOON}
        books.ask_about_hold(step="release", reason="法院解除", by=desk.analyst, **asking)
        books.decide_about_hold(approve=True, by=desk.second, **asking)
        services.ask_lifting(freeze_id=row.pk, by=desk.analyst, at=NOON)

        row = services.decide_lifting(freeze_id=row.pk, step="lift", by=desk.second, at=NOON)

        assert row.state == rules.LIFTED

    def test_the_database_keeps_what_was_held_later(self, desk, account):
        row = placed(desk, account)
        pay_in(account, 300)
        services.hold_inflows(at=NOON)
        inflow = row.inflows.get()
        for change in (
            "UPDATE monitoring_freezeinflow SET held_at = now() WHERE id = %s",
            "DELETE FROM monitoring_freezeinflow WHERE id = %s",
        ):
            assert breaks(change, inflow.pk) == "OP090"
        other = placed(desk, factory.customer(account.institution, "李空", "110101199001011253"))
        insert = (
            "INSERT INTO monitoring_freezeinflow (institution_id, freeze_id, hold_id, held_at)"
            " VALUES (%s, %s, %s, now())"
        )
        assert breaks(insert, row.institution_id, other.pk, row.hold_id) == "OP090"

    def test_it_is_lifted_by_two(self, desk, account):
        row = placed(desk, account)
        services.ask_lifting(freeze_id=row.pk, by=desk.reviewer, at=NOON)
        with pytest.raises(aml_rules.SecondIsFirst):
            services.decide_lifting(freeze_id=row.pk, step="lift", by=desk.reviewer, at=NOON)
        row = services.decide_lifting(freeze_id=row.pk, step="keep", by=desk.second, at=NOON)
        assert (row.state, row.lift_by) == (rules.PLACED, None)
        services.ask_lifting(freeze_id=row.pk, by=desk.analyst, at=NOON)

        row = services.decide_lifting(freeze_id=row.pk, step="lift", by=desk.second, at=NOON)

        account.refresh_from_db()
        assert (row.state, account.held_fen) == (rules.LIFTED, 0)

    def test_the_ledger_and_the_trail_say_neither_why_nor_by_whom(self, bank, desk, account):
        placed(desk, account)
        supervisor = people.staff(bank.outlet, "outlet_supervisor")

        with acting(staff=supervisor):
            hold = Hold.objects.get()
            told = list(trail.timeline(subject=account.subject))
            assert not FreezeRequest.objects.exists()
            seen = [str(event.detail) + event.actor for event in Event.objects.all()]

        assert (hold.reason, hold.placed_by, hold.subject) == (rules.HOLD_REASON, "system", "")
        assert any(event.action == "ledger.place_hold" for event in told)
        for word in ("涉恐", "反洗钱", "aml", desk.analyst.label, desk.reviewer.label):
            assert not any(word in text for text in seen)

    def test_nobody_releases_it_alone(self, desk, account):
        placed(desk, account)
        hold = Hold.objects.get()
        assert hold.judicial
        alone = (
            "UPDATE ledger_hold SET state = 'released', released_at = now(), released_by = 'x',"
            " changes = changes + 1 WHERE id = %s"
        )
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(alone, [hold.pk])
        assert not HoldRequest.objects.exists()

    def test_the_database_refuses_what_the_services_refuse(self, desk, account):
        row = asked(desk, account)
        place = (
            "UPDATE monitoring_freezerequest SET state = 'placed', decided_by_id = %s,"
            " decided_person = %s, decided_at = now() WHERE id = %s"
        )
        assert breaks(place, desk.analyst.pk, desk.analyst.person, row.pk) == "OP083"
        for change in (
            "UPDATE monitoring_freezerequest SET state = 'lifted' WHERE id = %s",
            "UPDATE monitoring_freezerequest SET account = '1' WHERE id = %s",
            "DELETE FROM monitoring_freezerequest WHERE id = %s",
        ):
            assert breaks(change, row.pk) == "OP083"
        early = "UPDATE monitoring_freezerequest SET hold_id = 0 WHERE id = %s"
        assert breaks(early, row.pk) in {"23514", "OP083"}
        row = services.decide_freeze(freeze_id=row.pk, step="place", by=desk.reviewer, at=NOON)
        services.ask_lifting(freeze_id=row.pk, by=desk.analyst, at=NOON)
        lift = (
            "UPDATE monitoring_freezerequest SET state = 'lifted', lifted_by_id = %s,"
            " lifted_person = %s, lifted_at = now() WHERE id = %s"
        )
        assert breaks(lift, desk.analyst.pk, desk.analyst.person, row.pk) == "OP083"


class TestPages:
    @pytest.fixture
    def send(self, client):
        def sent(who, name, *args, **data):
            client.force_login(who)
            return client.post(reverse(f"monitoring:{name}", args=args), data).status_code

        return sent

    @pytest.fixture
    def shown(self, client):
        def got(who, page, **data):
            client.force_login(who)
            answer = client.get(reverse(f"monitoring:{page}"), data)
            return answer.status_code, answer.content.decode()

        return got

    def test_a_rating_goes_the_whole_way(self, desk, account, send, shown):
        status, page = shown(desk.analyst, "aml_ratings", customer=CUSTOMER)
        assert (status, "op-facts" in page) == (200, True)
        assert shown(desk.analyst, "aml_ratings", customer="0")[0] == 200
        told = {"customer": CUSTOMER, "level": 3, "reason": "x"}
        assert send(desk.analyst, "aml_propose_rating", **told | {"level": 9}) == 422
        assert send(desk.analyst, "aml_propose_rating", **told | {"customer": "0"}) == 422
        assert send(desk.analyst, "aml_propose_rating", **told) == 302
        assert send(desk.analyst, "aml_propose_rating", **told) == 422
        row = CustomerRating.objects.get()
        assert send(desk.analyst, "aml_decide_rating", row.pk, step="approve") == 403
        assert send(desk.reviewer, "aml_decide_rating", row.pk, step="approve") == 302
        assert send(desk.reviewer, "aml_decide_rating", 0, step="approve") == 404
        assert "王大额" in shown(desk.lead, "aml_ratings", state="active")[1]

    def test_a_freeze_goes_the_whole_way(self, desk, account, send, shown):
        told = {"account": account.number, "document_no": "D1", "reason": "名单"}
        assert shown(desk.analyst, "aml_freezes", account=account.number)[0] == 200
        for wrong in ({"amount_fen": "0"}, {"amount_fen": "x"}, {"account": "1"}, {"reason": ""}):
            assert send(desk.analyst, "aml_ask_freeze", **told | wrong) == 422
        assert send(desk.analyst, "aml_ask_freeze", **told | {"amount_fen": "1.00"}) == 302
        row = FreezeRequest.objects.get()
        assert send(desk.analyst, "aml_decide_freeze", row.pk, step="place") == 403
        assert send(desk.reviewer, "aml_decide_freeze", row.pk, step="nothing") == 409
        assert send(desk.reviewer, "aml_decide_freeze", row.pk, step="place") == 302
        assert send(desk.analyst, "aml_ask_lifting", row.pk) == 302
        assert "名单" in shown(desk.reviewer, "aml_freezes")[1]
        assert send(desk.reviewer, "aml_decide_freeze", row.pk, step="lift") == 302
        assert send(desk.analyst, "aml_ask_lifting", 0) == 404
        assert FreezeRequest.objects.get().state == rules.LIFTED

    def test_from_a_case_both_are_asked_for(self, bank, desk, account, shown, client):
        case = SuspiciousCase.objects.create(
            institution=bank.branch, customer=CUSTOMER, customer_name="王", origin="graph",
            opened_at=NOON,
        )  # fmt: skip
        client.force_login(desk.analyst)
        page = client.get(reverse("monitoring:aml_case", args=[case.pk])).content.decode()
        assert f"case_id={case.pk}" in page
        assert f"customer={CUSTOMER}" in page
