"""The list of pairs: filters, pages, sight."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from monitoring import selectors
from tests.factories import monitoring, people
from tests.factories.people import DAY


@pytest.fixture
def manager(client, bank, difference):
    client.force_login(people.staff(bank.branch, "ops_manager"))
    return client


def listed(browser, **said):
    return browser.get(reverse("monitoring:matches"), {"on": str(DAY)} | said)


def test_a_pair_is_listed_with_its_result(manager, difference):
    page = listed(manager).content.decode()

    assert reverse("monitoring:match", args=[difference.pk]) in page
    assert "金额不符" in page


@pytest.mark.parametrize("name", ["matches", "day"])
def test_the_field_says_which_day_is_shown_where_none_was_asked(manager, name):
    page = manager.get(reverse(f"monitoring:{name}"))

    shown = page.context["chosen"].on.isoformat()
    assert f'name="on" value="{shown}"' in page.content.decode()


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ({"result": "amount_diff"}, 1),
        ({"result": "amount_diff+matched"}, 1),
        ({"result": "matched"}, 0),
        ({"state": "open"}, 1),
        ({"state": "confirmed"}, 0),
        ({"teller": "000000"}, 0),
        ({"journal_no": "99999999"}, 0),
        ({"on": "2026-11-20"}, 0),
        ({"result": "nonsense"}, 1),
        ({"under": "999999"}, 0),
    ],
)
def test_the_list_is_narrowed(manager, said, found):
    assert listed(manager, **said).context["page"].total == found


def test_pages_follow_each_other(manager, place, teller, monkeypatch):
    monkeypatch.setattr(selectors, "PAGE", 1)
    monitoring.difference(place, teller)

    first = listed(manager).context["page"]
    last = listed(manager, before=first.next_before).context["page"]

    assert (first.total, len(first.rows), len(last.rows)) == (2, 1, 1)
    assert first.rows[0].pk > last.rows[0].pk
    assert last.next_before is None


def test_a_longer_list_asks_the_database_no_more_often(
    manager, place, teller, django_assert_num_queries
):
    listed(manager)  # the first page of a session also notes when its person was seen
    with CaptureQueriesContext(connection) as one:
        listed(manager)
    for _ in range(3):
        monitoring.difference(place, teller)

    with django_assert_num_queries(len(one)):
        listed(manager)


def test_the_list_does_not_carry_the_compared_fields(manager):
    with CaptureQueriesContext(connection) as asked:
        listed(manager)

    assert not [one["sql"] for one in asked if '"monitoring_match"."fields"' in one["sql"]]


def test_the_list_shows_the_rows_of_the_whole_page(bank, difference, place, teller):
    monitoring.difference(place, teller)
    chosen = selectors.Filter(on=DAY)

    shown, whole = selectors.listed(chosen=chosen), selectors.page(chosen=chosen)

    assert [row.pk for row in shown.rows] == [match.pk for match in whole.rows]
    assert (shown.total, shown.next_before) == (whole.total, whole.next_before)
    assert {row.place for row in shown.rows} == {bank.outlet.name}


def test_the_part_is_answered_alone(manager):
    part = manager.get(
        reverse("monitoring:matches"), {"on": str(DAY)}, headers={"HX-Request": "true"}
    )

    assert "<html" not in part.content.decode()


def test_another_outlets_pairs_are_not_listed(client, bank, difference):
    client.force_login(people.staff(bank.elsewhere, "outlet_supervisor"))

    assert listed(client).context["page"].total == 0
