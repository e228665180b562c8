"""A posted item is taken back by another one: cancelled on its day, reversed on a later one."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from authorization import rules, services
from authorization.models import Request
from authorization.rules import correcting
from foundation.kernel.money import Money
from foundation.ledger import selectors as ledger
from foundation.ledger import services as books
from foundation.ledger.models import Entry, JournalLine
from foundation.ledger.rules import Leg, NotEnough
from tests.factories import authorization as factory
from tests.factories import people

AT = people.NOON
NEXT = people.DAY + timedelta(days=1)
TOMORROW = AT + timedelta(days=1)
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 Chrome/120.0"}
SMALL = "1,000.00"


def order(item, code="1401", yuan="", **more):
    wanted = {"voucher_no": "0744719099", "purpose": "金额记错", "corrects": item.number}
    amount = Money.parse(yuan) if yuan else item.amount
    return services.Order(trade_code=code, amount=amount, **(wanted | more))


def balances(counter):
    numbers = (counter.payer.number, counter.payee.number, counter.till.number)
    return [ledger.balance(number=number).fen for number in numbers]


def approve(authorizer, at=AT):
    opened = services.open_next(authorizer=authorizer, at=at)
    return services.decide(
        number=opened.number, step="approve", shown=opened.content_hash,
        fence=opened.opened_fence, decider=authorizer, at=at + timedelta(seconds=20),
    )  # fmt: skip


@pytest.fixture
def chief(bank):
    """Hire an authorizer who may decide corrections of the day."""
    return people.staff(bank.centre, "authorizer", grade=4, name="赵刚")


@pytest.fixture
def chiefs(bank):
    """Hire two who may decide corrections of earlier days."""
    names = ("钱程", "孙立")
    return [people.staff(bank.centre, "authorizer", grade=5, name=name) for name in names]


@pytest.fixture(params=["withdrawal", "deposit", "transfer"])
def posted(request, counter, teller):
    """Post an item of each kind, for which nobody is needed."""
    made = factory.sent(teller, getattr(factory, request.param)(counter, SMALL))
    assert made.state == rules.POSTED
    return made


def next_day(bank):
    for place in (bank.outlet, bank.centre):
        books.close_day(
            institution_id=place.pk, on=people.DAY, at=AT + timedelta(hours=6), by=closers(bank),
            reason="次日继续",
        )  # fmt: skip
        books.open_day(institution_id=place.pk, on=NEXT, at=TOMORROW, by=factory.BY)


def closers(bank):
    return tuple(people.staff(bank.branch, "ops_manager", name=name) for name in ("甲一", "乙二"))


def test_an_item_of_the_day_is_cancelled(counter, teller, chief, posted):
    before = Entry.objects.get(id=posted.entry_id)
    moved = balances(counter)

    item = factory.sent(teller, order(posted))
    assert (item.state, item.corrects, item.correction) == (rules.QUEUED, posted, True)
    assert item.grade_needed == 4
    done = approve(chief)

    entry = Entry.objects.get(id=done.entry_id)
    line = JournalLine.objects.get(id=books_line(done))
    assert done.state == rules.POSTED
    assert (entry.reverses_id, entry.trade_code, entry.note) == (before.pk, "1401", "金额记错")
    assert (line.trade_code, line.voucher_no) == ("1401", "0744719099")
    assert moved != balances(counter) == [90_000_000, 90_000_000, 180_000_000]


def books_line(item):
    return JournalLine.objects.filter(journal_no=item.journal_no).latest("id").pk


def test_money_goes_back_where_it_came_from(counter, teller):
    paid = factory.sent(teller, factory.transfer(counter, SMALL))
    item = factory.sent(teller, order(paid))

    assert (item.payer_account, item.payer_name) == (counter.payee.number, counter.payee.name)
    assert (item.payee_account, item.payee_name) == (counter.payer.number, counter.payer.name)


@pytest.mark.parametrize(
    ("kind", "has_payer"), [("withdrawal", False), ("deposit", True), ("transfer", True)]
)
def test_cash_comes_in_where_it_went_out(counter, teller, kind, has_payer):
    paid = factory.sent(teller, getattr(factory, kind)(counter, SMALL))

    assert factory.sent(teller, order(paid)).has_payer is has_payer


def test_on_a_later_day_two_people_reverse_it(bank, counter, teller, chiefs):
    paid = factory.sent(teller, factory.withdrawal(counter, SMALL))
    next_day(bank)
    key = factory.attached(teller)
    with pytest.raises(correcting.OtherCode):
        services.submit(key=key, order=order(paid), teller=teller, at=TOMORROW)

    item = services.submit(key=key, order=order(paid, "1402"), teller=teller, at=TOMORROW)
    assert (item.levels_needed, item.grade_needed) == (2, 5)
    first, second = chiefs
    assert approve(first, TOMORROW).state == rules.QUEUED
    done = approve(second, TOMORROW)

    entry = Entry.objects.get(id=done.entry_id)
    assert (entry.reverses_id, entry.business_date) == (paid.entry_id, NEXT)


class TestRefused:
    def test_the_transaction_of_a_later_day(self, counter, teller, posted):
        with pytest.raises(correcting.OtherCode) as refusal:
            factory.sent(teller, order(posted, "1402"))
        assert refusal.value.params["needed"] == "1401"

    def test_another_amount(self, counter, teller, posted):
        with pytest.raises(correcting.OtherAmount):
            factory.sent(teller, order(posted, yuan="999.99"))

    def test_what_is_not_posted(self, counter, teller, waiting):
        with pytest.raises(correcting.NothingToTakeBack):
            factory.sent(teller, order(waiting))

    def test_an_opening(self, counter, teller, authorizer):
        factory.checked(teller)
        made = factory.sent(teller, factory.opening())
        if made.state != rules.POSTED:
            made = approve(authorizer)
        assert made.state == rules.POSTED
        with pytest.raises(correcting.NothingToTakeBack):
            factory.sent(teller, order(made))

    def test_an_item_of_another_outlet(self, bank, counter, teller, posted):
        other = people.staff(bank.sibling, "teller", name="周宁")
        with pytest.raises(correcting.NothingToTakeBack):
            factory.sent(other, order(posted))

    def test_a_correction_itself(self, counter, teller, chief, posted):
        factory.sent(teller, order(posted))
        done = approve(chief)
        with pytest.raises(correcting.NothingToTakeBack):
            factory.sent(teller, order(done))

    def test_a_second_time_while_the_first_waits(self, counter, teller, posted):
        first = factory.sent(teller, order(posted))
        with pytest.raises(correcting.AlreadyTakenBack) as refusal:
            factory.sent(teller, order(posted))
        assert refusal.value.params["by"] == first.number

    def test_what_the_ledger_would_not_take(self, counter, teller):
        paid = factory.sent(teller, factory.deposit(counter, SMALL))
        whole = ledger.balance(number=counter.payer.number).fen
        books.post(
            key="emptied", institution_id=counter.outlet.pk, trade_code="1002", teller="110001",
            legs=[Leg(counter.payer.number, whole), Leg(counter.till.number, -whole)],
            business_date=people.DAY, at=AT,
        )  # fmt: skip
        with pytest.raises(NotEnough):
            factory.sent(teller, order(paid))


def test_the_same_send_twice_is_one_item(counter, teller, posted):
    key = factory.attached(teller)
    first = services.submit(key=key, order=order(posted), teller=teller, at=AT)
    again = services.submit(key=key, order=order(posted), teller=teller, at=AT)

    assert first == again
    assert Request.objects.filter(corrects=posted).count() == 1


def test_after_a_no_it_may_be_asked_again(counter, teller, posted):
    first = factory.sent(teller, order(posted))
    services.withdraw(number=first.number, teller=teller, at=AT)

    assert factory.sent(teller, order(posted)).state == rules.QUEUED


def copied(item, **changed):
    copy = Request.objects.get(pk=item.pk)
    told = {"pk": None, "key": uuid4(), "number": "9" * 17, "work_item": None, **changed}
    for name, value in told.items():
        setattr(copy, name, value)
    copy.save(force_insert=True)


@pytest.mark.parametrize("changed", ["amount", "accounts", "outlet", "not posted"])
def test_the_database_wants_the_item_turned_round(bank, counter, teller, posted, changed):
    item = factory.sent(teller, order(posted))
    services.withdraw(number=item.number, teller=teller, at=AT)
    waiting = factory.sent(teller, factory.withdrawal(counter, voucher_no="0744719027"))
    wrong = {
        "amount": {"amount_fen": item.amount_fen + 1},
        "accounts": {"payer_account": posted.payer_account, "payee_account": posted.payee_account},
        "outlet": {"institution_id": bank.sibling.pk},
        "not posted": {"corrects": waiting},
    }

    with pytest.raises(DatabaseError, match="not the item turned round"), transaction.atomic():
        copied(item, **wrong[changed])


def test_another_original_is_other_content(counter, teller, posted):
    item = factory.sent(teller, order(posted))
    twin = factory.sent(teller, factory.withdrawal(counter, SMALL, voucher_no="0744719027"))
    with pytest.raises(DatabaseError, match=r"new hash|turned round"), transaction.atomic():
        Request.objects.filter(pk=item.pk).update(corrects=twin)


def test_the_database_lets_one_item_take_back_once(counter, teller, posted):
    item = factory.sent(teller, order(posted))
    with pytest.raises(DatabaseError, match="authorization_taken_back_once"), transaction.atomic():
        copied(item)


class TestPages:
    def test_the_posted_item_leads_to_the_form(self, client, counter, teller, posted):
        client.force_login(teller)
        page = client.get(reverse("authorization:item", args=[posted.number]), **BROWSER)
        address = f"{reverse('authorization:new', args=['1401'])}?corrects={posted.number}"
        assert address in page.content.decode()

        form = client.get(address, **BROWSER).content.decode()
        assert f'value="{posted.number}"' in form

    def test_each_item_names_the_other(self, client, counter, teller, posted):
        item = factory.sent(teller, order(posted))
        client.force_login(teller)
        of = client.get(reverse("authorization:item", args=[posted.number]), **BROWSER)
        by = client.get(reverse("authorization:item", args=[item.number]), **BROWSER)

        assert item.number in of.content.decode()
        assert "?corrects=" not in of.content.decode()
        assert posted.number in by.content.decode()

    def test_the_desk_says_what_is_taken_back_and_why(self, client, counter, teller, chief, posted):
        factory.sent(teller, order(posted))
        client.force_login(chief)
        page = client.get(reverse("authorization:workbench"), **BROWSER).content.decode()

        assert reverse("authorization:item", args=[posted.number]) in page
        assert "金额记错" in page

    def test_what_is_refused_stands_at_its_field_and_loses_nothing(self, client, counter, teller,
                                                                   waiting):  # fmt: skip
        client.force_login(teller)
        typed = {
            "key": str(factory.attached(teller)), "corrects": waiting.number, "purpose": "记错",
            "voucher_no": "0744719099", "amount": "60000.00",
        }  # fmt: skip
        page = client.post(reverse("authorization:new", args=["1401"]), typed, **BROWSER)

        assert page.status_code == 422
        assert "corrects" in page.context["form"].errors
        assert "记错" in page.content.decode()
