"""Two tellers, one image: whoever is second is told so, also when both are at it at once."""

import threading

from django.db import connection

from foundation.imaging import rules, services
from foundation.imaging.models import Page
from foundation.people import services as people
from tests.foundation.imaging import drawing
from tests.foundation.imaging.conftest import AT, house, staff_of


def test_of_two_uploads_of_one_image_at_once_one_is_kept(committed_db):
    outlet = house()["outlet"]
    tellers = [staff_of(outlet, f"11085{n}", "王晓雯", "teller") for n in range(2)]
    data = drawing.encoded(drawing.voucher(drawing.WITHDRAWAL, size=(827, 583)))
    at_once, results = threading.Barrier(2), []

    def add(teller):
        with people.acting(staff=teller):
            document = services.open_document(
                institution_id=outlet.pk, subject=teller.number, kind="test", by=teller, at=AT
            )
        try:
            with people.acting(staff=teller):
                at_once.wait()
                services.add_page(
                    document_id=document.pk, data=data, name="a.jpg", image_class="voucher",
                    side="front", by=teller, at=AT,
                )  # fmt: skip
            results.append("kept")
        except rules.SameImage:
            results.append("refused")
        finally:
            connection.close()

    threads = [threading.Thread(target=add, args=[teller]) for teller in tellers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == ["kept", "refused"]
    with people.acting_as_system(reason="test"):
        assert Page.objects.count() == 1
