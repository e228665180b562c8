"""Another system enters, looks and takes back items as a teller does on the pages."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from authorization.models import Request
from tests.api.conftest import new_key, signed_in
from tests.factories import authorization as factory
from tests.factories import people

JSON = "application/json"
SUBMIT = reverse("api_authorization:submit")


def codes(answer):
    return {error["field"]: error["code"] for error in answer.json()["errors"]}


def test_an_item_is_entered_and_waits_by_the_rule(caller, entered):
    answer = caller.post(SUBMIT, entered, content_type=JSON)

    told = answer.json()
    assert answer.status_code == 201
    assert told["state"] == "queued"
    assert told["amount"] == "60000.00"
    assert answer["Cache-Control"] == "no-store"


def test_a_small_amount_is_posted_at_once(caller, entered):
    told = caller.post(SUBMIT, {**entered, "amount": "100.00"}, content_type=JSON).json()

    assert told["state"] == "posted"
    assert told["journal_no"]


def test_what_the_teller_declares_may_make_it_wait(caller, entered):
    declared = {**entered, "amount": "100.00", "by_agent": "false", "manual_id": "true"}

    told = caller.post(SUBMIT, declared, content_type=JSON).json()

    assert (told["state"], told["why"]) == ("queued", ["manual_id"])


def test_the_same_key_is_the_same_item(caller, entered):
    first, again = (caller.post(SUBMIT, entered, content_type=JSON).json() for _ in range(2))

    assert first["number"] == again["number"]


def test_the_same_key_with_other_content_is_a_conflict(caller, entered):
    caller.post(SUBMIT, entered, content_type=JSON)

    answer = caller.post(SUBMIT, {**entered, "amount": "61000.00"}, content_type=JSON)

    assert answer.status_code == 409
    assert answer.json()["code"] == "E2013"


def test_a_colleagues_key_is_not_replayed(bank, caller, entered):
    caller.post(SUBMIT, entered, content_type=JSON)
    colleague = signed_in(people.staff(bank.outlet, "teller", name="何静"))

    answer = colleague.post(SUBMIT, entered, content_type=JSON)

    assert answer.status_code == 409
    assert answer.json()["code"] == "E2013"


def test_a_key_that_was_used_out_of_sight_is_refused_not_a_fault(
    bank, counter, caller, entered, elsewhere
):
    key = str(elsewhere.key)
    image = reverse("api_authorization:image", args=[key]) + "?image_class=voucher"
    caller.post(image, factory.image(), content_type="image/png")

    answer = caller.post(SUBMIT, {**entered, "key": key}, content_type=JSON)

    assert answer.status_code == 409
    assert answer.json()["code"] == "E2013"


@pytest.mark.parametrize(
    "planted",
    ["state", "teller", "decider", "journal_no", "institution", "amount_fen", "id", "number"],
)
def test_a_field_that_is_not_the_callers_is_refused(caller, entered, planted):
    answer = caller.post(SUBMIT, {**entered, planted: "posted"}, content_type=JSON)

    assert answer.status_code == 422
    assert codes(answer) == {planted: "unknown"}
    assert not Request.objects.filter(key=entered["key"]).exists()


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("amount", 60000, "not_text"),
        ("amount", "60,000.00", "form"),
        ("amount", "６０.00", "form"),
        ("amount", "-1.00", "form"),
        ("amount", "0.00", "form"),
        ("amount", "1e5", "form"),
        ("amount", None, "null"),
        ("payer_account", "6222000000000000000", "E0301"),
        ("voucher_no", "12", "form"),
        ("purpose", "\u202e工资", "E0501"),
        ("purpose", "长" * 61, "E0502"),
        ("trade_code", "9999", "choice"),
        ("key", "not-a-key", "form"),
        ("key", True, "not_text"),
    ],
)
def test_a_wrong_field_is_named(caller, entered, field, value, code):
    answer = caller.post(SUBMIT, {**entered, field: value}, content_type=JSON)

    assert answer.status_code == 422
    found = codes(answer)
    assert set(found) == {field}
    assert found[field] == code or code == "E0301"


def test_a_transfer_needs_its_payee_and_a_withdrawal_has_none(caller, counter, entered):
    bare = caller.post(SUBMIT, {**entered, "trade_code": "1101"}, content_type=JSON)
    extra = caller.post(SUBMIT, {**entered, "payee_name": "刘慧"}, content_type=JSON)
    payee = {"payee_account": counter.payee.number, "payee_name": counter.payee.name}
    whole = caller.post(SUBMIT, {**entered, "trade_code": "1101", **payee}, content_type=JSON)

    assert codes(bare) == {"payee_account": "required", "payee_name": "required"}
    assert codes(extra) == {"payee_name": "foreign"}
    assert whole.status_code == 201


def test_an_item_without_its_image_is_refused_at_the_field(caller, entered):
    answer = caller.post(SUBMIT, {**entered, "key": new_key()}, content_type=JSON)

    assert answer.status_code == 422
    assert codes(answer) == {"images": "E2009"}


def test_an_image_is_the_body(caller):
    address = reverse("api_authorization:image", args=[uuid4()]) + "?image_class=voucher"

    kept = caller.post(address, factory.image(), content_type="image/png")
    no_image = caller.post(address, b"GIF89a", content_type="image/png")
    other_kind = caller.post(address, b"{}", content_type=JSON)

    assert kept.status_code == 201
    assert len(kept.json()["sha256"]) == 64
    assert no_image.status_code in {409, 422}
    assert other_kind.status_code == 415


def test_the_list_narrows_and_goes_on(caller, teller, counter):
    sent = [factory.sent(teller, factory.withdrawal(counter)) for _ in range(3)]
    address = reverse("api_authorization:items")

    every = caller.get(address).json()
    posted = caller.get(address, {"state": "posted"}).json()
    older = caller.get(address, {"before": Request.objects.get(number=sent[1].number).pk}).json()

    assert [row["number"] for row in every["rows"]] == [row.number for row in reversed(sent)]
    assert posted["rows"] == []
    assert [row["number"] for row in older["rows"]] == [sent[0].number]


@pytest.mark.parametrize(
    "query",
    [{"state": "nothing"}, {"before": "abc"}, {"before": "0"}, {"before": "9" * 30},
     {"on": "2026-02-30"}, {"on": "2026-W01-1"}, {"decider": "１"}, {"order_by": "id"},
     {"state": ["posted", "queued"]}],
)  # fmt: skip
def test_a_filter_that_means_nothing_is_refused(caller, query):
    assert caller.get(reverse("api_authorization:items"), query).status_code == 422


def test_where_no_day_is_open_the_list_is_of_the_calendars(bank, teller, counter, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: people.NOON)
    sent = factory.sent(teller, factory.withdrawal(counter))
    centre = signed_in(people.staff(bank.centre, "auth_lead", name="郑华"))

    listed = centre.get(reverse("api_authorization:items"))

    assert [row["number"] for row in listed.json()["rows"]] == [sent.number]


def test_an_item_of_another_outlet_is_not_there(caller, elsewhere):
    look = caller.get(reverse("api_authorization:item", args=[elsewhere.number]))
    take = caller.post(reverse("api_authorization:withdraw", args=[elsewhere.number]))
    listed = caller.get(reverse("api_authorization:items")).json()["rows"]

    assert look.status_code == 404
    assert take.status_code == 404
    assert listed == []


def test_only_its_teller_takes_an_item_back(bank, caller, counter, teller):
    item = factory.sent(teller, factory.withdrawal(counter))
    address = reverse("api_authorization:withdraw", args=[item.number])
    colleague = signed_in(people.staff(bank.outlet, "teller", name="何静"))

    refused = colleague.post(address)
    taken = caller.post(address)

    assert refused.status_code == 409
    assert refused.json()["code"] == "E2010"
    assert taken.json()["state"] == "withdrawn"
