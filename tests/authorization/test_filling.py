"""A voucher that is read fills the form of its teller, and nothing is sent unconfirmed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from authorization import selectors
from authorization.models import Request
from foundation.imaging import selectors as imaging
from foundation.people.services import acting
from tests.browser import BACKEND
from tests.factories import authorization as factory
from tests.factories import monitoring as papers
from tests.factories import people


@pytest.fixture
def key(counter, teller):
    return factory.attached(teller)


def page_of(key):
    (document,) = imaging.documents(subject=selectors.draft_subject(key=key))
    (page,) = imaging.pages(document_id=document.pk)
    return page


def asked(client, key, code="1002"):
    return client.get(reverse("authorization:read_fields", args=[key, code])).json()


def test_it_is_asked_until_it_is_read(client, key, teller):
    client.force_login(teller, backend=BACKEND)
    assert asked(client, key) == {"read": False, "fields": {}}

    papers.read(page_of(key), confidence=96, voucher_no="1024000187", account="6228")

    assert asked(client, key) == {"read": True, "fields": {"voucher_no": "1024000187"}}


def test_what_is_not_sure_fills_nothing(client, key, teller):
    client.force_login(teller, backend=BACKEND)

    papers.read(page_of(key), confidence=70, voucher_no="1024000187")

    assert asked(client, key) == {"read": True, "fields": {}}


def test_anothers_form_is_not_read_out(client, key, bank):
    papers.read(page_of(key), confidence=96, voucher_no="1024000187")
    for person in (people.staff(bank.outlet, "teller"), people.staff(bank.elsewhere, "teller")):
        with acting(staff=person):
            client.force_login(person, backend=BACKEND)
            assert asked(client, key)["fields"] == {}


def test_nothing_is_sent_unconfirmed_and_nothing_typed_is_lost(client, key, teller, counter):
    client.force_login(teller, backend=BACKEND)
    typed = {
        "key": str(key), "payer_account": counter.payer.number, "voucher_no": "1024000187",
        "amount": "60,000.00", "unconfirmed": "voucher_no",
    }  # fmt: skip
    address = reverse("authorization:new", args=["1002"])

    refused = client.post(address, typed)
    assert refused.status_code == 422
    page = refused.content.decode()
    assert "由凭证识别填入，请核对后确认。" in page
    assert 'value="1024000187"' in page
    assert not Request.objects.exists()

    client.post(address, typed | {"unconfirmed": ""})
    assert Request.objects.get().voucher_no == "1024000187"
