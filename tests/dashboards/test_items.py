"""The list behind a figure: pages, and links that make no sense."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from dashboards.selectors import _counted
from foundation.trail.models import Event
from tests.factories import people
from tests.factories.people import DAY


@pytest.fixture
def supervisor(client, morning):
    client.force_login(morning.supervisor)
    return client


def opened(browser, morning, **said):
    said = {"figure": "decided", "on": str(DAY), "until": morning.now.isoformat()} | said
    return browser.get(reverse("dashboards:items"), said)


def test_all_pages_together_are_the_total(supervisor, morning, monkeypatch):
    monkeypatch.setattr(_counted, "PAGE", 4)

    first = opened(supervisor, morning)
    last = opened(supervisor, morning, before=first.context["page"].next_before)

    assert first.context["page"].total == last.context["page"].total == 6
    assert [len(page.context["page"].rows) for page in (first, last)] == [4, 2]
    assert last.context["page"].next_before is None


@pytest.mark.parametrize("figure", ["decided", "waiting", "pairs"])
def test_a_longer_list_asks_the_database_no_more_often(
    supervisor, morning, monkeypatch, figure, django_assert_num_queries
):
    opened(supervisor, morning)  # the first page of a session also notes when it was seen
    with monkeypatch.context() as short:
        short.setattr(_counted, "PAGE", 1)
        with CaptureQueriesContext(connection) as one:
            opened(supervisor, morning, figure=figure)

    with django_assert_num_queries(len(one)):
        opened(supervisor, morning, figure=figure)


def test_a_decision_leads_to_its_item(supervisor, morning):
    page = opened(supervisor, morning, figure="rejected").content.decode()

    assert page.count(reverse("authorization:item", args=["x"]).replace("x/", "")) == 2
    assert "A07" in page


def test_the_file_holds_all_that_is_counted_and_says_who_took_it(supervisor, morning, monkeypatch):
    monkeypatch.setattr(_counted, "PAGE", 4)
    page = opened(supervisor, morning)
    last = opened(supervisor, morning, before=page.context["page"].next_before)
    shown = [row.number for one in (page, last) for row in one.context["page"].rows]

    # Its address is that of the whole list, also from its second page.
    assert page.context["query"] == last.context["query"]
    answer = supervisor.get(f"{reverse('dashboards:items')}?{page.context['query']}export=csv")

    lines = answer.content.decode("utf-8-sig").splitlines()[1:]
    assert [line.split(",")[0] for line in lines] == shown
    assert len(shown) == page.context["page"].total == 6
    event = Event.objects.get(action="dashboards:items", result="ok")
    assert (event.actor, event.detail["export"]) == (morning.supervisor.label, "csv")


def test_a_file_that_is_cut_says_of_how_many(supervisor, morning, monkeypatch):
    monkeypatch.setattr(_counted, "FILE_MOST", 4)

    answer = opened(supervisor, morning, export="csv")

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 1 + 4 + 1
    assert "4" in lines[-1]
    assert "6" in lines[-1]


@pytest.mark.parametrize(
    "nonsense",
    [
        {"figure": "secret"}, {"until": "tomorrow"}, {"until": "2026-13-45T99:99+00:00"},
        {"hour": "25"}, {"quarter": "-1"}, {"under": "x"}, {"before": "0"}, {"reason": "'"},
        {"age": "old"}, {"result": "x"}, {"on": "2026-02-30"}, {"decider": "%"},
    ],
)  # fmt: skip
def test_nonsense_is_taken_as_not_said(supervisor, morning, nonsense):
    assert opened(supervisor, morning, **nonsense).status_code == 200


def test_what_the_person_may_not_open_is_no_link(client, morning, bank):
    client.force_login(people.staff(bank.branch, "risk_manager"))

    page = opened(client, morning).content.decode()

    assert page.count("data-row=") == 6
    assert "/authorization/item/" not in page
