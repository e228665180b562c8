"""Each paper of a receipt is counted, marked after the first, and on the trail."""

from functools import partial

import pytest
from django.db import DatabaseError, transaction
from django.template.loader import render_to_string
from django.urls import reverse

from authorization import rules, selectors, services
from authorization.models import ReceiptPrint
from foundation.people import services as people_services
from foundation.trail.models import Event
from tests.authorization.test_fallback_races import together
from tests.factories import authorization as factory
from tests.factories import people
from tests.factories import rules as rule_factory

AT = people.NOON
BROWSER = {"HTTP_USER_AGENT": "Mozilla/5.0 Chrome/120.0"}


@pytest.fixture
def posted(counter, teller):
    """Post a withdrawal that needs nobody."""
    return factory.sent(teller, factory.withdrawal(counter, "100.00"))


def printed(item, by):
    return services.print_receipt(number=item.number, by=by, at=AT)


def test_each_is_counted_and_told(posted, teller):
    assert [printed(posted, teller).again for _ in range(3)] == [0, 1, 2]

    assert [one.seq for one in selectors.prints(request=posted)] == [3, 2, 1]
    told = Event.objects.filter(action="authorization.print_receipt").order_by("id")
    assert [event.detail["count"] for event in told] == [1, 2, 3]


def test_the_paper_is_marked_from_the_second_on(client, posted, teller, monkeypatch):
    papers = []

    def keep(_name, shown):
        papers.append(shown["print"])
        return b"%PDF-"

    monkeypatch.setattr("foundation.ui.pdf.printed", keep)
    client.force_login(teller)
    address = reverse("authorization:receipt_file", args=[posted.number])

    assert client.get(address, **BROWSER).status_code == 405
    for _ in range(2):
        assert client.post(address, **BROWSER).content == b"%PDF-"

    assert [one.again for one in papers] == [0, 1]
    page = client.get(reverse("authorization:receipt", args=[posted.number]), **BROWSER)
    assert "补打 1" in page.content.decode()


def test_its_words_say_so(posted, teller):
    shown = {"item": posted, "approvers": (), "by": "x"}
    first, again = (
        render_to_string(
            "authorization/_receipt_pdf.html", shown | {"print": printed(posted, teller)}
        )
        for _ in range(2)
    )

    assert ("补打" in first, "补打 1" in again) == (False, True)


def test_what_is_not_posted_has_none(counter, teller, waiting):
    with pytest.raises(rules.NoSuchItem):
        printed(waiting, teller)


def test_who_confirmed_on_site_signs_too(bank, counter, teller):
    said = rule_factory.plain(amount_from_fen=1, outlet_levels=1, centre_levels=0)
    rule_factory.in_force(said, valid_from=people.DAY)
    item = factory.sent(teller, factory.withdrawal(counter))
    by = people.staff(bank.outlet, "outlet_supervisor", name="孙丽")
    services.look(number=item.number, by=by, at=AT)

    done = services.decide_on_site(
        number=item.number, step="approve", shown=item.content_hash, by=by, at=AT
    )

    assert selectors.approvers(request=done) == (by.label,)


def breaks(act):
    with pytest.raises(DatabaseError, match="counted and stays"), transaction.atomic():
        act()


def test_the_database_leaves_none_out_and_changes_none(posted, waiting, teller):
    printed(posted, teller)
    told = {"by": teller, "by_label": "x", "at": AT, "institution_id": posted.institution_id}

    breaks(ReceiptPrint.objects.all().delete)
    breaks(lambda: ReceiptPrint.objects.update(by_label="x"))
    breaks(lambda: ReceiptPrint.objects.create(request=posted, seq=3, **told))
    breaks(lambda: ReceiptPrint.objects.create(request=waiting, seq=1, **told))


def test_two_at_once_have_two_numbers(committed_db):
    with people_services.acting_as_system(reason="test"):
        bank = people.branch()
        people.numbers(*(people.staff(bank.branch, one) for one in ("ops_manager", "risk_manager")))
        counter, teller = factory.counter(bank), people.staff(bank.outlet, "teller")
        item = factory.sent(teller, factory.withdrawal(counter, "100.00"))

    def act():
        with people_services.acting_as_system(reason="test"):
            return printed(item, teller).seq

    assert sorted(together(*(partial(act) for _ in range(4)))) == [1, 2, 3, 4]
