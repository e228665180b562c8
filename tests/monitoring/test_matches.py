"""The list of pairs: filters, pages, sight."""

import pytest
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


def test_the_part_is_answered_alone(manager):
    part = manager.get(
        reverse("monitoring:matches"), {"on": str(DAY)}, headers={"HX-Request": "true"}
    )

    assert "<html" not in part.content.decode()


def test_another_outlets_pairs_are_not_listed(client, bank, difference):
    client.force_login(people.staff(bank.elsewhere, "outlet_supervisor"))

    assert listed(client).context["page"].total == 0
