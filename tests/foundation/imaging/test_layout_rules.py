"""Which zones a layout may have, and what fields come of what stands in them."""

import pytest

from foundation.imaging.rules import layouts, scoring
from foundation.imaging.rules.layouts import Zone
from foundation.imaging.rules.scoring import Strip
from foundation.kernel.errors import Refused

ACCOUNT = Zone("account", "number", (10, 10, 300, 40), validator="luhn")
FRAMES = scoring.packed([{"1": 0}])


def strip(zone, text, *, kind="number", confidence=97, digits=""):
    return Strip(zone, kind, text, confidence, (0, 0, 9, 9), FRAMES, digits)


def fields(strips, *zones):
    return {field.name: field for field in layouts.fields_of_form(strips, zones)}


@pytest.mark.parametrize(
    ("zones", "code"),
    [
        ((), "E4096"),
        ((Zone("account", "number", (1, 1, 50, 50), needed=False),), "E4096"),
        ((ACCOUNT, ACCOUNT), "E4094"),
        ((Zone("account", "words", (1, 1, 50, 50)),), "E4095"),
        ((Zone("colour", "text", (1, 1, 50, 50)),), "E4095"),
        ((Zone("account", "number", (1, 1, 50, 50), validator="smell"),), "E4095"),
        ((Zone("account", "number", (900, 1, 200, 50)),), "E4093"),
        ((Zone("account", "number", (1, 1, 50, 5)),), "E4093"),
        ((Zone("account", "number", (-1, 1, 50, 50)),), "E4093"),
        ((Zone("account", "number", (1, 1, 50, 50), engine="abbyy"),), "E6150"),
        ((Zone("payer_name", "name", (1, 1, 50, 50), engine="tesseract"),), "E6150"),
        ((Zone("voucher_no", "number", (1, 1, 50, 50), first="1"),), "E6151"),
        ((Zone("voucher_no", "number", (1, 1, 50, 50), first="2", last="1"),), "E6151"),
        ((Zone("voucher_no", "number", (1, 1, 50, 50), first="a", last="b"),), "E6151"),
        ((Zone("amount", "amount", (1, 1, 50, 50), first="1", last="2"),), "E6151"),
    ],
)
def test_zones_that_cannot_be_read_are_refused(zones, code):
    with pytest.raises(Refused) as refused:
        layouts.check_zones(zones, width_px=1000, height_px=600)
    assert refused.value.code == code


def test_zones_that_can_be_read_are_taken():
    layouts.check_zones([ACCOUNT], width_px=1000, height_px=600)


@pytest.mark.parametrize("rows", ["", {}, [1], [{}], [{"name": "a", "kind": "b", "box": [1]}],
                                  [{"name": "a", "kind": "b", "box": "what"}]])  # fmt: skip
def test_what_is_no_list_of_zones_is_refused(rows):
    with pytest.raises(layouts.ZonesNotRead):
        layouts.zones_of(rows)


def test_a_zone_is_kept_as_it_is():
    numbered = Zone("voucher_no", "number", (1, 1, 50, 50), engine="tesseract", first="1", last="9")
    assert layouts.zones_of([ACCOUNT.told, numbered.told]) == (ACCOUNT, numbered)
    layouts.check_zones([numbered], width_px=1000, height_px=600)


def test_what_tesseract_reads_is_the_field_where_it_is_of_record():
    zone = Zone("amount", "amount", (1, 1, 50, 50), engine="tesseract")
    read = strip("amount", "1,200.O0", kind="amount", digits="120000")

    assert fields([read], zone)["amount"].value == "1,200.00"
    silent = fields([strip("amount", "1,200.00", kind="amount")], zone)["amount"]
    assert silent.confidence == layouts.IMPROPER_MAX


@pytest.mark.parametrize(
    ("number", "inside"), [("100", True), ("199", True), ("200", False), ("0150", False)]
)
def test_a_range_is_of_numbers_with_as_many_digits(number, inside):
    assert layouts.in_range(number, first="100", last="199") is inside


@pytest.mark.parametrize("name", ["", "A", "1a", "a b", "a" * 31, "付款"])
def test_a_short_name_can_be_said(name):
    with pytest.raises(layouts.BadLayoutName):
        layouts.check_name(name)


def test_a_reading_that_fails_its_check_says_little():
    good, bad = "6228480402564890018", "6228480402564890019"

    assert fields([strip("account", good)], ACCOUNT)["account"].checked is True
    found = fields([strip("account", bad)], ACCOUNT)["account"]
    assert (found.checked, found.confidence) == (False, 50)


def test_a_second_reader_that_sees_other_digits_is_heard():
    zone = Zone("voucher_no", "number", (1, 1, 50, 50))

    assert fields([strip("voucher_no", "11230001", digits="11230007")], zone)[
        "voucher_no"
    ].confidence == 60  # fmt: skip


def test_each_kind_becomes_its_value():
    zones = [
        Zone("amount", "grid", (1, 1, 50, 50), validator="amount"),
        Zone("amount_words", "words", (1, 1, 50, 50), validator="capitals"),
        Zone("date", "words", (1, 1, 50, 50), validator="date"),
        Zone("payer_name", "name", (1, 1, 50, 50), whitelist="李静"),
    ]
    found = fields(
        [
            strip("amount", "¥ 1 2 3 4 5 6", kind="grid"),
            strip("amount_words", "人民币壹仟贰佰叁拾肆圆伍角陆分", kind="words"),
            strip("date", "贰零贰陆年壹拾壹月零叁日", kind="words"),
            strip("payer_name", "·李静|", kind="name"),
        ],
        *zones,
    )

    assert found["amount"].value == "1,234.56"
    assert found["amount_words"].value == "壹仟贰佰叁拾肆元伍角陆分"
    assert found["date"].value == "2026-11-03"
    assert found["payer_name"].value == "李静"


def test_rows_of_the_print_are_read_by_their_labels():
    found = fields([strip("journal", "交易码:1002 流水号:112300001742", kind="journal")])

    assert found["journal_no"].value == "112300001742"


def test_its_flow_is_what_the_readme_draws():
    assert {(step.source, step.name, step.target) for step in layouts.FLOW.steps} == {
        ("draft", "publish", "published"),
        ("draft", "decline", "declined"),
        ("published", "retire", "retired"),
    }


def test_a_decided_layout_is_no_draft():
    with pytest.raises(layouts.LayoutNotDraft):
        layouts.check_draft(layouts.PUBLISHED)


OURS = "1100372000260000143"


@pytest.mark.parametrize(
    ("row", "number"),
    [
        (f"00000742 {OURS} RMB 123,456.78", "00000742"),
        (f"112300001742{OURS}RMB 123,456.78", "112300001742"),
        (f"00000742 {OURS[:-1]}4 RMB 123,456.78", None),
        (f"0742 {OURS} RMB 123,456.78", None),
        ("20261123 10:11:12 110037 220101 1002", None),
        (f"账号 {OURS}", None),
    ],
)
def test_a_print_without_labels_has_its_number_before_an_account_of_ours(row, number):
    zone = Zone("journal", "journal", (1, 1, 90, 90))

    found = fields([strip("journal", row, kind="journal")], zone)

    assert (found["journal_no"].value if "journal_no" in found else None) == number


def test_a_labelled_number_is_the_only_one():
    zone = Zone("journal", "journal", (1, 1, 90, 90))
    rows = [f"00000742 {OURS} RMB", "流水号: 00000743"]

    found = layouts.fields_of_form([strip("journal", row, kind="journal") for row in rows], [zone])

    assert [one.value for one in found if one.name == "journal_no"] == ["00000743"]
