"""The day on a voucher and the journal number printed on it are compared with the line."""

from datetime import timedelta

import pytest

from foundation.imaging import gateways
from foundation.imaging import services as imaging
from foundation.imaging.models import Page
from foundation.imaging.rules import scoring
from foundation.imaging.rules.layouts import Zone
from foundation.imaging.rules.scoring import Strip
from foundation.imaging.services import layouts
from foundation.kernel import dates
from foundation.kernel.money import Money
from monitoring import rules, services, tasks
from monitoring.models import Alignment
from monitoring.rules import entry, matching
from monitoring.rules.particulars import Booked, expected, needed
from monitoring.selectors import entry as keying
from monitoring.selectors import proving
from monitoring.services import entry as keys
from tests.factories import entry as cutting
from tests.factories import layouts as drawing
from tests.factories import looks, monitoring, people
from tests.factories.people import DAY, NOON

SMALL, LARGE = 1_000_00, 12_000_000
PRINT = Zone("journal", "journal", (10, 10, 900, 200))
FIGURES = Zone("date", "date", (10, 10, 300, 60), validator="date")
CAPITALS = Zone("date", "words", (10, 10, 300, 60), validator="date")
NUMBERS = {
    "monitoring.date_days_most": 0,
    "monitoring.bill_days_most": 10,
    "monitoring.particulars_from_fen": 5_000_000,
}


def strip(zone, kind, text, sure=97):
    columns = [column for sign in text for column in ({sign: 0.0}, {"": 0.0})]
    return Strip(zone, kind, text, sure, (10, 20, 300, 30), scoring.packed(columns))


def days_ago(days):
    return DAY - timedelta(days=days)


@pytest.fixture
def form(bank):
    """Return a form in use with these zones beside those of the test's own."""

    def do(*zones):
        row = drawing.draft(people.staff(bank.branch, "ops_manager", name="许伟"))
        row.zones = [zone.told for zone in (*drawing.ZONES, *zones)]
        row.save(update_fields=["zones"])
        return layouts.publish(
            layout_id=row.pk, by=people.staff(bank.branch, "risk_manager", name="沈静"), at=NOON
        )

    return do


@pytest.fixture
def judged(place, teller):
    """Return what a posted withdrawal comes to whose page lies on a form and reads so besides."""

    def do(layout, *besides, fen=SMALL, how=matching.NUMBER):
        line = monitoring.post(place, teller=teller.number, fen=fen)
        document, page = monitoring.scan(place, teller)
        strips = (
            strip("account", "number", place.customer),
            strip("amount", "amount", Money(fen).format()),
            strip("amount_words", "words", Money(fen).capitals()),
            *(one(line) if callable(one) else one for one in besides),
        )
        text = gateways.PageText(
            "pp-ocrv6-small", "t", 400, tuple(one.line for one in strips), (),
            layout.key, 88, strips,
        )  # fmt: skip
        imaging.record_reading(page_id=page.pk, text=text, failure="", at=NOON)
        match = services.pair(line=line, document_id=document.pk, touched=(teller.person,), at=NOON)
        if how:
            Alignment.objects.create(
                institution=match.institution, match=match, document=document, how=how,
                found_at=NOON,
            )  # fmt: skip
        (match,) = services.match_document(document_id=document.pk, at=NOON)
        return match

    return do


def field(match, name):
    return next((one for one in match.compared if one.name == name), None)


def dated(day, sure=97):
    return strip("date", "date", f"{day:%Y年%m月%d日}", sure)


def issued(day, sure=97):
    return strip("date", "words", dates.write(day), sure)


def printed(number, account=""):
    """Return a row of print as the second generation of terminals prints it, or the third."""
    text = f"{number}{account}RMB" if account else f"流水{number}{DAY:%Y%m%d}09:12:33"
    return strip("journal", "journal", text)


def other(number):
    return f"{int(number) + 7:08}"


