"""The four-in-one opening: checked in full, decided once, and all four there or none."""

import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.urls import reverse

from authorization import rules, selectors, services
from authorization.models import IdCheck, Opening, Request, SignUp
from foundation.imaging import gateways
from foundation.imaging import rules as read
from foundation.imaging import selectors as pages
from foundation.imaging import services as imaging
from foundation.kernel.flow import StepNotAllowed
from foundation.kernel.money import Money
from foundation.ledger import rules as ledger_rules
from foundation.ledger import services as ledger
from foundation.ledger.models import Account, Entry
from foundation.people import services as people_services
from foundation.policy.models import Policy
from foundation.worklist.rules import LeaseLost
from monitoring import services as monitoring
from tests.authorization.test_identity import BACKEND, BROWSER, breaks
from tests.factories import authorization as factory
from tests.factories import people

AT = people.NOON
SLOTS = tuple(rules.SLOTS)


@pytest.fixture
def checked(counter, teller):
    return factory.checked(teller)


@pytest.fixture
def waiting(checked, teller):
    return factory.sent(teller, factory.opening())


def opened(authorizer):
    found = services.open_next(authorizer=authorizer, at=AT)
    assert found is not None
    return found


def decided(authorizer, step="approve", reasons=()):
    item = opened(authorizer)
    return services.decide(
        number=item.number, step=step, shown=item.content_hash, fence=item.opened_fence,
        decider=authorizer, at=AT, reasons=list(reasons),
    )  # fmt: skip


def resent(item, teller, **more):
    return services.resubmit(
        number=item.number, order=factory.opening(**more), teller=teller, at=AT
    )


class TestSubmit:
    def test_it_waits_for_one_of_the_third_grade(self, waiting, checked):
        assert (waiting.state, waiting.why, waiting.grade_needed) == (rules.QUEUED, ["always"], 3)
        assert waiting.id_check == checked
        assert (waiting.payer_account, waiting.payer_name) == ("", factory.CUSTOMER)
        assert waiting.payee_name == factory.CUSTOMER

    def test_nothing_is_opened_before_it_is_approved(self, waiting):
        assert not Account.objects.filter(number=waiting.payee_account).exists()
        assert not Entry.objects.filter(trade_code="1202").exists()
        assert not SignUp.objects.exists()

    def test_the_number_of_the_identity_is_sealed(self, waiting):
        kept = Opening.objects.get(request=waiting)

        assert kept.id_number == factory.identity()
        assert factory.identity() not in {str(value) for value in vars(kept).values()}

    def test_the_form_needs_all_its_images(self, checked, teller):
        for missing in SLOTS[1:]:
            key = factory.attached(teller, *(slot for slot in SLOTS if slot != missing))
            with pytest.raises(rules.SlotEmpty):
                services.submit(key=key, order=factory.opening(), teller=teller, at=AT)
        with pytest.raises(rules.ImageMissing):
            services.submit(
                key=factory.attached(teller, "id"), order=factory.opening(), teller=teller, at=AT
            )

    def test_nobody_opens_for_somebody_not_checked(self, counter, teller, bank):
        factory.checked(people.staff(bank.outlet, "teller", name="赵敏"))
        factory.checked(teller, shape="003")
        factory.checked(teller, name="何雨")

        with pytest.raises(rules.IdentityNotChecked):
            factory.sent(teller, factory.opening())

    def test_nor_after_the_check_ran_out(self, checked, teller):
        late = checked.valid_until + timedelta(seconds=1)
        key = factory.attached(teller, *SLOTS)

        with pytest.raises(rules.IdentityNotChecked):
            services.submit(key=key, order=factory.opening(), teller=teller, at=late)

    @pytest.mark.parametrize(
        ("shape", "refusal"),
        [
            ("991", rules.NameOnRecordDiffers), ("992", rules.NoSuchIdentity),
            ("993", rules.PhotoOnRecordDiffers), ("994", rules.ManualIdNeeded),
        ],
    )  # fmt: skip
    def test_nor_against_the_network(self, counter, teller, shape, refusal):
        factory.checked(teller, shape=shape)

        with pytest.raises(refusal):
            factory.sent(teller, factory.opening(shape=shape))
        assert not Request.objects.exists()

    def test_while_it_is_down_by_hand(self, counter, teller):
        factory.checked(teller, shape="994")

        sent = factory.sent(teller, factory.opening(shape="994", manual_id=True))

        assert (sent.state, sent.id_check.result) == (rules.QUEUED, rules.NETWORK_DOWN)

    def test_the_limit_at_machines_is_the_banks(self, checked, teller):
        most = Policy.objects.get(code="authorization.atm_daily_most_fen")
        with pytest.raises(rules.DailyLimitTooHigh):
            factory.sent(teller, factory.opening(atm_daily=Money(int(most.value) + 1)))
        factory.sent(teller, factory.opening(atm_daily=Money(int(most.value))))

    def test_what_the_ledger_would_not_post_never_waits(self, checked, teller, counter):
        ledger.change_state(
            number=counter.till.number, step="freeze", reason="盘点", on=people.DAY, at=AT, by="t"
        )

        with pytest.raises(ledger_rules.AccountFrozen):
            factory.sent(teller, factory.opening())
        assert not Request.objects.exists()

    def test_the_same_key_is_the_same_item(self, checked, teller):
        key = factory.attached(teller, *SLOTS)

        first, second = (
            services.submit(key=key, order=factory.opening(), teller=teller, at=AT)
            for _ in range(2)
        )

        assert first.number == second.number
        assert Opening.objects.count() == 1
        with pytest.raises(rules.KeyUsedTwice):
            services.submit(key=key, order=factory.opening(sms_alert=False), teller=teller, at=AT)


