"""Every business that a form takes, another system enters too: the fields of each and no other."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from authorization import services
from authorization.models import IdCheck, Opening, Request, SignUp
from foundation.people.models import Staff
from tests.factories import authorization as factory
from tests.factories import people

JSON = "application/json"
SUBMIT, CHECK = reverse("api_authorization:submit"), reverse("api_authorization:check_identity")
KINDS = (("voucher", "front"), ("id", "front"), ("id", "back"), ("photo", "front"))


def codes(answer: Any) -> dict[str, str]:
    return {error["field"]: error["code"] for error in answer.json()["errors"]}


def sent(caller: Client, body: dict[str, Any]) -> Any:
    return caller.post(SUBMIT, body, content_type=JSON)


def changed(
    body: dict[str, Any], change: dict[str, Any], counter: factory.Counter
) -> dict[str, Any]:
    """Return a body with other fields, and without those that are changed to nothing."""
    said = body | change
    other = counter.payee.number
    return {name: text.format(other=other) for name, text in said.items() if text is not None}


@pytest.fixture
def deposit(counter: factory.Counter, teller: Staff) -> dict[str, Any]:
    """Return the body of a cash deposit whose image was sent."""
    return {
        "key": str(factory.attached(teller)),
        "trade_code": "1001",
        "payee_account": counter.payer.number,
        "payee_name": counter.payer.name,
        "voucher_no": "0744719025",
        "amount": "100.00",
    }


@pytest.fixture
def opening(caller: Client) -> dict[str, Any]:
    """Return the body of an opening whose four images were sent."""
    key = str(uuid4())
    image = reverse("api_authorization:image", args=[key])
    for image_class, side in KINDS:
        asked = f"{image}?image_class={image_class}&side={side}"
        assert caller.post(asked, factory.image(), content_type="image/png").status_code == 201
    return {
        "key": key,
        "trade_code": "1202",
        "payee_name": factory.CUSTOMER,
        "id_number": factory.identity(),
        "mobile": "13800138000",
        "address": "北京市海淀区清河中街1号",
        "internet_bank": "true",
        "atm_daily": "20000.00",
        "voucher_no": "0744719026",
        "amount": "0.00",
    }


@pytest.fixture
def checked(caller: Client) -> dict[str, Any]:
    """Let the network be asked about the customer."""
    asked = {"name": factory.CUSTOMER, "id_number": factory.identity()}
    told: dict[str, Any] = caller.post(CHECK, asked, content_type=JSON).json()
    return told


def test_cash_is_paid_in(caller, deposit):
    told = sent(caller, deposit).json()

    assert (told["state"], told["payer_account"]) == ("posted", "")
    assert told["payee_account"] == deposit["payee_account"]


def test_what_was_sent_back_of_a_deposit_is_mended(caller, deposit, bank, counter):
    item = sent(caller, deposit | {"amount": "300000.00"}).json()
    authorizer = people.staff(bank.centre, "authorizer", grade=5)
    held = services.open_next(authorizer=authorizer, at=people.NOON)
    services.decide(
        number=held.number, step="return", shown=held.content_hash, fence=held.opened_fence,
        decider=authorizer, at=people.NOON, reasons=["A01"],
    )  # fmt: skip
    address = reverse("api_authorization:resubmit", args=[item["number"]])
    content = {name: deposit[name] for name in ("payee_account", "payee_name", "voucher_no")}
    content |= {"amount": "310000.00", "attempt": 1}

    foreign = content | {"payer_account": counter.payee.number}
    refused = caller.post(address, foreign, content_type=JSON)
    mended = caller.post(address, content, content_type=JSON)

    assert codes(refused) == {"payer_account": "foreign"}
    assert (mended.status_code, mended.json()["attempt"]) == (201, 2)


def test_an_account_is_opened_by_one_authorization(caller, checked, opening, bank):
    told = sent(caller, opening).json()
    authorizer = people.staff(bank.centre, "authorizer", grade=5)
    held = services.open_next(authorizer=authorizer, at=people.NOON)
    services.decide(
        number=held.number, step="approve", shown=held.content_hash, fence=held.opened_fence,
        decider=authorizer, at=people.NOON,
    )  # fmt: skip

    item = reverse("api_authorization:item", args=[told["number"]])
    after = caller.get(item).json()

    assert (told["state"], told["why"]) == ("queued", ["always"])
    assert (after["state"], after["journal_no"], after["amount"]) == ("posted", "", "0.00")
    assert {*SignUp.objects.values_list("product", flat=True)} == {
        "account", "internet_bank", "atm_transfer",
    }  # fmt: skip
    assert factory.identity() not in caller.get(item).content.decode()


def test_the_network_answers_and_keeps_no_whole_number(checked):
    assert checked["result"] == IdCheck.objects.get().result == "match"
    assert checked["id_masked"] != factory.identity()
    assert checked["valid_until"]


def test_nobody_is_opened_for_who_was_not_checked(caller, opening):
    answer = sent(caller, opening)

    assert answer.json()["code"] == "E2046"
    assert not Opening.objects.exists()


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"payee_account": None}, {"payee_account": "required"}),
        ({"payee_name": None}, {"payee_name": "required"}),
        ({"payer_account": "{other}"}, {"payer_account": "foreign"}),
        ({"mobile": "13800138000"}, {"mobile": "foreign"}),
        ({"amount": "0.00"}, {"amount": "form"}),
    ],
)
def test_a_deposit_has_its_fields_and_no_other(caller, deposit, counter, change, wrong):
    answer = sent(caller, changed(deposit, change, counter))

    assert answer.status_code == 422
    assert codes(answer) == wrong
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"id_number": None}, {"id_number": "required"}),
        ({"address": None}, {"address": "required"}),
        ({"purpose": "家用"}, {"purpose": "foreign"}),
        ({"payee_account": "{other}"}, {"payee_account": "foreign"}),
        ({"mobile": "12800138000"}, {"mobile": "form"}),
        ({"atm_daily": "0.00"}, {"atm_daily": "form"}),
    ],
)
@pytest.mark.usefixtures("checked")
def test_an_opening_has_its_fields_and_no_other(caller, opening, counter, change, wrong):
    assert codes(sent(caller, changed(opening, change, counter))) == wrong


def test_an_identity_number_with_a_wrong_character_is_refused_at_its_field(caller):
    number = factory.identity()
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")

    answer = caller.post(CHECK, {"name": "何雨桐", "id_number": wrong}, content_type=JSON)

    assert [*codes(answer)] == ["id_number"]
    assert not IdCheck.objects.exists()
