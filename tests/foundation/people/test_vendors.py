"""Vendors: opened, staffed and ended through the pages, up to a clerk who keys slices."""

import pytest
from django.db import OperationalError, connection
from django.urls import reverse
from django.utils import timezone

from foundation.kernel import numbering
from foundation.people import rules, services
from foundation.people.models import RoleProposal, Staff, Vendor
from foundation.trail import selectors as trail
from tests.factories import people as factory
from tests.foundation.people.conftest import AT, hired

GOOD = "Blue-Lantern-77"
CLERK = {"number": "119001", "name": "外包员", "institution": "110100", "title": "录入员",
         "grade": 1, "identity": numbering.sample_resident_id(5), "vendor": "V007"}  # fmt: skip


@pytest.fixture
def admin(client, sign_in, sysadmin):
    sign_in(sysadmin)
    return client


@pytest.fixture
def company(admin) -> Vendor:
    admin.post(reverse("people:vendor_new"), {"number": "V007", "name": "京北外包"})
    return Vendor.objects.get(number="V007")


@pytest.fixture
def clerk(admin, company) -> Staff:
    assert admin.post(reverse("people:staff_new"), CLERK).status_code == 302
    return Staff.objects.get(number="119001")


def page(company, name="people:vendor_detail"):
    return reverse(name, args=[company.number])


def test_a_vendor_is_opened_listed_and_told(admin, company, sysadmin):
    assert admin.get(reverse("people:vendor_new")).status_code == 200
    again = admin.post(reverse("people:vendor_new"), {"number": "V007", "name": "别家"})

    assert again.status_code == 422
    assert again.context["form"]["name"].value() == "别家"
    shown = admin.get(reverse("people:vendors")).content.decode()
    assert page(company) in shown
    assert company.name in shown
    with services.acting(staff=sysadmin):
        event = trail.timeline(subject="people.vendor:V007", limit=1)[0]
    assert (event.action, event.actor) == ("people.open_vendor", sysadmin.label)


def test_its_people_are_opened_on_the_page_and_stand_there(admin, company, clerk):
    assert clerk.vendor == company
    shown = admin.get(page(company))

    assert [one.number for one in shown.context["people"]] == [clerk.number]
    new = reverse("people:staff_new", query={"vendor": company.number})
    assert f'<option value="{company.number}" selected' in admin.get(new).content.decode()
    assert admin.get(reverse("people:vendors")).context["rows"] == ((company, 1),)


def test_by_the_pages_a_clerk_comes_to_slices_and_to_nothing_else(
    admin, clerk, sign_in, secadmin, second_secadmin
):
    branch = secadmin.institution
    factory.numbers(hired(branch, "ops_manager"), hired(branch, "risk_manager"))
    code = admin.post(reverse("people:reset_password", args=[clerk.number])).context["code"]
    proposer, decider, browser = (type(admin)() for _ in range(3))
    sign_in(secadmin, browser=proposer)
    given = {"kind": rules.GRANT, "role": "vendor_key", "reason": "新签约",
             "valid_from": timezone.localdate().isoformat()}  # fmt: skip
    proposer.post(reverse("people:propose_role", args=[clerk.number]), given)
    sign_in(second_secadmin, browser=decider)
    asked = RoleProposal.objects.get(staff=clerk)
    decider.post(reverse("people:decide_role", args=[asked.pk]), {"step": "approve"})
    chosen = {"number": clerk.number, "code": code, "password": GOOD, "again": GOOD}
    browser.post(reverse("people:new_password"), chosen)

    sign_in(clerk, GOOD, browser=browser)

    assert browser.get(reverse("monitoring:entry"), HTTP_USER_AGENT="Chrome/120").status_code == 200
    for name in ("people:staff", "people:vendors", "monitoring:day", "authorization:items"):
        assert browser.get(reverse(name)).status_code == 403


def test_a_clerk_of_the_bank_is_no_vendors(admin, company, clerk, secadmin):
    with services.acting(staff=secadmin), pytest.raises(rules.VendorRole):
        services.propose_role(
            staff=clerk, role="authorizer", kind=rules.GRANT, valid_from=AT.date(),
            valid_until=None, reason="x", by=secadmin, at=AT,
        )  # fmt: skip


class TestEnding:
    def test_every_number_of_it_is_closed_and_none_opened(self, admin, company, clerk, sign_in):
        factory.password(clerk, GOOD)
        browser = type(admin)()
        sign_in(clerk, GOOD, browser=browser)

        assert admin.post(page(company, "people:vendor_end"), {"reason": "到期"}).status_code == 302

        assert browser.get(reverse("ui:keys")).status_code == 302
        assert sign_in(clerk, GOOD, browser=browser).status_code == 422
        reopened = admin.post(reverse("people:staff_open", args=[clerk.number]), {"reason": "x"})
        assert reopened.status_code == 409
        other = CLERK | {"number": "119002", "identity": numbering.sample_resident_id(6)}
        assert admin.post(reverse("people:staff_new"), other).status_code == 422
        again = admin.post(page(company, "people:vendor_end"), {"reason": "x"})
        assert again.status_code == 409
        clerk.refresh_from_db()
        assert not clerk.is_active

    def test_the_service_opens_nobody_of_an_ended_vendor(self, bank, company, sysadmin):
        with services.acting(staff=sysadmin):
            services.end_vendor(vendor_id=company.pk, reason="到期", by=sysadmin, at=AT)
            with pytest.raises(rules.VendorEnded):
                services.open_staff(
                    number="119002", name="x", institution=bank.centre, title="x",
                    identity=numbering.sample_resident_id(6), vendor=company, by=sysadmin, at=AT,
                )  # fmt: skip

    def test_people_out_of_sight_keep_it_from_ending(self, admin, bank, company):
        with services.acting_as_system(reason="test"):
            far = services.open_institution(
                number="120000", name="外", kind="branch", parent=bank.head
            )
        hired(far, password="", name="远")
        Staff.objects.filter(name="远").update(vendor=company)

        assert admin.post(page(company, "people:vendor_end"), {"reason": "x"}).status_code == 409

        company.refresh_from_db()
        assert company.active
        assert admin.get(page(company)).context["people"] == ()

    def test_whoever_opens_a_number_waits_for_who_ends_the_vendor(self, committed_db):
        with services.acting_as_system(reason="test"):
            place = factory.branch().branch
            by = hired(place, "sysadmin", password="")
            company = services.open_vendor(number="V008", name="外包")
        with committed_db.as_owner() as other:
            other.execute("BEGIN; UPDATE people_vendor SET active = false")
            with pytest.raises(OperationalError, match="lock timeout"):
                opened_soon(place, company, by)
            other.execute("ROLLBACK")


def opened_soon(place, company, by):
    with services.acting(staff=by), connection.cursor() as line:
        line.execute("SET LOCAL lock_timeout = '300ms'")
        services.open_staff(
            number="119002", name="x", institution=place, title="x",
            identity=numbering.sample_resident_id(6), vendor=company, by=by, at=AT,
        )  # fmt: skip


def test_a_page_of_no_vendor_is_not_there(admin):
    assert admin.get(reverse("people:vendor_detail", args=["V999"])).status_code == 404
