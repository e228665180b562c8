"""A pair is judged by what its form proves; settled pairs say what each limit lets pass."""

import pytest
from django.core.management import call_command

from foundation.imaging import gateways
from foundation.imaging import services as imaging
from foundation.imaging.rules import nearest, scoring
from foundation.imaging.rules.scoring import Strip
from foundation.imaging.selectors import layouts as selected
from foundation.imaging.services import layouts
from foundation.kernel.money import Money
from monitoring import rules, services
from monitoring.selectors import proving
from tests.factories import layouts as drawing
from tests.factories import monitoring, people
from tests.factories.people import DAY, NOON

FEN = 12_000_000


@pytest.fixture
def layout(bank):
    row = drawing.draft(people.staff(bank.branch, "ops_manager", name="许伟"))
    return layouts.publish(
        layout_id=row.pk, by=people.staff(bank.branch, "risk_manager", name="沈静"), at=NOON
    )


def strip(zone, kind, text):
    columns = [column for sign in text for column in ({sign: 0.0}, {"": 0.0})]
    return Strip(zone, kind, text, 97, (10, 20, 300, 30), scoring.packed(columns))


@pytest.fixture
def pair(place, teller, layout):
    """Return what a posted withdrawal comes to whose page reads so."""

    def do(*, fen=FEN, account=""):
        line = monitoring.post(place, teller=teller.number, fen=FEN)
        document, page = monitoring.scan(place, teller)
        strips = (
            strip("account", "number", account or place.customer),
            strip("amount", "amount", Money(fen).format()),
            strip("amount_words", "words", Money(fen).capitals()),
        )
        text = gateways.PageText(
            "pp-ocrv6-small", "t", 400, tuple(one.line for one in strips), (),
            layout.key, 88, strips,
        )  # fmt: skip
        imaging.record_reading(page_id=page.pk, text=text, failure="", at=NOON)
        services.pair(line=line, document_id=document.pk, touched=(teller.person,), at=NOON)
        (match,) = services.match_document(document_id=document.pk, at=NOON)
        return match

    return do


def test_a_voucher_that_proves_every_value_is_matched(pair):
    match = pair()

    assert match.result == rules.MATCHED
    assert {field.name: field.confidence for field in match.compared} == {
        "amount": 99, "amount_words": 99, "account": 99, "check_digit": 100,
    }  # fmt: skip


def test_a_voucher_that_bears_another_amount_is_a_difference(pair):
    assert pair(fen=FEN + 1_000_00).result == rules.AMOUNT_DIFF


def test_settled_pairs_say_what_each_limit_lets_pass(pair, capsys):
    pair()
    known = proving.known(first=DAY, last=DAY)

    assert [one.agrees for one in known] == [True]
    lines = selected.lines(on=DAY)
    assert lines
    points = nearest.curve(known, lines=lines)
    assert {point.manual for point in points} == {0}
    assert all(point.wrong > 5 and point.wrong_passed == 0 for point in points)
    call_command("doubt_curve", first=DAY, last=DAY)
    assert "1 pairs; the limit in force is 200" in capsys.readouterr().out