class TestDecide:
    def test_one_yes_gives_all_four(self, waiting, authorizer):
        posted = decided(authorizer)

        account = Account.objects.get(number=waiting.payee_account)
        assert posted.state == rules.POSTED
        assert (account.name, account.chart.code) == (factory.CUSTOMER, "2011")
        assert account.customer_number == factory.identity()
        assert account.own_fen == 10_000
        kept = selectors.sign_ups(request=posted)
        assert [one.product for one in kept] == [*rules.PRODUCTS]
        assert {one.account for one in kept} == {account.number}
        assert [one.daily_fen for one in kept] == [None, None, None, 2_000_000]

    def test_what_was_not_wanted_is_not_given(self, checked, teller, authorizer):
        plain = factory.opening(internet_bank=False, sms_alert=False, atm_daily=None)
        factory.sent(teller, plain)

        posted = decided(authorizer)

        assert [one.product for one in selectors.sign_ups(request=posted)] == [rules.ACCOUNT]

    def test_a_no_opens_nothing(self, waiting, authorizer):
        ended = decided(authorizer, "reject", ["A14"])

        assert ended.state == rules.REJECTED
        assert not Account.objects.filter(number=waiting.payee_account).exists()

    def test_a_lower_grade_is_not_offered_it(self, waiting, bank):
        low = people.staff(bank.centre, "authorizer", grade=2)

        assert services.open_next(authorizer=low, at=AT) is None

    def test_the_authorizer_sees_keyed_beside_read_and_no_whole_number(
        self, waiting, authorizer, monkeypatch
    ):
        shown = selectors.shown(request=opened(authorizer))

        fields = {field.name: field.expected for field in shown.fields}
        assert fields["id_number"] == shown.opening.id_masked
        assert fields["mobile"] == "13800138000"
        assert fields["payer_name"] == factory.CUSTOMER
        assert "account" not in fields
        assert [field.label for field in shown.fields if field.name == "payer_name"] == [
            "Customer's name"
        ]
        assert [check.text for check in shown.checks][:3] == [
            "Identity check", "List screening", "Openings with this identity number",
        ]  # fmt: skip

    def test_a_second_opening_for_the_same_number_is_seen(self, waiting, teller):
        again = factory.sent(teller, factory.opening())

        known = {check.text: check for check in selectors.checks(request=again)}
        line = known["Openings with this identity number"]
        assert (line.found, line.good) == ("1", False)


