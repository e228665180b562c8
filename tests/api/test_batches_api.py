"""Batches handed over and scanned by another system, alerts read, slips answered."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from foundation.imaging.models import Batch, BatchFile
from foundation.imaging.rules import batches as rules
from tests.api.conftest import new_key, signed_in
from tests.factories import alerts as alert_factory
from tests.factories import authorization as factory
from tests.factories import batches, people, slips
from tests.factories.people import DAY

pytestmark = pytest.mark.usefixtures("counter")


@pytest.fixture
def supervisor(bank):
    return signed_in(people.staff(bank.outlet, "outlet_supervisor", name="冯敏"))


@pytest.fixture
def scanner(bank):
    return signed_in(people.staff(bank.centre, "auditor", name="何丽"))


def send(browser, name, body, *args):
    address = reverse(name, args=args)
    return browser.post(address, json.dumps(body), content_type="application/json")


def listed(**more):
    return {"key": new_key(), "business_date": str(DAY), "sheets": 2, "duplex": "false"} | more


def test_a_batch_is_handed_over_once_however_often_it_is_sent(supervisor):
    body = listed()

    one, again = (send(supervisor, "api_imaging:hand_over", body) for _ in range(2))
    other = send(supervisor, "api_imaging:hand_over", body | {"sheets": 3})

    assert (one.status_code, again.status_code) == (201, 201)
    assert one.json() == again.json()
    assert other.json()["code"] == "E4132"
    assert Batch.objects.count() == 1


def test_the_key_of_a_batch_is_fixed_and_used_once(supervisor):
    for _ in range(2):
        send(supervisor, "api_imaging:hand_over", listed())
    first, second = Batch.objects.order_by("id")

    for key in (None, second.key):
        with pytest.raises(DatabaseError), transaction.atomic():
            Batch.objects.filter(pk=first.pk).update(key=key)


def test_scans_are_sent_and_the_same_bytes_are_kept_once(supervisor, scanner):
    batch = send(supervisor, "api_imaging:hand_over", listed()).json()
    data = batches.tiff(batches.sheet("一"), batches.sheet("二"))
    address = f"{reverse('api_imaging:scan', args=[batch['id']])}?name=a.tif"

    one, again = (scanner.post(address, data, content_type="image/tiff") for _ in range(2))

    assert (one.status_code, one.json()["state"]) == (201, "arrived")
    assert one.json() == again.json()
    assert BatchFile.objects.get().name == "a.tif"
    shown = supervisor.get(reverse("api_imaging:batch", args=[batch["id"]])).json()
    assert (shown["under_way"], shown["batch"]["state"]) == (1, "receiving")
    early = send(scanner, "api_imaging:end_scan", {}, batch["id"])
    assert early.json()["code"] == "E4118"


def test_a_pdf_is_sent_as_its_bytes_and_larger_than_an_image(supervisor, scanner):
    batch = send(supervisor, "api_imaging:hand_over", listed()).json()
    address = f"{reverse('api_imaging:scan', args=[batch['id']])}?name=a.pdf"
    data = b"%PDF-1.7\n" + b"%" * (14 * 1024 * 1024)

    sent = scanner.post(address, data, content_type="application/pdf")
    refused = supervisor.post(address, data, content_type="application/pdf")
    other = scanner.post(address, data, content_type="text/plain")
    large = scanner.post(address, data * 5, content_type="application/pdf")

    assert (sent.status_code, sent.json()["state"]) == (201, "arrived")
    assert BatchFile.objects.get().name == "a.pdf"
    assert (refused.status_code, other.status_code, large.status_code) == (403, 415, 413)


def test_a_file_a_little_too_large_is_refused_with_its_size(supervisor, scanner):
    batch = send(supervisor, "api_imaging:hand_over", listed()).json()
    data = bytes(rules.FILE_BYTES_MAX + 1)

    answer = scanner.post(
        reverse("api_imaging:scan", args=[batch["id"]]), data, content_type="application/pdf"
    )

    assert (answer.status_code, answer.json()["code"]) == (422, rules.FileTooLarge.code)
    assert not BatchFile.objects.exists()


def test_batches_are_listed_by_day_and_state_within_ones_institution(bank, supervisor):
    mine = send(supervisor, "api_imaging:hand_over", listed()).json()
    clerk = people.staff(bank.elsewhere, "outlet_supervisor", name="周洋")
    other = batches.handed_over(bank.elsewhere, clerk)
    address = reverse("api_imaging:batches")

    rows = supervisor.get(address, {"on": str(DAY), "state": "handed_over"}).json()["rows"]
    none = supervisor.get(address, {"on": str(DAY - timedelta(days=1))}).json()["rows"]

    assert [row["batch"]["number"] for row in rows] == [mine["number"]]
    assert none == []
    assert supervisor.get(reverse("api_imaging:batch", args=[other.pk])).status_code == 404
    assert supervisor.get(address, {"state": "lost"}).status_code == 422


def test_who_hands_over_does_not_scan(supervisor):
    batch = send(supervisor, "api_imaging:hand_over", listed()).json()
    address = reverse("api_imaging:scan", args=[batch["id"]])

    answer = supervisor.post(address, b"II*\x00", content_type="image/tiff")

    assert answer.status_code == 403


@pytest.fixture
def alert(bank):
    maker = people.staff(bank.centre, "audit_lead", name="郑洁")
    return alert_factory.waiting(bank.outlet, maker, people.staff(bank.branch, "risk_manager"))


def test_alerts_are_listed_and_read_with_what_bears_them_out(bank, alert):
    auditor = signed_in(people.staff(bank.centre, "auditor", name="郑洁"))
    address = reverse("api_monitoring:alerts")
    asked = {"state": "open", "level": "focus", "rule": alert.rule.number, "entity": alert.entity}

    rows = auditor.get(address, asked).json()
    none = auditor.get(address, {"rule": "Z999"}).json()
    one = auditor.get(reverse("api_monitoring:alert", args=[alert.pk])).json()

    assert [row["id"] for row in rows["rows"]] == [alert.pk]
    assert rows["total"] == 1
    assert none["rows"] == []
    assert one["alert"]["rule"] == alert.rule.number
    assert (one["evidence"], one["held"]) == ([], [])


def test_an_alert_out_of_sight_is_not_there(bank, alert):
    stranger = signed_in(people.staff(bank.elsewhere, "outlet_supervisor", name="周洋"))

    address = reverse("api_monitoring:alert", args=[alert.pk])

    assert stranger.get(address).status_code in (403, 404)


def test_a_slip_is_answered_once_with_pictures(bank, supervisor):
    slip = slips.slip(bank.outlet, people.staff(bank.centre, "auditor", name="郑洁"))
    picture = base64.b64encode(factory.image()).decode()
    body = {"step": "reply", "words": "已补办手续", "pictures": [picture]}

    one = send(supervisor, "api_monitoring:answer_slip", body, slip.number)
    again = send(supervisor, "api_monitoring:answer_slip", body, slip.number)

    assert one.status_code == 201, one.json()
    assert one.json()["answered_at"]
    assert again.status_code == 409
    slip.refresh_from_db()
    assert slip.replies.count() == 1


def test_what_is_no_picture_and_no_base64_is_refused(bank, supervisor):
    slip = slips.slip(bank.outlet, people.staff(bank.centre, "auditor", name="郑洁"))

    for pictures in (["!!!!"], [""], [base64.b64encode(b"no picture").decode()]):
        body = {"step": "reply", "words": "已补办手续", "pictures": pictures}
        answer = send(supervisor, "api_monitoring:answer_slip", body, slip.number)
        assert answer.status_code in (409, 422), answer.content
    assert not slip.replies.exists()
