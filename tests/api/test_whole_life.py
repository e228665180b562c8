"""Another system follows an item through its whole life by polling, and hears of it meanwhile."""

from __future__ import annotations

import pytest
from django.urls import reverse

from authorization import services
from foundation.hooks.models import Delivery
from tests.api.conftest import signed_in
from tests.factories import authorization as factory
from tests.factories import hooks, people

JSON = "application/json"


@pytest.fixture
def item(caller, entered):
    return caller.post(reverse("api_authorization:submit"), entered, content_type=JSON).json()


@pytest.fixture
def authorizer(bank):
    return people.staff(bank.centre, "authorizer", name="李静", grade=5)


PAGES = {
    "item": "api_authorization:item",
    "inquiry": "api_authorization:inquiry",
    "answer": "api_authorization:answer",
    "resubmit": "api_authorization:resubmit",
    "withdraw": "api_authorization:withdraw",
}


def at(name, item):
    return reverse(PAGES[name], args=[item["number"]])


def opened(authorizer):
    return services.open_next(authorizer=authorizer, at=people.NOON)


def decided(authorizer, step, *reasons):
    item = opened(authorizer)
    return services.decide(
        number=item.number, step=step, shown=item.content_hash, fence=item.opened_fence,
        decider=authorizer, at=people.NOON, reasons=reasons,
    )  # fmt: skip


def asked(authorizer):
    item = opened(authorizer)
    return services.hold(
        number=item.number, kind="rescan", question="请补扫背面", fence=item.opened_fence,
        authorizer=authorizer, at=people.NOON,
    )  # fmt: skip


def mended(entered, **more):
    content = {name: entered[name] for name in ("payer_account", "voucher_no", "purpose")}
    return content | {"amount": "61000.00", "attempt": 1} | more


def test_a_key_must_be_given(caller, entered):
    body = {name: value for name, value in entered.items() if name != "key"}

    answer = caller.post(reverse("api_authorization:submit"), body, content_type=JSON)

    assert answer.status_code == 422
    assert [one["field"] for one in answer.json()["errors"]] == ["key"]


def test_a_question_is_seen_and_answered_with_another_image(caller, item, authorizer):
    assert caller.get(at("inquiry", item)).status_code == 404
    asked(authorizer)

    assert caller.get(at("item", item)).json()["state"] == "on_hold"
    told = caller.get(at("inquiry", item)).json()
    assert (told["kind"], told["question"]) == ("rescan", "请补扫背面")
    early = caller.post(at("answer", item), {"text": "已补"}, content_type=JSON)
    assert early.status_code in {409, 422}
    image = reverse("api_authorization:image", args=[item["key"]]) + "?image_class=voucher"
    assert caller.post(image, factory.image(), content_type="image/png").status_code == 201
    answered = caller.post(at("answer", item), {"text": "已补"}, content_type=JSON)

    assert (answered.status_code, answered.json()["state"]) == (201, "queued")
    assert caller.get(at("inquiry", item)).status_code == 404
    again = caller.post(at("answer", item), {"text": "已补"}, content_type=JSON)
    assert again.json()["code"] == "E2032"


def test_a_returned_item_is_sent_again_once(caller, entered, item, authorizer):
    decided(authorizer, "return", "A01")
    seen = caller.get(at("item", item)).json()
    assert (seen["state"], seen["reasons"], seen["attempt"]) == ("returned", ["A01"], 1)

    first, again = (
        caller.post(at("resubmit", item), mended(entered), content_type=JSON) for _ in range(2)
    )

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json()["attempt"] == again.json()["attempt"] == 2
    assert again.json()["state"] == "queued"
    assert again.json()["amount"] == "61000.00"


def test_a_late_retry_mends_no_other_round(caller, entered, item, authorizer):
    decided(authorizer, "return", "A01")
    caller.post(at("resubmit", item), mended(entered), content_type=JSON)
    other = mended(entered, amount="62000.00")
    late = caller.post(at("resubmit", item), other, content_type=JSON)

    assert late.status_code in {409, 422}
    assert "E2057" in late.content.decode()


def test_only_its_teller_sends_it_again_or_answers(bank, caller, entered, item, authorizer):
    decided(authorizer, "return", "A01")
    colleague = signed_in(people.staff(bank.outlet, "teller", name="何静"))

    answer = colleague.post(at("resubmit", item), mended(entered), content_type=JSON)

    assert answer.json()["code"] == "E2010"


def test_an_item_of_another_outlet_is_not_there(caller, entered, elsewhere):
    there = {"number": elsewhere.number}

    assert caller.get(at("inquiry", there)).status_code == 404
    for name, body in (("resubmit", mended(entered)), ("answer", {"text": "x"})):
        assert caller.post(at(name, there), body, content_type=JSON).status_code == 404


def test_every_state_that_is_waited_for_is_told(bank, caller, entered, authorizer):
    pair = people.staff(bank.branch, "sysadmin"), people.staff(bank.branch, "secadmin")
    hooks.subscription(bank.branch, *pair)
    item = caller.post(reverse("api_authorization:submit"), entered, content_type=JSON).json()
    asked(authorizer)
    image = reverse("api_authorization:image", args=[item["key"]]) + "?image_class=voucher"
    caller.post(image, factory.image(), content_type="image/png")
    caller.post(at("answer", item), {"text": "已补"}, content_type=JSON)
    decided(authorizer, "return", "A01")
    caller.post(at("resubmit", item), mended(entered), content_type=JSON)
    decided(authorizer, "approve")

    told = Delivery.objects.filter(subject=item["number"]).order_by("id")
    assert list(told.values_list("told_state", flat=True)) == [
        "queued", "on_hold", "queued", "returned", "queued", "posted",
    ]  # fmt: skip


@pytest.mark.parametrize("end", ["rejected", "withdrawn"])
def test_every_end_is_told(bank, caller, item, authorizer, end):
    pair = people.staff(bank.branch, "sysadmin"), people.staff(bank.branch, "secadmin")
    hooks.subscription(bank.branch, *pair)
    if end == "rejected":
        decided(authorizer, "reject", "A07")
    else:
        caller.post(at("withdraw", item))

    assert Delivery.objects.get().topic == f"authorization.item.{end}"
