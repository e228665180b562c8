"""Logs: one line each, with no number in it that a stranger may not read."""

import json
import logging
from datetime import date

import pytest

from foundation.kernel.numbering import item_number
from foundation.kernel.text import mask_account
from ops_platform import logs


def _line(message, **fields):
    record = logging.LogRecord("bank", logging.INFO, __file__, 1, message, (), None)
    record.__dict__.update(fields)
    text = logs.formatter().format(record)
    return text, json.loads(text)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("6222021234567890123", "622202*********0123"),
        ("6222 0212 3456 7890 123", "622202*********0123"),
        ("622202123456789012", None),
        ("11010519491231002X", "110***********002X"),
        ("13812345678", "138****5678"),
    ],
)
def test_numbers_of_customers_are_masked(number, shown):
    text, _ = _line(f"paid from {number} today")

    assert number not in text
    assert shown is None or shown in text


@pytest.mark.parametrize("harmless", ["20261123000017", "12345678901", "1234.50", "110037"])
def test_other_numbers_stay(harmless):
    assert harmless in _line(f"item {harmless}")[0]


def test_an_items_own_number_stays_and_a_card_of_as_many_digits_does_not():
    item = item_number(centre="02", day=date(2026, 11, 23), serial=17)
    card = f"{item[:-1]}{(int(item[-1]) + 1) % 10}"

    text, line = _line(f"item {item} card {card}", number=int(f"1{item[1:]}"), item=item)

    assert item in text
    assert line["item"] == item
    assert card not in text
    assert mask_account(card) in text
    assert str(line["number"]) == mask_account(f"1{item[1:]}")


@pytest.mark.parametrize("digits", [16, 17, 18, 19])
def test_a_card_number_is_masked_however_long(digits):
    card = "6222021234567890123"[:digits]

    assert card not in _line(f"paid with {card}")[0]


def test_numbers_inside_fields_are_masked_too():
    text, line = _line("x", detail={"accounts": ["6222021234567890123"], "mobile": 13812345678})

    assert "6222021234567890123" not in text
    assert line["detail"]["mobile"] == "138****5678"


def test_secrets_are_left_out():
    assert "geheim" not in _line("x", password="geheim", detail={"csrf_token": "geheim"})[0]


def test_a_line_end_in_a_value_does_not_forge_a_line():
    text, line = _line('staff\r\n{"event": "approved"}')

    assert "\n" not in text
    assert line["event"].startswith("staff\r\n")