class TestTheDayOnAVoucher:
    def test_of_the_line_agrees(self, form, judged):
        match = judged(form(FIGURES), dated(DAY))

        assert match.result == rules.MATCHED
        assert (field(match, "date").verdict, field(match, "date").confidence) == ("same", 99)

    def test_another_is_a_difference(self, form, judged):
        match = judged(form(FIGURES), dated(days_ago(1)))

        assert match.result == rules.VOUCHER_DIFF
        assert field(match, "date").expected == str(DAY)

    def test_within_the_days_that_the_bank_allows_agrees(self, form, judged):
        looks.set_number("monitoring.date_days_most", "1")

        assert judged(form(FIGURES), dated(days_ago(1))).result == rules.MATCHED

    def test_after_the_line_is_a_difference(self, form, judged):
        looks.set_number("monitoring.date_days_most", "1")

        assert judged(form(FIGURES), dated(days_ago(-1))).result == rules.VOUCHER_DIFF

    def test_not_read_with_certainty_changes_nothing_below_the_amount(self, form, judged):
        match = judged(form(FIGURES), dated(days_ago(1), sure=70))

        assert match.result == rules.MATCHED
        assert field(match, "date") is None

    def test_not_read_with_certainty_is_for_people_from_the_amount_on(self, form, judged):
        match = judged(form(FIGURES), dated(days_ago(1), sure=70), fen=LARGE)

        assert match.result == rules.UNREADABLE
        assert [one.field for one in keying.wanted(match_id=match.pk)] == ["date"]

    def test_a_reading_that_is_no_day_is_no_difference(self, form, judged):
        match = judged(form(FIGURES), strip("date", "date", "2026年13月41日"))

        assert match.result == rules.MATCHED

    def test_of_a_form_without_a_zone_for_it_is_not_asked_about(self, form, judged):
        match = judged(form(PRINT), lambda line: printed(line.journal_no), fen=LARGE)

        assert match.result == rules.MATCHED
        assert field(match, "date") is None


class TestADayThatPeopleKey:
    @pytest.fixture
    def keyers(self, bank):
        return [people.staff(bank.centre, "vendor_key", name=name) for name in ("外包甲", "外包乙")]

    @pytest.mark.parametrize(
        ("typed", "result"),
        [(f"{DAY:%Y%m%d}", rules.MATCHED), (f"{days_ago(1):%Y-%m-%d}", rules.VOUCHER_DIFF)],
    )
    def test_settles_the_pair_as_any_value_does(self, form, judged, keyers, typed, result):
        match = judged(form(FIGURES), dated(days_ago(1), sure=70), fen=LARGE)
        cutting.cut(match, Page.objects.get(document=match.document), "date")

        for keyer in keyers:
            held = keys.open_next(keyer=keyer, queue=entry.QUEUE, at=NOON)
            keys.key(
                slice_id=held.slice.pk, value=typed, strokes=8, milliseconds=2000,
                fence=held.item.fence, keyer=keyer, at=NOON,
            )  # fmt: skip
        tasks.match_keyed(match_id=match.pk)()

        match.refresh_from_db()
        assert match.result == result
        assert field(match, "date").confidence == 100


class TestTheDayOnABill:
    @pytest.mark.parametrize("days", [0, 1, 10])
    def test_within_the_time_to_present_it_agrees(self, form, judged, days):
        match = judged(form(CAPITALS), issued(days_ago(days)))

        assert match.result == rules.MATCHED
        assert field(match, "date").expected == f"{days_ago(10)}–{DAY}"

    @pytest.mark.parametrize("days", [-1, 11, 365])
    def test_too_late_or_too_early_is_a_difference(self, form, judged, days):
        assert judged(form(CAPITALS), issued(days_ago(days))).result == rules.VOUCHER_DIFF


