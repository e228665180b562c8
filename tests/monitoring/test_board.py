"""The board of monitoring: every figure is the length of the list that it opens."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.ledger import selectors as ledger
from foundation.ledger import services as books
from foundation.ledger.models import Account, JournalLine
from foundation.ledger.rules import COLUMNS
from foundation.people.services import acting
from monitoring import selectors, services
from monitoring.models import Match
from monitoring.rules import board as rules
from monitoring.selectors import board as selected
from tests.browser import BACKEND
from tests.factories import alerts as alert_factory
from tests.factories import monitoring as factory
from tests.factories import people
from tests.factories import slips as slip_factory
from tests.factories.people import DAY, NOON

WEIGHTS = rules.Weights(notice=1, focus=3, high=10, overdue=2, medium_from=10, high_from=30)
BROWSER = {"HTTP_USER_AGENT": "Chrome/120"}


@pytest.fixture
def lead(bank):
    return people.staff(bank.centre, "audit_lead", name="许强")


@pytest.fixture
def busy(bank, lead, teller, authorizer, auditor):
    """Let an outlet have a pair of each kind, an alert, and a slip."""
    alert_factory.waiting(bank.outlet, lead, people.staff(bank.branch, "risk_manager"))
    slip_factory.slip(bank.outlet, auditor)
    return bank


def test_what_stands_against_an_outlet_is_weighed():
    stands = rules.Stands(notice=2, focus=1, high=1, overdue=3, points=4)

    assert stands.risk(WEIGHTS) == 2 + 3 + 10 + 6 + 4


@pytest.mark.parametrize(
    ("points", "word"), [(0, "low"), (9, "low"), (10, "medium"), (29, "medium"), (30, "high")]
)
def test_the_bounds_rate_an_outlet(points, word):
    assert rules.rating(points, WEIGHTS) == word


@pytest.mark.parametrize(("count", "most", "level"), [(0, 5, 0), (1, 50, 1), (5, 5, 9), (3, 6, 4)])
def test_the_hottest_cell_is_the_measure_of_heat(count, most, level):
    assert rules.heat(count, most) == level


def test_an_empty_bank_has_an_empty_board(bank):
    board = selected.board(on=DAY, at=NOON)

    assert (len(board.outlets), board.coverage.share, board.alerts.count) == (0, None, 0)


def test_the_outlets_stand_by_risk_and_their_cells_add_up(busy):
    board = selected.board(on=DAY, at=NOON)

    (row, *_others) = board.outlets
    assert row.number == busy.outlet.number
    assert sum(cell.figure.count for cell in row.cells) == 1
    assert board.alerts.count == sum(one.alerts.count for one in board.outlets) == 1
    assert row.risk >= 1


def test_every_figure_is_the_length_of_its_list(busy, lead, client):
    client.force_login(lead, backend=BACKEND)
    page = client.get(reverse("monitoring:board"), {"on": f"{DAY}"}, **BROWSER).content.decode()

    figures = re.findall(r'href="([^"]+)" data-figure="(\d+)"', page)
    assert len(figures) >= 4
    for address, count in figures:
        answer = client.get(address.replace("&amp;", "&"), **BROWSER)
        assert answer.status_code == 200, address
        if "figure=errors" not in address:  # points of slips, not slips
            assert answer.context["page"].total == int(count), address


def test_more_outlets_ask_no_more_questions(busy, lead, auditor):
    with CaptureQueriesContext(connection) as few:
        selected.board(on=DAY, at=NOON)
    slip_factory.slip(busy.sibling, auditor)
    slip_factory.slip(busy.elsewhere, auditor)
    with CaptureQueriesContext(connection) as many:
        assert len(selected.board(on=DAY, at=NOON).outlets) == 3

    assert len(many) == len(few)


def test_fifty_outlets_make_a_page_and_the_rest_are_on_the_next(
    busy, lead, auditor, client, monkeypatch
):
    monkeypatch.setattr("monitoring.web.board.PAGE", 1)
    slip_factory.slip(busy.sibling, auditor)
    client.force_login(lead, backend=BACKEND)

    def outlets(page):
        answer = client.get(reverse("monitoring:board"), {"on": f"{DAY}", "page": page}, **BROWSER)
        return [row.key for row in answer.context["table"].rows]

    assert outlets(1) + outlets(2) == [busy.outlet.number, busy.sibling.number]
    assert outlets("x") == outlets(1)
    assert outlets(99) == outlets(2)


def test_an_outlet_does_not_see_the_board(bank, client):
    client.force_login(people.staff(bank.outlet, "outlet_supervisor"), backend=BACKEND)

    assert client.get(reverse("monitoring:board"), **BROWSER).status_code == 403


def test_the_outlets_are_taken_along_as_a_file(busy, lead, client):
    client.force_login(lead, backend=BACKEND)

    answer = client.get(reverse("monitoring:board"), {"on": f"{DAY}", "export": "csv"}, **BROWSER)

    assert busy.outlet.name in b"".join(answer).decode()


def test_the_list_of_keyed_pairs_stays_that_list_when_it_is_narrowed(bank, lead, client):
    client.force_login(lead, backend=BACKEND)

    asked = {"on": f"{DAY}", "keyed": "on"}
    page = client.get(reverse("monitoring:matches"), asked, **BROWSER).content.decode()

    assert '<input type="hidden" name="keyed" value="on">' in page


def test_alerts_of_one_place_stay_those_when_they_are_narrowed(busy, lead, client):
    client.force_login(lead, backend=BACKEND)

    asked = {"under": busy.outlet.pk}
    page = client.get(reverse("monitoring:alerts"), asked, **BROWSER).content.decode()

    assert re.search(rf'<input type="hidden" name="under" value="{busy.outlet.pk}"', page)


@pytest.fixture
def lines(bank, teller, auditor):
    """Let a day have five lines: unpaired, differing, matched, alone, alone and confirmed."""
    place = factory.counter(bank.outlet)
    factory.difference(place, teller)
    line = factory.post(place, teller=teller.number, fen=100_00, voucher_no="1023000001")
    good, page = factory.scan(place, teller)
    services.pair(line=line, document_id=good.pk, touched=[teller.person], at=NOON)
    factory.read(page, **factory.agreeing(line))
    services.match_document(document_id=good.pk, at=NOON)
    alone = factory.post(place, teller=teller.number, fen=300_00)
    services.pair(line=alone, document_id=None, touched=[teller.person], at=NOON)
    lost = factory.post(place, teller=teller.number, fen=400_00)
    match = services.pair(line=lost, document_id=None, touched=[teller.person], at=NOON)
    Match.objects.filter(id=match.pk).update(
        state="confirmed", result="image_missing", decided_by=auditor,
        decided_label=auditor.label, decided_person=auditor.person, decided_at=NOON,
    )  # fmt: skip
    return bank


def test_coverage_is_the_lines_beside_their_voucher_of_all_lines(lines, lead, client):
    stray, _page = factory.scan(factory.Counter(lines.outlet, "", ""), lead)
    services.stray(document_id=stray.pk, institution_id=lines.outlet.pk, day=DAY, at=NOON)

    coverage = selected.board(on=DAY, at=NOON).coverage

    assert (coverage.count, coverage.of) == (2, JournalLine.objects.count())
    assert coverage.of == 5
    client.force_login(lead, backend=BACKEND)
    answer = client.get(f"{reverse('monitoring:matches')}?{coverage.query}", **BROWSER)
    assert answer.context["page"].total == 2
    assert 'name="compared" value="on"' in answer.content.decode()


def test_matched_by_machine_is_of_what_was_compared(lines, lead, client):
    place = factory.Counter(lines.outlet, "", "")
    services.end_stray(stray=factory.alone(place, lead), at=NOON)
    twice = Match.objects.get(state="matched", document__isnull=False, amount_fen=100_00)
    sheet, _page = factory.scan(place, lead)
    services.again(document_id=sheet.pk, of=twice, at=NOON)

    board = selected.board(on=DAY, at=NOON)

    assert (board.matched.count, board.matched.of) == (1, 2)
    assert (board.forced.count, board.forced.of) == (0, 2)
    (outlet,) = board.outlets
    assert (outlet.matched.count, outlet.matched.of) == (1, 2)
    assert str(selectors.day(on=DAY).rate) == "50.0"
    client.force_login(lead, backend=BACKEND)
    for figure in (board.coverage, board.matched, outlet.matched):
        answer = client.get(f"{reverse('monitoring:matches')}?{figure.query}", **BROWSER)
        assert answer.context["page"].total == figure.count


def numbers(outlet):
    """Return the numbers of the till and of the customer."""
    found = Account.objects.filter(institution=outlet)
    return found.get(kind="internal").number, found.get(kind="customer").number


def test_lines_of_a_foreign_core_are_counted_among_all(lines):
    cells = ("00000007", "09:15:00", "110001", "1002", "6228480010000000001", "debit")
    row = ",".join((lines.outlet.number, f"{DAY}", *cells, "1.00", "CNY", "", ""))
    books.import_journal(
        data="\n".join((",".join(COLUMNS), row)).encode(), name="1123.csv",
        institution_id=lines.outlet.pk, at=NOON, by="t",
    )  # fmt: skip
    place = factory.Counter(lines.outlet, *numbers(lines.outlet))
    for _ in range(2):  # the second passes over the number that was imported
        factory.post(place, teller="000000", fen=1)

    assert JournalLine.objects.order_by("-id")[0].journal_no == "00000008"
    assert selected.board(on=DAY, at=NOON).coverage.of == 8


def test_lines_of_another_day_or_out_of_sight_are_not_counted(lines):
    assert ledger.lines_posted(on=DAY + timedelta(days=1)) == 0
    with acting(staff=people.staff(lines.elsewhere, "outlet_supervisor")):
        assert ledger.lines_posted(on=DAY) == 0
