"""The outlet's day: counts by result, each opening its pairs, and both kinds of break."""

import re
from html import unescape

import pytest
from django.urls import reverse

from monitoring import selectors, services
from tests.factories import monitoring, people
from tests.factories.people import DAY, NOON


@pytest.fixture
def manager(client, bank, difference, place, teller):
    monitoring.scan(place, teller, subject="imaging.batch:stray")
    services.match_day(institution_id=place.outlet.pk, business_date=DAY, at=NOON)
    client.force_login(people.staff(bank.branch, "ops_manager"))
    return client


@pytest.fixture
def page(manager):
    return manager.get(reverse("monitoring:day"), {"on": str(DAY)}).content.decode()


def test_every_count_opens_exactly_its_pairs(manager, page):
    found = re.findall(r'href="([^"]+)"[^>]*data-figure="(\d+)"', page)

    assert len(found) == 4  # three results and the total
    for link, count in found:
        assert manager.get(unescape(link)).content.decode().count("data-row=") == int(count)


def test_both_breaks_are_listed(page):
    assert page.count("有流水无凭证") >= 2
    assert page.count("有凭证无流水") >= 2


def test_a_day_with_open_pairs_cannot_be_closed(page):
    assert "3 笔未了结" in page


def test_a_day_whose_pairs_are_settled_can(place, teller, bank):
    line = monitoring.post(place, teller=teller.number, fen=100, voucher_no="1023000001")
    document, image = monitoring.scan(place, teller)
    services.pair(line=line, document_id=document.pk, touched=[], at=NOON)
    monitoring.read(image, **monitoring.agreeing(line))
    services.match_document(document_id=document.pk, at=NOON)

    (row,) = selectors.day(on=DAY).rows

    assert row.settled
    assert row.total == 1
    assert str(selectors.day(on=DAY).rate) == "100.0"
