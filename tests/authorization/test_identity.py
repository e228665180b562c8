"""A check of identity: what the network says, how long it holds, and what it lets go on."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from authorization import gateways, rules, selectors, services
from authorization.gateways import _identity as network
from authorization.models import IdCheck, Request
from foundation.kernel import numbering
from foundation.kernel.money import Money
from foundation.policy.models import Policy
from foundation.trail.models import Event
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import rules as rule_factory

AT, HOLDS = people.NOON, timedelta(seconds=1800)
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 Chrome/120.0"}
BACKEND = "django.contrib.auth.backends.ModelBackend"
SAID = {
    "001": rules.MATCH,
    "991": rules.NAME_DIFFERS,
    "992": rules.NO_SUCH_NUMBER,
    "993": rules.PHOTO_DIFFERS,
    "994": rules.NETWORK_DOWN,
}


@pytest.fixture
def as_teller(client, teller):
    client.force_login(teller, backend=BACKEND)
    return client


def breaks(sql, *values):
    """Tell the code with which the database refuses a statement."""
    with (
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)
    return caught.value.__cause__.pgcode


class TestNetwork:
    @pytest.mark.parametrize(("shape", "said"), SAID.items())
    def test_the_simulator_answers_by_the_number(self, shape, said):
        number = factory.identity(shape)

        assert gateways.ask_network(name="何雨桐", number=number) == said
        assert numbering.parse_resident_id(number) == number

    def test_a_slow_network_is_given_its_seconds_and_counts_as_down(self, monkeypatch, settings):
        settings.OPS_ID_NETWORK_SECONDS = 2
        slept = []
        monkeypatch.setattr(network.time, "sleep", slept.append)

        assert gateways.ask_network(name="何雨桐", number=factory.identity("995")) == "down"
        assert slept == [2]

    def test_without_a_network_everything_is_down(self, settings):
        settings.OPS_ID_NETWORK = "none"

        assert gateways.ask_network(name="何雨桐", number=factory.identity()) == "down"

    def test_what_is_no_answer_is_a_fault(self, monkeypatch):
        monkeypatch.setitem(network.ANSWERS, "001", "perhaps")

        with pytest.raises(ValueError, match="perhaps"):
            gateways.ask_network(name="何雨桐", number=factory.identity())


class TestRules:
    def test_agreement_goes_on(self):
        rules.check_identity(rules.MATCH, manual_id=False)

    @pytest.mark.parametrize(
        ("result", "refusal"),
        [
            (rules.NAME_DIFFERS, rules.NameOnRecordDiffers),
            (rules.NO_SUCH_NUMBER, rules.NoSuchIdentity),
            (rules.PHOTO_DIFFERS, rules.PhotoOnRecordDiffers),
        ],
    )
    @pytest.mark.parametrize("manual_id", [True, False])
    def test_a_no_of_the_network_stops(self, result, refusal, manual_id):
        with pytest.raises(refusal):
            rules.check_identity(result, manual_id=manual_id)

    def test_a_network_that_is_down_asks_for_a_hand(self):
        with pytest.raises(rules.ManualIdNeeded):
            rules.check_identity(rules.NETWORK_DOWN, manual_id=False)
        rules.check_identity(rules.NETWORK_DOWN, manual_id=True)


class TestCheck:
    def test_the_number_is_kept_masked_and_as_a_fingerprint_alone(self, teller):
        check = factory.checked(teller)

        number = factory.identity()
        kept = {str(value) for value in vars(IdCheck.objects.get(pk=check.pk)).values()}
        assert check.id_masked == f"{number[:3]}***********{number[-4:]}"
        assert not any(number in value for value in kept)
        assert factory.checked(teller).id_hash == check.id_hash
        assert factory.checked(teller, shape="003").id_hash != check.id_hash

    def test_it_is_on_the_trail_masked(self, teller):
        check = factory.checked(teller)

        event = Event.objects.get(action="authorization.check_identity")
        assert event.subject == check.subject
        assert event.detail == {"answer": "match", "number": check.id_masked}

    def test_it_holds_as_long_as_the_number_says(self, teller):
        check = factory.checked(teller)

        assert check.valid_until == AT + HOLDS
        first = Policy.objects.filter(code="authorization.id_check_seconds").get()
        first.pk, first.value, first.valid_from = None, "60", people.DAY
        first.save(force_insert=True)
        assert factory.checked(teller).valid_until == AT + timedelta(seconds=60)

    def test_who_asked_finds_it_until_it_runs_out(self, teller, bank):
        check = factory.checked(teller)
        other = people.staff(bank.outlet, "teller", name="赵敏")
        asked = {"name": factory.CUSTOMER, "id_hash": check.id_hash}

        def found(by, at, **more):
            return selectors.fresh_check(teller=by, at=at, **(asked | more))

        assert found(teller, AT + HOLDS) == check
        assert found(teller, AT + HOLDS + timedelta(seconds=1)) is None
        assert found(other, AT) is None
        assert found(teller, AT, name="何雨") is None
        assert found(teller, AT, id_hash="0" * 64) is None
        assert [*selectors.fresh_checks(teller=teller, at=AT)] == [check]
        assert not selectors.fresh_checks(teller=other, at=AT)


class TestItems:
    def test_one_check_serves_every_item_of_the_customer(self, counter, teller):
        check = factory.checked(teller, name=counter.payer.name)

        for yuan in ("100.00", "60,000.00"):
            assert factory.sent(teller, factory.withdrawal(counter, yuan)).id_check == check
        deposited = factory.sent(teller, factory.deposit(counter))
        assert deposited.id_check == check

    def test_nor_another_customers_nor_one_that_ran_out(self, counter, teller):
        factory.checked(teller, name=counter.payee.name)
        key = factory.attached(teller)

        assert factory.sent(teller, factory.withdrawal(counter, "100.00")).id_check is None
        late = services.submit(
            key=key, order=factory.transfer(counter), teller=teller,
            at=AT + HOLDS + timedelta(seconds=1),
        )  # fmt: skip
        assert late.id_check is None

    def test_the_latest_answer_counts(self, counter, teller):
        factory.checked(teller, name=counter.payer.name, shape="992")
        with pytest.raises(rules.NoSuchIdentity):
            factory.sent(teller, factory.withdrawal(counter))

        good = factory.checked(teller, name=counter.payer.name)

        assert factory.sent(teller, factory.withdrawal(counter)).id_check == good

    def test_a_network_that_was_down_makes_authorization_needed(self, counter, teller):
        factory.checked(teller, name=counter.payer.name, shape="994")
        with pytest.raises(rules.ManualIdNeeded):
            factory.sent(teller, factory.withdrawal(counter, "100.00"))

        sent = factory.sent(teller, factory.withdrawal(counter, "100.00", manual_id=True))

        assert (sent.state, sent.why) == (rules.QUEUED, ["manual_id"])
        assert sent.id_check.result == rules.NETWORK_DOWN

    def test_it_stands_among_the_checks_of_the_system(self, counter, teller):
        bare = factory.sent(teller, factory.withdrawal(counter))
        check = factory.checked(teller, name=counter.payer.name)
        sent = factory.sent(teller, factory.withdrawal(counter))
        factory.checked(teller, name=counter.payer.name, shape="994")
        by_hand = factory.sent(teller, factory.withdrawal(counter, manual_id=True))

        lines = [selectors.checks(request=one)[0] for one in (bare, sent, by_hand)]
        assert [(line.word, line.good) for line in lines] == [
            ("not made", True), ("Agrees", True), ("Network not reached", False),
        ]  # fmt: skip
        assert lines[1].found == check.id_masked


class TestInTheDatabase:
    MOVED = "UPDATE authorization_request SET id_check_id = %s, attempt = 2, queued_at = %s"

    def test_a_check_stays_as_it_was(self, teller):
        factory.checked(teller)

        assert breaks("UPDATE authorization_idcheck SET result = 'match'") == "OP037"
        assert breaks("DELETE FROM authorization_idcheck") == "OP037"

    def test_an_item_takes_no_check_of_another_of_another_time_or_with_a_no(
        self, counter, waiting, teller, bank, authorizer
    ):
        name = counter.payer.name
        other = people.staff(bank.outlet, "teller", name="赵敏")
        opened = services.open_next(authorizer=authorizer, at=AT)
        services.decide(
            number=opened.number, step="return", shown=opened.content_hash,
            fence=opened.opened_fence, decider=authorizer, at=AT, reasons=["A18"],
        )  # fmt: skip

        for check, at in (
            (factory.checked(other, name=name), AT),
            (factory.checked(teller, name="何雨桐"), AT),
            (factory.checked(teller, name=name, shape="991"), AT),
            (factory.checked(teller, name=name, shape="994"), AT),
            (factory.checked(teller, name=name), AT + HOLDS + timedelta(seconds=1)),
            (factory.checked(teller, name=name), AT - timedelta(seconds=1)),
        ):
            assert breaks(self.MOVED, check.pk, at) == "OP038"
        with connection.cursor() as cursor:
            cursor.execute(self.MOVED, [factory.checked(teller, name=name).pk, AT + HOLDS])

    def test_nor_one_within_a_round(self, counter, waiting, teller):
        check = factory.checked(teller, name=counter.payer.name)

        assert breaks("UPDATE authorization_request SET id_check_id = %s", check.pk) == "OP038"
        assert breaks(self.MOVED, check.pk, AT) == "OP038", "nor in a round that the centre began"


class TestANewRoundOutOfAHold:
    """A customer who was checked when the item was sent is not checked anew for another image."""

    LATE = AT + HOLDS + timedelta(minutes=10)

    def sent(self, counter, teller, **more):
        rule_factory.in_force(rule_factory.plain(amount_from_fen=1, **more), valid_from=people.DAY)
        factory.checked(teller, name=counter.payer.name)
        return factory.sent(teller, factory.withdrawal(counter))

    def asked(self, by):
        opened = services.open_next(authorizer=by, at=self.LATE)
        services.hold(
            number=opened.number, kind=rules.RESCAN, question="背面", fence=opened.opened_fence,
            authorizer=by, at=self.LATE,
        )  # fmt: skip
        return opened

    def answered(self, item, teller):
        services.attach(
            key=item.key, teller=teller, data=factory.image(), name="b.png", at=self.LATE,
            image_class="voucher",
        )  # fmt: skip
        return services.answer(number=item.number, text="已补扫", by=teller, at=self.LATE)

    def decided(self, by):
        item = services.open_next(authorizer=by, at=self.LATE)
        return services.decide(
            number=item.number, step="approve", shown=item.content_hash, fence=item.opened_fence,
            decider=by, at=self.LATE,
        )  # fmt: skip

    def test_where_the_outlet_took_longer_than_the_check_holds(
        self, bank, counter, teller, authorizer
    ):
        sent = self.sent(counter, teller, outlet_levels=1)
        supervisor = people.staff(bank.outlet, "outlet_supervisor", name="孙丽")
        self.confirmed(sent, supervisor)
        self.asked(authorizer)

        again = self.answered(sent, teller)

        assert (again.state, again.attempt) == (rules.ON_SITE, 2)
        assert again.id_check == sent.id_check
        self.confirmed(again, supervisor)
        assert self.decided(authorizer).state == rules.POSTED

    def confirmed(self, item, by):
        services.look(number=item.number, by=by, at=self.LATE)
        services.decide_on_site(
            number=item.number, step="approve", shown=item.content_hash, by=by, at=self.LATE
        )

    def test_where_the_first_of_two_did(self, bank, counter, teller, authorizer):
        sent = self.sent(counter, teller, centre_levels=2)
        other = people.staff(bank.centre, "authorizer", name="王芳")
        self.decided(authorizer)
        self.asked(other)

        again = self.answered(sent, teller)

        assert (again.state, again.attempt, again.level) == (rules.QUEUED, 2, 1)
        assert again.id_check == sent.id_check

    def test_another_check_is_not_taken_with_it(self, counter, teller, authorizer):
        self.sent(counter, teller)
        self.asked(authorizer)
        other = factory.checked(teller, name=counter.payer.name)

        assert breaks(TestInTheDatabase.MOVED, other.pk, AT) == "OP038"


class TestPage:
    def post(self, client, **typed):
        usual = {"payee_name": factory.CUSTOMER, "id_number": factory.identity()}
        return client.post(reverse("authorization:check_identity"), usual | typed, **BROWSER)

    @pytest.mark.parametrize(
        ("shape", "word"),
        [
            ("001", "一致"), ("991", "号码存在但姓名不一致"), ("992", "无此号码"),
            ("993", "照片不符"), ("994", "联网核查未接通"),
        ],
    )  # fmt: skip
    def test_the_answer_is_shown_masked(self, as_teller, shape, word):
        answer = self.post(as_teller, id_number=factory.identity(shape))

        page = answer.content.decode()
        assert answer.status_code == 200
        assert word in page
        assert factory.identity(shape) not in page
        assert factory.identity(shape)[-4:] in page

    def test_a_wrong_number_is_told_at_its_field_and_nobody_is_asked(self, as_teller):
        answer = self.post(as_teller, id_number="110101199003071234")

        assert answer.status_code == 422
        assert not IdCheck.objects.exists()

    def test_the_forms_show_what_still_holds(self, as_teller, teller, monkeypatch):
        moment = AT + timedelta(minutes=5)
        monkeypatch.setattr("django.utils.timezone.now", lambda: moment)
        check = factory.checked(teller)

        page = as_teller.get(reverse("authorization:new", args=["1002"]), **BROWSER)

        assert check.id_masked in page.content.decode()

    def test_an_item_names_its_check(self, as_teller, counter, teller):
        check = factory.checked(teller, name=counter.payer.name)
        sent = factory.sent(teller, factory.withdrawal(counter))

        page = as_teller.get(reverse("authorization:item", args=[sent.number]), **BROWSER)

        assert check.id_masked in page.content.decode()
        assert "联网核查" in page.content.decode()


def test_cash_that_comes_in_is_posted_the_other_way_round(counter, teller):
    sent = factory.sent(teller, factory.deposit(counter, "1,000.00"))

    assert (sent.state, sent.payer_account) == (rules.POSTED, "")
    assert sent.payer_name == counter.payer.name
    assert sent.customer_account == counter.payer.number
    counter.payer.refresh_from_db()
    assert counter.payer.own_fen == 90_100_000
    assert sent.amount == Money(100_000)
    with pytest.raises(rules.NameDiffers):
        factory.sent(teller, factory.deposit(counter, payee_name="何雨桐"))


def test_the_accounts_are_those_of_the_kind(counter, waiting, teller):
    factory.sent(teller, factory.deposit(counter))

    sql = (
        "UPDATE authorization_request SET content_hash = 'x', state = %s, attempt = attempt + 1,"
        " payer_account = %s WHERE id = %s"
    )
    services.withdraw(number=waiting.number, teller=teller, at=AT)
    held = factory.sent(teller, factory.deposit(counter, "300,000.00"))
    assert held.state == rules.QUEUED
    Request.objects.filter(pk=held.pk).update(state=rules.VIEWING)
    Request.objects.filter(pk=held.pk).update(state=rules.RETURNED)
    with (
        pytest.raises(DatabaseError, match="accounts_of_the_kind"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, ["queued", "1", held.pk])
    assert Request.objects.filter(trade_code="1001", payer_account="").count() == 2