class TestSentBack:
    def test_it_is_mended_and_sent_again(self, waiting, teller, authorizer):
        decided(authorizer, "return", ["A06"])

        sent = resent(waiting, teller, mobile="13900139000", sms_alert=False)

        assert (sent.state, sent.attempt) == (rules.QUEUED, 2)
        assert sent.payee_account == waiting.payee_account
        assert sent.content_hash != waiting.content_hash
        posted = decided(authorizer)
        assert [one.mobile for one in selectors.sign_ups(request=posted)] == [
            "", "13900139000", "13900139000",
        ]  # fmt: skip

    def test_with_another_number_only_after_another_check(self, waiting, teller, authorizer):
        decided(authorizer, "return", ["A06"])
        with pytest.raises(rules.IdentityNotChecked):
            resent(waiting, teller, shape="003")

        check = factory.checked(teller, shape="003")

        assert resent(waiting, teller, shape="003").id_check == check
        assert decided(authorizer).state == rules.POSTED

    def test_it_is_taken_back(self, waiting, teller, authorizer):
        decided(authorizer, "return", ["A06"])

        ended = services.withdraw(number=waiting.number, teller=teller, at=AT)

        assert ended.state == rules.WITHDRAWN


class TestInTheDatabase:
    def test_fields_change_only_with_the_teller(self, waiting, authorizer):
        changed = "UPDATE authorization_opening SET sms_alert = false"
        assert breaks(changed) == "OP039"
        decided(authorizer, "return", ["A06"])
        with connection.cursor() as cursor:
            cursor.execute(changed)
        assert breaks("DELETE FROM authorization_opening") == "OP039"

    def test_an_opening_is_not_sent_with_the_check_of_another_number(
        self, waiting, teller, authorizer
    ):
        decided(authorizer, "return", ["A06"])
        other = factory.checked(teller, shape="003")

        sent = (
            "UPDATE authorization_request SET state = 'queued', attempt = 2, content_hash = 'x',"
            " queued_at = %s, id_check_id = %s"
        )

        assert breaks(sent, AT, other.pk) == "OP038"
        assert breaks(sent, AT, None) == "OP038"

    def test_nothing_is_signed_up_that_was_not_approved(self, checked, teller, authorizer):
        plain = factory.opening(internet_bank=False, atm_daily=None)
        item = factory.sent(teller, plain)
        made = (
            "INSERT INTO authorization_signup"
            " (institution_id, request_id, product, account, mobile, daily_fen, at)"
            " VALUES (%s, %s, %s, %s, '', %s, now())"
        )
        facts = (item.institution_id, item.pk)

        assert breaks(made, *facts, "sms_alert", item.payee_account, None) == "OP039"
        decided(authorizer)
        for product, account, fen in (
            ("internet_bank", item.payee_account, None),
            ("atm_transfer", item.payee_account, 100),
            ("account", "1", None),
        ):
            assert breaks(made, *facts, product, account, fen) == "OP039"
        assert breaks(made, *facts, "sms_alert", item.payee_account, None) == "23505"
        assert breaks("UPDATE authorization_signup SET mobile = '1'") == "OP039"
        assert breaks("DELETE FROM authorization_signup") == "OP039"


@pytest.fixture
def committed(committed_db):
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        manager = people.staff(bank.branch, "ops_manager")
        people.numbers(manager, people.staff(bank.branch, "risk_manager"))
        factory.counter(bank)
        teller = people.staff(bank.outlet, "teller")
        authorizer = people.staff(bank.centre, "authorizer")
        factory.checked(teller)
    return teller, authorizer


