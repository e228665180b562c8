"""515 strings that break forms, in every field of text: none is a fault."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.architecture.test_permissions import frameless
from tests.factories import people

STRINGS = json.loads(Path(__file__).parents[1].joinpath("data/naughty_strings.json").read_text())
JSON = "application/json"
pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("uncopied")]
BROWSER = "Mozilla/5.0 Chrome/120.0"


def faults(calls) -> list[str]:
    return [f"{where} {text!r}" for where, text, answer in calls if answer.status_code >= 500]


def printable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def test_there_are_515_of_them():
    assert len(STRINGS) == 515


def test_no_field_of_the_submit_call_falls(caller, entered):
    fields = (*entered, "payee_account", "payee_name", "unknown")

    def calls():
        for text in STRINGS:
            body = {**entered, **dict.fromkeys(fields, text)}
            yield "all", text, caller.post(address, body, content_type=JSON)

    address = reverse("api_authorization:submit")
    assert not faults(calls())


def test_a_naughty_purpose_is_kept_and_answered_or_refused(caller, entered):
    address = reverse("api_authorization:submit")
    kept = set()
    for text in STRINGS:
        body = {**entered, "purpose": text}
        kept.add(caller.post(address, body, content_type=JSON).status_code)

    assert kept <= {201, 409, 422}


def test_no_search_or_list_of_the_api_falls(caller):
    day = str(people.DAY)
    asked = {
        reverse("api_ledger:accounts"): ("text",),
        reverse("api_ledger:journal") + f"?first={day}&last={day}&": ("teller",),
        reverse("api_authorization:items"): ("decider",),
    }

    def calls():
        for address, fields in asked.items():
            for text in STRINGS:
                query = "&".join(f"{field}={quote(printable(text))}" for field in fields)
                joint = "" if address.endswith("&") else "?"
                yield address, text, caller.get(f"{address}{joint}{query}")

    assert not faults(calls())


def test_no_address_falls(caller):
    def calls():
        for text in STRINGS:
            yield "item", text, caller.get(f"/api/authorization/item/{quote(printable(text))}/")

    assert not faults(calls())


def test_no_page_with_a_form_falls(caller, counter):
    new = reverse("authorization:new", args=["1101"])
    fields = ("payer_account", "payee_account", "payee_name", "voucher_no", "amount", "purpose")

    def calls():
        for text in STRINGS:
            typed = {"key": str(uuid4()), **dict.fromkeys(fields, text)}
            yield "new", text, caller.post(new, typed, headers={"user-agent": BROWSER})

    with frameless():
        assert not faults(calls())


@pytest.mark.parametrize(
    ("page", "field"), [("ui:search", "q"), ("authorization:items", "decider")]
)
def test_no_search_page_falls(caller, page, field):
    def calls():
        for text in STRINGS:
            query = {field: printable(text)}
            yield page, text, caller.get(reverse(page), query, headers={"user-agent": BROWSER})

    with frameless():
        assert not faults(calls())


def test_signing_in_does_not_fall(db):
    stranger = Client(raise_request_exception=False)

    def calls():
        for text in STRINGS:
            typed = {"number": text, "password": text}
            address = reverse("people:sign_in")
            yield "sign_in", text, stranger.post(address, typed, headers={"user-agent": BROWSER})

    assert not faults(calls())
