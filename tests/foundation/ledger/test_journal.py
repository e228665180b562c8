"""The page of the journal, and its files."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import openpyxl
import pytest
from django.db import connection
from django.urls import reverse

from foundation.ledger import rules
from foundation.ledger.services import _exporting
from foundation.trail.models import Event
from tests.factories.ledger import DAY, pay

ADDRESS = reverse("ledger:journal")
DAYS = {"first": DAY.isoformat(), "last": DAY.isoformat()}


def test_only_lines_of_the_own_institutions_are_shown(bank, desk):
    pay(bank, bank.other_till, bank.far_payee, 9, institution_id=bank.other.pk)

    page = desk(bank.outlet).get(ADDRESS, DAYS)

    assert {row.institution_id for row in page.context["rows"]} == {bank.outlet.pk}


def test_a_line_is_found_by_its_amount_as_it_is_typed(bank, desk):
    entry = pay(bank, bank.payer, bank.payee, 77_700)

    page = desk(bank.outlet).get(ADDRESS, DAYS | {"amount": "777.00"})

    assert [row.entry_id for row in page.context["rows"]] == [entry.pk]
    assert reverse("ledger:entry", args=[entry.pk]) in page.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("journal_no", "2"),
        ("counter_account", "{payee}"),
        ("subject", "authorization.request:7"),
        ("teller", "110007"),
        ("trade_code", "1101"),
        ("voucher_no", "00070001"),
    ],
)
def test_a_line_is_found_by_each_of_its_fields(bank, desk, field, value):
    entry = pay(
        bank, bank.payer, bank.payee, 7, subject="authorization.request:7", teller="110007",
        trade_code="1101", voucher_no="00070001",
    )  # fmt: skip

    page = desk(bank.outlet).get(ADDRESS, DAYS | {field: value.format(payee=bank.payee.number)})

    assert [row.entry_id for row in page.context["rows"]] == [entry.pk]


def test_every_field_of_the_search_has_its_index_in_every_month(bank):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid"
            " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]"
            " WHERE c.relname = 'journalline_202611' AND i.indisvalid"
        )
        indexed = {column for _table, column in cursor.fetchall()}

    assert indexed >= {
        "id", "institution_id", "journal_no", "account_number", "counter_account", "teller",
        "trade_code", "voucher_no", "amount_fen", "subject",
    }  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"first": "x"},
        {"amount": "1.234"},
        {"teller": "=1"},
        {"counter_account": "=1"},
        {"subject": "a b"},
        {"before": "-1"},
        {"before": "9" * 30},
        {"last": (DAY - timedelta(days=1)).isoformat()},
        {"first": (DAY - timedelta(days=92)).isoformat()},
    ],
)
def test_a_search_that_cannot_be_is_told_at_its_field(bank, desk, wrong):
    page = desk(bank.outlet).get(ADDRESS, DAYS | wrong)

    assert page.status_code == 422
    assert "op-error" in page.content.decode()


def test_the_journal_goes_on_page_by_page(bank, desk):
    for _ in range(50):
        pay(bank, bank.payer, bank.payee, 1)

    first = desk(bank.outlet).get(ADDRESS, DAYS)
    second = desk(bank.outlet).get(ADDRESS, DAYS | {"before": first.context["following"]})

    assert (len(first.context["rows"]), len(second.context["rows"])) == (50, 1)


def test_the_lines_leave_as_csv_and_the_trail_knows(bank, desk):
    page = desk(bank.outlet).get(ADDRESS, DAYS | {"export": "csv"})

    (head, line) = csv.reader(io.StringIO(page.content.decode("utf-8-sig")))
    assert head[:4] == ["机构", "会计日期", "起息日", "流水号"]
    assert (line[3], line[8], line[9]) == ("00000001", "借", "1000.00")
    assert Event.objects.get(action="ledger.export_journal").detail == {"kind": "csv", "lines": 1}


def test_the_lines_leave_as_a_workbook_with_real_numbers(bank, desk):
    page = desk(bank.outlet).get(ADDRESS, DAYS | {"export": "xlsx"})

    sheet = openpyxl.load_workbook(io.BytesIO(page.content)).active
    assert [cell.value for cell in sheet[2]][3:10:6] == ["00000001", 1000]


def test_a_value_date_is_shown_where_it_is_another_and_leaves_with_the_line(bank, desk):
    later = DAY + timedelta(days=1)
    pay(bank, bank.payer, bank.payee, 7, value_date=later)
    seat = desk(bank.outlet)

    page = seat.get(ADDRESS, DAYS)
    file = seat.get(ADDRESS, DAYS | {"export": "csv"}).content.decode("utf-8-sig")

    assert [row.value_date for row in page.context["rows"]] == [later, DAY]
    assert page.content.decode().count(f"起息日 {later.isoformat()}") == 1
    assert [line[2] for line in csv.reader(io.StringIO(file))] == [
        "起息日", later.isoformat(), DAY.isoformat(),
    ]  # fmt: skip


def test_too_many_lines_are_offered_as_a_long_file(bank, desk, monkeypatch):
    monkeypatch.setattr(_exporting, "EXPORT_MAX", 0)

    page = desk(bank.outlet).get(ADDRESS, DAYS | {"export": "csv"})

    assert page.status_code == 200
    assert "attachment" not in page.get("Content-Disposition", "")
    assert reverse("ledger:export_ask") in page.content.decode()


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_begins_like_a_formula_is_plain_text(begins):
    assert rules.plain_cell(f"{begins}1") == f"'{begins}1"
    assert rules.plain_cell("1=1") == "1=1"
