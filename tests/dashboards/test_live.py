"""The live board: every figure opens exactly what it counts."""

import re
from html import unescape

import pytest
from django.urls import reverse

from tests.factories.people import DAY


@pytest.fixture
def supervisor(client, morning):
    client.force_login(morning.supervisor)
    return client


@pytest.fixture
def address(morning):
    until = morning.now.isoformat().replace("+", "%2B")
    return f"{reverse('dashboards:live')}?on={DAY}&until={until}"


def figures(page):
    found = re.findall(r'<a[^>]*href="([^"]+)"[^>]*data-figure="(\d+)"', page)
    return [(unescape(link), int(count)) for link, count in found]


def rows_behind(browser, link):
    rows = 0
    while link:
        page = browser.get(link).content.decode()
        rows += page.count("data-row=")
        older = re.search(r'rel="next" href="([^"]+)"', page)
        link = f"{link.partition('?')[0]}{unescape(older.group(1))}" if older else ""
    return rows


def test_every_figure_opens_exactly_the_items_counted(supervisor, address):
    page = supervisor.get(address).content.decode()

    found = figures(page)

    assert len(found) > 30
    for link, count in found:
        assert rows_behind(supervisor, link) == count, link


def test_the_part_is_answered_alone(supervisor, address):
    part = supervisor.get(address, headers={"HX-Request": "true"}).content.decode()

    assert "<html" not in part
    assert len(figures(part)) > 30


def test_the_board_listens_to_its_topics(supervisor, address):
    page = supervisor.get(address).content.decode()

    assert 'topics="authorization monitoring worklist"' in page
    assert '<script id="chart-data" type="application/json">' in page


def test_an_empty_day_has_no_invented_figure(client, empty_morning):
    client.force_login(empty_morning.supervisor)

    page = client.get(f"{reverse('dashboards:live')}?on=2026-11-01").content.decode()

    assert {count for _link, count in figures(page)} == {0}
    assert "尚无授权决定" in page


def test_a_teller_has_no_dashboard(client, morning):
    client.force_login(morning.teller)

    assert client.get(reverse("dashboards:live")).status_code == 403


def test_a_board_is_few_queries(supervisor, address, django_assert_max_num_queries):
    with django_assert_max_num_queries(50):
        supervisor.get(address, headers={"HX-Request": "true"})
