"""A bank without demo data comes from its founding to its first cash, by its people alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from authorization import rules as items
from authorization import services as authorization
from authorization.models import Request
from foundation.kernel import numbering
from foundation.ledger import rules, selectors
from foundation.ledger.models import Account, AccountRequest, ChartAccount
from foundation.people import rules as people_rules
from foundation.people import selectors as people_selectors
from foundation.people import services as people
from foundation.people.models import Institution, Staff
from foundation.people.rules import Founder
from foundation.policy import services as policy
from tests.factories import authorization as forms
from tests.factories.people import NUMBERS_OF_THE_BANK

BACKEND = "django.contrib.auth.backends.ModelBackend"
AT = forms.people.NOON
DAY = forms.people.DAY
NOW = timezone.now()
OPENS, OPEN_DAY = AT + timedelta(days=1), DAY + timedelta(days=1)
FOUNDERS = [
    Founder("sysadmin", "100001", "张霞"), Founder("secadmin", "100002", "叶嘉诚"),
    Founder("secadmin", "100003", "郑雅文"), Founder("auditadmin", "100004", "罗晓东"),
]  # fmt: skip
PLACES = [
    ("110000", "北京分行", "branch", "100000"), ("110100", "授权中心", "centre", "110000"),
    ("110800", "海淀支行", "sub_branch", "110000"), ("110801", "中关村", "outlet", "110800"),
]  # fmt: skip
PEOPLE = [
    ("100010", "周明", "100000", "ops_manager", 1), ("100011", "吴芳", "100000", "risk_manager", 1),
    ("110010", "陈军", "110000", "ops_manager", 1), ("110011", "林悦", "110000", "risk_manager", 1),
    ("110110", "何平", "110100", "authorizer", 5), ("110810", "赵敏", "110801", "teller", 1),
]  # fmt: skip


def one(number: str) -> Staff:
    return Staff.objects.select_related("institution").get(number=number)


@pytest.fixture
def founded(db, settings):
    """Found the bank; its administrators open institutions and staff and give roles by two."""
    settings.OPS_DEMO = False
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    people.found_bank(number="100000", name="总行", founders=FOUNDERS, by="system command", at=AT)
    system, first, second = (one(number) for number in ("100001", "100002", "100003"))
    with people.acting(staff=system):
        for number, name, kind, parent in PLACES:
            above = Institution.objects.get(number=parent)
            people.open_institution(
                number=number, name=name, kind=kind, parent=above, by=system, at=AT
            )
    for number, name, place, role, grade in PEOPLE:
        with people.acting(staff=system):
            home = Institution.objects.get(number=place)
            person = people.open_staff(
                number=number, name=name, institution=home, title="岗位", by=system, at=AT,
                grade=grade, identity=numbering.sample_resident_id(int(number)),
            )  # fmt: skip
            code = people.open_reset(staff_id=person.pk, by=system, at=NOW, where="t")
        people.use_reset(number=number, code=code, new="Right-Horse-42", at=NOW, where="t")
        with people.acting(staff=first):
            asked = people.propose_role(
                staff=person, role=role, kind=people_rules.GRANT, valid_from=DAY,
                valid_until=None, reason="开业", by=first, at=AT,
            )  # fmt: skip
        with people.acting(staff=second):
            people.decide_role(proposal_id=asked.pk, approve=True, by=second, at=AT)


@pytest.fixture
def in_force(founded):
    """Put numbers and rules in force from the next day on, by two of the head office."""
    manager, risk = one("100010"), one("100011")
    with people.acting(staff=manager):
        numbers = [
            policy.propose(
                code=code, value=value, valid_from=OPEN_DAY, reason="开业", by=manager, at=AT
            ).pk
            for code, value in NUMBERS_OF_THE_BANK.items()
        ]
        ruled = authorization.propose_catalogue(
            valid_from=OPEN_DAY, reason="开业", by=manager, at=AT
        )
    with people.acting(staff=risk):
        for number in numbers:
            policy.approve(policy_id=number, by=risk, at=AT)
        authorization.approve_rules(rule_ids=[row.pk for row in ruled], by=risk, at=AT)


@pytest.fixture
def pages(client):
    """Post to a page as somebody."""

    def post(by: str, name: str, **given: object):
        client.force_login(one(by), backend=BACKEND)
        page = client.post(reverse(name), given, follow=True)
        assert page.status_code == 200, page.content.decode()
        return page

    return post


def paid_in(teller: Staff, account: str, name: str) -> Request:
    """Take cash on an account, at the counter."""
    order = authorization.Order(
        trade_code="1001", amount=forms.Money.parse("1,000.00"), payee_account=account,
        payee_name=name, voucher_no="0744719025",
    )  # fmt: skip
    with people.acting(staff=teller):
        key = forms.attached(teller, "voucher")
        return authorization.submit(key=key, order=order, teller=teller, at=OPENS)


def first_customer(teller: Staff, authorizer: Staff) -> Request:
    """Open an account for the first customer, without money, decided at the centre."""
    with people.acting(staff=teller):
        authorization.check_identity(
            name=forms.CUSTOMER, number=forms.identity(), teller=teller, at=OPENS
        )
        key = forms.attached(teller, *items.SLOTS)
        authorization.submit(key=key, order=forms.opening("0.00"), teller=teller, at=OPENS)
    with people.acting(staff=authorizer):
        item = authorization.open_next(authorizer=authorizer, at=OPENS)
        assert item is not None
        return authorization.decide(
            number=item.number, step="approve", shown=item.content_hash, fence=item.opened_fence,
            decider=authorizer, at=OPENS, reasons=[],
        )  # fmt: skip


def test_from_the_founding_to_the_first_cash(in_force, pages, client):
    assert ChartAccount.objects.count() == len(rules.BASE_CHART)
    teller, authorizer = one("110810"), one("110110")
    with people.acting_as_system(reason="test"):
        outlet = people_selectors.institution(number="110801")
        assert not Account.objects.exists()

    # The day is opened by a person, and its page says what is missing.
    page = pages("110010", "ledger:first_day", place=outlet.pk, on=OPEN_DAY.isoformat())
    missing = f"{reverse('ledger:own_accounts')}?place=110801"
    assert missing in page.content.decode()
    opened = first_customer(teller, authorizer)
    assert opened.state == items.POSTED
    with pytest.raises(rules.NoOwnAccount):
        paid_in(teller, opened.payee_account, forms.CUSTOMER)

    # The till, by two; one who proposed does not decide.
    pages("110010", "ledger:own_propose", place="110801", subject="1001", reason="开业")
    with people.acting(staff=one("110011")):
        asked = AccountRequest.objects.get()
        assert asked.approved is None
    pages("110011", "ledger:own_decide", proposal=asked.pk, step="approve")
    client.force_login(one("110010"), backend=BACKEND)
    assert missing not in client.get(reverse("ledger:days")).content.decode()

    paid = paid_in(teller, opened.payee_account, forms.CUSTOMER)

    assert (paid.state, bool(paid.journal_no)) == (items.POSTED, True)
    with people.acting(staff=teller):
        till = selectors.internal_account(institution_id=outlet.pk, subject_code=rules.CASH)
        for number in (till, opened.payee_account):
            assert selectors.balance(number=number).fen == 100_000
    with people.acting_as_system(reason="test"):
        assert selectors.differences(first=OPEN_DAY, last=OPEN_DAY) == ()
