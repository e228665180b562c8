"""The pages of batches: hand over, upload, end, scan again; others' batches do not exist."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.test import Client
from django.urls import reverse

from foundation.imaging.models import Batch, BatchFile
from foundation.imaging.rules import batches as rules
from foundation.people import services as people_services
from tests.browser import BACKEND
from tests.factories import batches as factory
from tests.factories import people
from tests.factories.people import DAY


@pytest.fixture
def bank(db):
    with people_services.acting_as_system(reason="test"):
        opened = people.branch()
        manager = people.staff(opened.branch, "ops_manager")
        people.numbers(manager, people.staff(opened.branch, "risk_manager"))
        yield opened


@pytest.fixture
def supervisor(bank):
    return people.staff(bank.outlet, "outlet_supervisor", name="许薇")


@pytest.fixture
def clerk(bank):
    return people.staff(bank.centre, "audit_lead", name="郑洁")


@pytest.fixture
def batch(bank, supervisor):
    return factory.handed_over(bank.outlet, supervisor)


def named(data, name):
    file = BytesIO(data)
    file.name = name
    return file


def signed_in(person):
    client = Client(HTTP_USER_AGENT="Chrome/120")
    client.force_login(person, backend=BACKEND)
    return client


def test_hand_over_gives_a_number_and_a_cover_sheet(supervisor):
    client = signed_in(supervisor)
    typed = {"business_date": DAY.isoformat(), "sheets": "12", "duplex": "on"}

    answer = client.post(reverse("imaging:hand_over"), typed)

    batch = Batch.objects.get()
    assert answer["Location"] == reverse("imaging:batch", args=[batch.pk])
    assert (batch.sheets, batch.duplex) == (12, True)
    cover = client.get(reverse("imaging:cover", args=[batch.pk]))
    assert cover.content.startswith(b"%PDF")


def test_a_list_of_none_loses_nothing_that_was_typed(supervisor):
    answer = signed_in(supervisor).post(
        reverse("imaging:hand_over"), {"business_date": DAY.isoformat(), "sheets": "0"}
    )

    assert answer.status_code == 422
    assert DAY.isoformat() in answer.content.decode()


def test_many_files_at_once(batch, clerk):
    client = signed_in(clerk)
    files = [SimpleUploadedFile(f"{n}.png", b"\x89PNG" + bytes([n])) for n in range(3)]

    answer = client.post(reverse("imaging:receive", args=[batch.pk]), {"scans": files})

    assert answer.status_code == 302
    assert BatchFile.objects.filter(state="arrived").count() == 3
    shown = client.get(reverse("imaging:batch", args=[batch.pk])).content.decode()
    assert "2.png" in shown


def test_files_that_are_too_large_together_are_refused_unread(batch, clerk, monkeypatch):
    files = [named(b"\x89PNG" + bytes([n]), f"{n}.png") for n in range(3)]
    monkeypatch.setattr(rules, "UPLOAD_BYTES_MAX", 14)
    monkeypatch.setattr(UploadedFile, "read", None)

    answer = signed_in(clerk).post(reverse("imaging:receive", args=[batch.pk]), {"scans": files})

    assert answer.status_code == 422
    assert answer.context["files"].errors["scans"]
    assert not BatchFile.objects.exists()


def test_no_file_is_refused_in_place(batch, clerk):
    answer = signed_in(clerk).post(reverse("imaging:receive", args=[batch.pk]), {})

    assert answer.status_code == 422


def test_end_scan_asks_for_the_note(batch, clerk):
    factory.scanned(batch, clerk, ())
    client = signed_in(clerk)
    address = reverse("imaging:end_scan", args=[batch.pk])

    refused = client.post(address, {"note": ""})
    assert refused.status_code == 422
    assert client.post(address, {"note": "第二张作废"}).status_code == 302
    again = client.post(reverse("imaging:receive_more", args=[batch.pk]))
    assert again.status_code == 302


def test_the_list_and_what_must_be_scanned_again(batch, clerk, supervisor):
    asked = factory.asked_again(batch, clerk)
    client = signed_in(supervisor)

    assert batch.number in client.get(reverse("imaging:batches")).content.decode()
    assert b"," in client.get(f"{reverse('imaging:batches')}?export=csv").content
    assert batch.number in client.get(reverse("imaging:rescans")).content.decode()
    page = client.get(reverse("imaging:rescan", args=[asked.pk]))
    assert page.status_code == 200
    bad = SimpleUploadedFile("x.png", b"no picture")
    answer = client.post(reverse("imaging:rescan", args=[asked.pk]), {"file": bad})
    assert answer.status_code == 422
    assert "E5003" in answer.content.decode() or "JPEG" in answer.content.decode()


def test_another_outlets_batch_does_not_exist(bank, batch):
    stranger = signed_in(people.staff(bank.elsewhere, "outlet_supervisor"))

    for name in ("imaging:batch", "imaging:cover"):
        assert stranger.get(reverse(name, args=[batch.pk])).status_code == 404
    assert batch.number not in stranger.get(reverse("imaging:batches")).content.decode()