def at_once(step, count=4):
    """Let so many do a step at the same time; return what came of each."""
    outcomes, together = [], threading.Barrier(count)

    def run():
        together.wait()
        try:
            outcomes.append(step())
        except (StepNotAllowed, LeaseLost):
            outcomes.append("refused")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_sent_by_many_at_once_it_is_one_and_decided_by_many_it_is_one_account(committed):
    teller, authorizer = committed
    with people_services.acting(staff=teller):
        key = factory.attached(teller, *SLOTS)

    def send():
        with people_services.acting(staff=teller):
            order = factory.opening()
            return services.submit(key=key, order=order, teller=teller, at=AT).number

    assert len({*at_once(send)}) == 1
    with people_services.acting(staff=authorizer):
        item = opened(authorizer)

    def decide():
        with people_services.acting(staff=authorizer):
            return services.decide(
                number=item.number, step="approve", shown=item.content_hash,
                fence=item.opened_fence, decider=authorizer, at=AT,
            ).state  # fmt: skip

    assert sorted(at_once(decide)) == ["posted", "refused", "refused", "refused"]
    with people_services.acting_as_system(reason="test"):
        assert Account.objects.filter(name=factory.CUSTOMER).count() == 1
        assert Entry.objects.filter(trade_code="1202").count() == 1
        assert SignUp.objects.count() == 4


def test_killed_while_it_is_posted_nothing_of_it_is_there(waiting, authorizer, monkeypatch):
    def die(**_more):
        raise SystemExit

    item = opened(authorizer)
    monkeypatch.setattr(ledger, "post", die)
    with pytest.raises(SystemExit), transaction.atomic():
        services.decide(
            number=item.number, step="approve", shown=item.content_hash, fence=item.opened_fence,
            decider=authorizer, at=AT,
        )  # fmt: skip
    monkeypatch.undo()

    assert not Account.objects.filter(number=waiting.payee_account).exists()
    assert not SignUp.objects.exists()
    posted = services.decide(
        number=item.number, step="approve", shown=item.content_hash, fence=item.opened_fence,
        decider=authorizer, at=AT,
    )  # fmt: skip
    assert posted.state == rules.POSTED


@pytest.fixture
def as_teller(client, teller):
    client.force_login(teller, backend=BACKEND)
    return client


def typed(**more):
    usual = {
        "payee_name": factory.CUSTOMER, "id_number": factory.identity(), "mobile": "138 0013 8000",
        "address": "北京市海淀区清河中街1号", "internet_bank": "on", "sms_alert": "on",
        "atm_transfer": "on", "atm_daily": "20,000", "amount": "100", "voucher_no": "0744719026",
    }  # fmt: skip
    return usual | more


@pytest.fixture
def now(monkeypatch):
    monkeypatch.setattr("django.utils.timezone.now", lambda: AT + timedelta(minutes=2))