class TestThePrintedJournalNumber:
    @pytest.mark.parametrize("labelled", [True, False])
    def test_of_the_line_agrees(self, form, judged, place, labelled):
        account = "" if labelled else place.customer
        match = judged(form(PRINT), lambda line: printed(line.journal_no, account))

        assert match.result == rules.MATCHED
        assert field(match, "journal_no").verdict == "same"

    @pytest.mark.parametrize("labelled", [True, False])
    def test_of_another_line_is_a_difference(self, form, judged, place, labelled):
        account = "" if labelled else place.customer
        match = judged(form(PRINT), lambda line: printed(other(line.journal_no), account))

        assert match.result == rules.VOUCHER_DIFF
        found = field(match, "journal_no")
        assert (found.expected, found.read) == (match.journal_no, other(match.journal_no))

    def test_is_told_from_the_day_that_is_printed_right_after_it(self, form, judged):
        match = judged(form(FIGURES, PRINT), dated(DAY), lambda line: printed(line.journal_no))

        assert field(match, "date").verdict == field(match, "journal_no").verdict == "same"

    @pytest.mark.parametrize("label", ["原流水号:", "原交易流水号:"])
    def test_of_what_is_reversed_is_none(self, form, judged, label):
        match = judged(form(PRINT), strip("journal", "journal", f"{label}00009999 冲正"))

        assert match.result == rules.MATCHED

    def test_of_a_voucher_that_came_with_its_authorization_says_nothing(self, form, judged):
        match = judged(form(PRINT), lambda line: printed(other(line.journal_no)), how="")

        assert match.result == rules.MATCHED

    def test_of_a_voucher_for_several_lines_says_nothing(self, form, judged):
        match = judged(form(PRINT), lambda line: printed(other(line.journal_no)), how=matching.SUM)

        assert match.result == rules.MATCHED

    def test_digits_elsewhere_in_the_print_are_none(self, form, judged):
        match = judged(form(PRINT), strip("journal", "journal", "20260303 09:12:33 11020001"))

        assert match.result == rules.MATCHED

    def test_not_read_with_certainty_is_for_people_from_the_amount_on(self, form, judged):
        row = strip("journal", "journal", "流水0000?12320260304", 60)
        match = judged(form(PRINT), row, fen=LARGE)

        assert match.result == rules.UNREADABLE


@pytest.mark.parametrize("zone", [FIGURES, CAPITALS])
def test_no_day_is_compared_while_its_number_is_not_set(zone):
    booked = Booked(DAY, "00000012", SMALL, "", (zone,))

    assert "date" in expected(booked, NUMBERS)
    assert expected(booked, {"monitoring.particulars_from_fen": 1}) == {}


def test_a_bill_beside_a_voucher_asks_for_no_day():
    booked = Booked(DAY, "00000012", SMALL, "", (FIGURES, CAPITALS))

    assert expected(booked, NUMBERS) == {}


@pytest.mark.parametrize(("fen", "some"), [(4_999_999, False), (5_000_000, True)])
def test_from_an_amount_on_both_must_be_certain(fen, some):
    assert bool(needed(fen, NUMBERS)) is some
    assert not needed(fen, {})


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("20260304", "2026-03-04"), ("2026-3-4", "2026-03-04"), ("2026年3月4日", "2026-03-04"),
     ("２０２６／０３／０４", "2026-03-04"), ("?", "?")],
)  # fmt: skip
def test_a_day_is_keyed_in_the_ways_people_write_it(typed, kept):
    assert entry.clean_value("date", typed) == kept


@pytest.mark.parametrize("typed", ["20260230", "2026-13-01", "260304", "0304", "某日"])
def test_what_is_no_day_is_refused(typed):
    with pytest.raises(entry.NotAValue):
        entry.clean_value("date", typed)


@pytest.mark.parametrize(
    ("keyed", "agrees"),
    [("2026-03-04", True), ("2026-02-22", True), ("2026-02-21", False), ("2026-03-05", False)],
)
def test_a_keyed_day_agrees_with_any_that_may_stand_there(keyed, agrees):
    assert entry.agrees("date", keyed, "2026-02-22–2026-03-04", None) is agrees


def test_a_confirmed_day_says_nothing_of_the_doubt_about_values(form, judged, bank):
    match = judged(form(FIGURES), dated(days_ago(1)))
    auditor = people.staff(bank.centre, "auditor", name="郑洁")
    opened = services.open_next(auditor=auditor, at=NOON)

    services.decide(
        match_id=match.pk, finding=rules.VOUCHER_DIFF, reason="", tries=opened.match.tries,
        fence=opened.item.fence, auditor=auditor, at=NOON,
    )  # fmt: skip

    match.refresh_from_db()
    assert match.state == rules.CONFIRMED
    assert proving.known(first=DAY, last=DAY) == []
