"""What the tests of imaging stand on: an outlet, its neighbour, people, a store of their own."""

import datetime as dt
from typing import Any

import pytest
from django.utils import timezone

from foundation.imaging import services
from foundation.people import services as people
from foundation.people.models import Staff
from tests.foundation.imaging import drawing

AT = dt.datetime(2026, 11, 23, 10, 11, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "images"


def house():
    """Open a branch with two outlets and a centre; return them by name."""
    head = people.open_institution(number="0000", name="总行", kind="head", parent=None)
    branch = people.open_institution(number="1100", name="北京分行", kind="branch", parent=head)
    return {
        "branch": branch,
        "outlet": people.open_institution(
            number="110037", name="海淀支行", kind="outlet", parent=branch
        ),
        "neighbour": people.open_institution(
            number="110038", name="朝阳支行", kind="outlet", parent=branch
        ),
        "centre": people.open_institution(
            number="1109", name="集中授权中心", kind="centre", parent=branch
        ),
    }


@pytest.fixture
def bank(db):
    return house()


def staff_of(institution, number, name, role):
    """Return a member of staff with a role, as the bank would have appointed them."""
    member = Staff.objects.create(number=number, name=name, institution=institution)
    with people.acting_as_system(reason="test"):
        people.grant_role(
            staff=member, role=role, on=timezone.localdate(), granted_by=None, approved_by=None
        )
    return member


@pytest.fixture
def teller(bank):
    return staff_of(bank["outlet"], "110852", "王晓雯", "teller")


@pytest.fixture
def authorizer(bank):
    return staff_of(bank["centre"], "110037", "李静", "authorizer")


@pytest.fixture
def stranger(bank):
    return staff_of(bank["neighbour"], "110999", "赵磊", "teller")


@pytest.fixture
def document(bank, teller):
    with people.acting(staff=teller):
        return services.open_document(
            institution_id=bank["outlet"].pk,
            subject="authorization.request:1",
            kind="withdrawal",
            by=teller,
            at=AT,
        )


@pytest.fixture(scope="session")
def scan():
    """The bytes of a drawn withdrawal voucher."""
    return drawing.encoded(drawing.voucher(drawing.WITHDRAWAL))


@pytest.fixture
def add(document, teller):
    """Add a page to the document as the teller."""

    def do(data, **changed):
        given: dict[str, Any] = {
            "name": "scan.jpg",
            "image_class": "voucher",
            "side": "front",
            "at": AT,
        }
        with people.acting(staff=teller):
            return services.add_page(
                document_id=document.pk, data=data, by=teller, **given | changed
            )

    return do