class TestPages:
    NEW = "/authorization/new/1202/"

    def test_a_good_form_becomes_an_item(self, as_teller, checked, teller, now):
        key = factory.attached(teller, *SLOTS)

        answer = as_teller.post(self.NEW, typed(key=key), **BROWSER)

        item = Request.objects.get()
        assert answer["Location"] == reverse("authorization:item", args=[item.number])
        assert item.opening.products == tuple(rules.PRODUCTS)
        assert item.opening.mobile == "13800138000"

    @pytest.mark.parametrize(
        ("wrong", "field"),
        [
            ({"mobile": "12345"}, "mobile"),
            ({"id_number": "110101199003071234"}, "id_number"),
            ({"atm_daily": ""}, "atm_daily"),
            ({"atm_daily": "x"}, "atm_daily"),
            ({"atm_daily": "0"}, "atm_daily"),
            ({"atm_transfer": ""}, "atm_transfer"),
            ({"amount": "-1"}, "amount"),
            ({"atm_daily": "50,000.01"}, "atm_daily"),
            ({"id_number": factory.identity("003")}, "id_number"),
        ],
    )
    @pytest.mark.usefixtures("checked", "now")
    def test_what_is_wrong_is_told_at_its_field(self, as_teller, teller, wrong, field):
        key = factory.attached(teller, *SLOTS)

        answer = as_teller.post(self.NEW, typed(key=key, **wrong), **BROWSER)

        assert answer.status_code == 422
        assert [*answer.context["form"].errors] == [field]
        assert not Request.objects.exists()

    @pytest.mark.parametrize(
        ("shape", "field"),
        [("991", "payee_name"), ("992", "id_number"), ("993", "id_number"), ("994", "manual_id")],
    )
    @pytest.mark.usefixtures("counter", "now")
    def test_so_is_what_the_network_said(self, as_teller, teller, shape, field):
        factory.checked(teller, shape=shape)
        key = factory.attached(teller, *SLOTS)

        answer = as_teller.post(
            self.NEW, typed(key=key, id_number=factory.identity(shape)), **BROWSER
        )

        assert [*answer.context["form"].errors] == [field]

    def test_the_next_image_is_the_one_that_is_missing(self, as_teller, checked, teller, now):
        key = factory.attached(teller, "voucher", "id")

        page = as_teller.post(self.NEW, typed(key=key), **BROWSER)

        assert page.status_code == 422
        assert '<option value="id_back" selected>' in page.content.decode()
        assert [slot.code for slot in page.context["still"]] == ["id_back", "photo"]

    def test_the_fault_is_marked_at_its_field(self, as_teller, waiting, authorizer, teller, now):
        with people_services.acting_as_system(reason="test"):
            read_as(waiting, "手机号码：13900000000 客户姓名：何雨童 证件号码：x")
        decided(authorizer, "return", ["A17", "A06", "A01"])

        page = as_teller.get(reverse("authorization:correct", args=[waiting.number]), **BROWSER)

        marks = page.context["form"].marks
        assert marks["amount"].startswith("A17 ")
        assert marks["voucher_no"].startswith("A06 ")
        assert "何雨童" in marks["payee_name"]
        assert [one.code for one in page.context["about_images"]] == ["A01"]
        text = page.content.decode()
        assert marks["payee_name"] in text
        assert factory.identity() not in text

    def test_a_mended_form_is_sent_again(self, as_teller, waiting, authorizer, now):
        decided(authorizer, "return", ["A06"])
        address = reverse("authorization:correct", args=[waiting.number])

        answer = as_teller.post(address, typed(key=waiting.key, sms_alert=""), **BROWSER)

        assert answer.status_code == 302
        waiting.refresh_from_db()
        assert (waiting.state, waiting.attempt) == (rules.QUEUED, 2)
        assert not Opening.objects.get().sms_alert

    def test_the_item_shows_what_is_to_be_opened(self, as_teller, waiting):
        page = as_teller.get(reverse("authorization:item", args=[waiting.number]), **BROWSER)

        text = page.content.decode()
        assert "待开立账户" in text
        assert factory.identity() not in text
        assert waiting.opening.id_masked in text

    def test_so_does_the_desk(self, client, waiting, authorizer):
        client.force_login(authorizer, backend=BACKEND)

        page = client.get(reverse("authorization:workbench"), **BROWSER)

        text = page.content.decode()
        assert "待开立账户" in text
        assert "20,000.00" in text
        assert factory.identity() not in text

    def test_one_receipt_names_all_four(self, as_teller, waiting, authorizer):
        decided(authorizer)

        page = as_teller.get(reverse("authorization:receipt", args=[waiting.number]), **BROWSER)

        text = page.content.decode()
        assert all(word in text for word in ("个人账户", "个人网银", "短信通知", "自助转账"))
        assert "138****8000" in text
        assert factory.identity() not in text

    def test_and_so_does_its_file(self, as_teller, waiting, authorizer):
        decided(authorizer)

        file = as_teller.post(
            reverse("authorization:receipt_file", args=[waiting.number]), **BROWSER
        )

        assert file["Content-Type"] == "application/pdf"
        assert file.content.startswith(b"%PDF-")
        assert waiting.number in file["Content-Disposition"]

    def test_what_is_not_posted_has_no_receipt(self, as_teller, waiting):
        for name, ask in (("receipt", as_teller.get), ("receipt_file", as_teller.post)):
            page = ask(reverse(f"authorization:{name}", args=[waiting.number]), **BROWSER)
            assert page.status_code == 404

    def test_every_business_is_a_link_and_a_key(self, as_teller, counter):
        page = as_teller.get(reverse("authorization:choose"), **BROWSER)

        text = page.content.decode()
        for place, code in enumerate(rules.TRADE_CODES, 1):
            assert reverse("authorization:new", args=[code]) in text
            assert f'data-key="{place}"' in text


def read_as(item, text):
    """Let a reader have read the voucher of an item."""
    voucher = pages.pages(document_id=item.document_id)[0]
    lines = tuple(
        read.Line(part, 99, (10, 40 * place, 600, 36)) for place, part in enumerate(text.split(" "))
    )
    imaging.record_reading(
        page_id=voucher.pk, text=gateways.PageText("test", "1", 0, lines), failure="", at=AT
    )


def test_every_other_receipt_is_a_file_too(as_teller, counter, teller):
    for order in (
        factory.withdrawal(counter, "100.00"),
        factory.transfer(counter),
        factory.deposit(counter),
    ):
        sent = factory.sent(teller, order)
        file = as_teller.post(reverse("authorization:receipt_file", args=[sent.number]), **BROWSER)
        assert file.content.startswith(b"%PDF-")


def test_a_check_is_of_this_institution(waiting):
    assert IdCheck.objects.get().institution_id == waiting.institution_id
    with pytest.raises(DatabaseError), transaction.atomic():
        Opening.objects.update(atm_daily_fen=0)


class TestWithoutFirstDeposit:
    def test_one_authorization_opens_it_and_the_journal_has_no_line(
        self, checked, teller, authorizer
    ):
        sent = factory.sent(teller, factory.opening("0.00"))
        before = Entry.objects.count()

        done = decided(authorizer)

        assert (done.number, done.state, done.entry, done.journal_no) == (
            sent.number, "posted", None, "",
        )  # fmt: skip
        assert Entry.objects.count() == before
        account = Account.objects.get(number=done.payee_account)
        assert (account.name, account.own_fen) == (factory.CUSTOMER, 0)
        assert SignUp.objects.filter(request=done).count() == 4

    def test_the_receipt_says_so(self, checked, teller, authorizer, client):
        factory.sent(teller, factory.opening("0.00"))
        done = decided(authorizer)
        client.force_login(teller, backend=BACKEND)

        page = client.get(reverse("authorization:receipt", args=[done.number]))
        assert "无（未办理首存）" in page.content.decode()
        file = client.post(reverse("authorization:receipt_file", args=[done.number]))
        assert file.status_code == 200

    def test_nobody_is_asked_for_its_line(self, checked, teller, authorizer):
        factory.sent(teller, factory.opening("0.00"))
        done = decided(authorizer)

        found = monitoring.match_day(
            institution_id=done.institution_id, business_date=people.DAY, at=AT
        )

        assert done.document_id not in {match.document_id for match in found}

    def test_nothing_else_moves_nothing(self, checked, teller, authorizer):
        factory.sent(teller, factory.opening("0.00"))
        other = factory.sent(teller, factory.opening())

        for item, change in ((other, {"amount_fen": -1}), (other, {"state": "posted"})):
            with pytest.raises(DatabaseError), transaction.atomic():
                Request.objects.filter(pk=item.pk).update(**change)
