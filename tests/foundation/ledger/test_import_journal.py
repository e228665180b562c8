"""The journal of a foreign core: every error at its line, all of it or nothing."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from foundation.ledger import rules, selectors, services
from foundation.ledger.models import JournalLine
from foundation.ledger.rules import _importing
from foundation.trail import selectors as trail
from tests.factories.ledger import DAY, NOON, pay

HEAD = ",".join(rules.COLUMNS)
ROW = "110101,2026-11-20,A0001,09:15:00,110001,1002,6228480010000000001,debit,1234.50,CNY,,V001"


def csv(*rows: str) -> bytes:
    return "\n".join((HEAD, *rows)).encode()


def row(**change: str) -> str:
    cells = dict(zip(rules.COLUMNS, ROW.split(","), strict=True)) | change
    return ",".join(cells.values())


def take_in(bank, data: bytes):
    return services.import_journal(
        data=data, name="1120.csv", institution_id=bank.outlet.pk, at=NOON, by="110009 审计"
    )


def test_the_lines_of_the_file_are_in_the_journal(bank):
    report = take_in(bank, csv(ROW, row(journal_no="A0002", side="贷")))

    assert (report.rows, report.days, report.total_fen) == (2, [date(2026, 11, 20)], 246_900)
    line = JournalLine.objects.get(journal_no="A0001")
    assert (line.source, line.entry_id, line.amount_fen) == ("import", None, 123_450)
    assert (line.institution_id, line.side, line.voucher_no) == (bank.outlet.pk, "debit", "V001")
    assert line.at.isoformat() == "2026-11-20T01:15:00+00:00"


def test_the_trail_keeps_who_took_in_which_file(bank):
    take_in(bank, csv(ROW))

    event = trail.Event.objects.get(action="ledger.import_journal")
    assert (event.actor, event.detail["rows"], event.detail["file"]) == (
        "110009 审计",
        1,
        "1120.csv",
    )


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_the_encodings_of_the_foreign_core_are_read(bank, encoding):
    data = csv(row(side="贷")).decode().encode(encoding)

    assert take_in(bank, data).rows == 1


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("institution", "11-01"),
        ("business_date", "20261120"),
        ("business_date", "2026-13-01"),
        ("journal_no", "=1+1"),
        ("journal_no", ""),
        ("time", "25:00:00"),
        ("time", "9:15"),
        ("teller", "@x"),
        ("trade_code", "+1"),
        ("account", "=cmd|x"),
        ("side", "D"),
        ("amount", "-5.00"),
        ("amount", "5"),
        ("amount", "0.00"),
        ("amount", "00.50"),
        ("amount", "1e3"),
        ("amount", "１２.00"),
        ("currency", "rmb"),
        ("counter_account", "-1"),
        ("voucher_no", "\t1"),
    ],
)
def test_a_wrong_cell_is_told_with_its_line_and_column(bank, column, value):
    report = services.check_import(data=csv(ROW, row(**({"journal_no": "A2"} | {column: value}))))

    (error,) = report.errors
    assert error.line == 3
    assert error.column in {column, "business_date"}


def test_one_wrong_row_keeps_every_row_out(bank):
    with pytest.raises(rules.RowsWrong) as told:
        take_in(bank, csv(ROW, row(journal_no="A2", amount="x"), row(journal_no="A3")))

    assert told.value.params == {"count": 1, "line": 3}
    assert not JournalLine.objects.filter(source="import").exists()


def test_a_number_twice_in_the_file_is_refused(bank):
    report = services.check_import(data=csv(ROW, ROW))

    assert [(error.line, error.why) for error in report.errors] == [(3, _importing.TWICE)]


def test_the_same_file_a_second_time_is_refused(bank):
    take_in(bank, csv(ROW))

    assert services.check_import(data=csv(ROW)).errors[0].why == rules.TAKEN
    with pytest.raises(rules.RowsWrong):
        take_in(bank, csv(ROW))


def test_an_institution_that_is_unknown_or_not_mine_is_refused(bank, seen_from):
    with seen_from(bank.other):
        report = services.check_import(data=csv(ROW, row(institution="9", journal_no="A2")))

    assert [error.line for error in report.errors] == [2, 3]
    assert {error.why for error in report.errors} == {rules.UNKNOWN_INSTITUTION}


def test_looking_at_a_file_writes_nothing(bank):
    assert services.check_import(data=csv(ROW)).errors == []
    assert not JournalLine.objects.filter(source="import").exists()


def test_an_own_number_that_an_imported_line_holds_is_left_out(bank):
    take_in(bank, csv(row(journal_no="00000002", business_date=str(DAY))))

    assert pay(bank, bank.payer, bank.payee, 1).journal_no == "00000003"
    assert selectors.differences(first=DAY, last=DAY) == ()


@pytest.mark.parametrize(
    ("data", "refusal"),
    [
        (b"", rules.WrongHeader),
        (b"a,b\n1,2", rules.WrongHeader),
        (HEAD.encode(), rules.NoRows),
        (b"\xff\xff\xff", rules.NotCsv),
        (HEAD.encode() + b"\n\x00", rules.NotCsv),
        (HEAD.encode() + b'\n"open', rules.NotCsv),
        (b"x" * (rules.BYTES_MAX + 1), rules.FileTooLarge),
    ],
)
def test_what_is_no_journal_is_refused(bank, data, refusal):
    with pytest.raises(refusal):
        services.check_import(data=data)


def test_too_many_rows_are_refused(monkeypatch, bank):
    monkeypatch.setattr(_importing, "ROWS_MAX", 2)

    with pytest.raises(rules.FileTooLarge):
        services.check_import(data=csv(ROW, ROW, ROW))


def test_a_short_row_is_told(bank):
    (error,) = services.check_import(data=csv("1,2,3")).errors

    assert (error.line, error.why) == (2, _importing.WRONG_COUNT)


ADDRESS = reverse("ledger:import_journal")


def send(window, step: str, data: bytes):
    return window.post(ADDRESS, {"file": SimpleUploadedFile("a.csv", data), "step": step})


def test_the_page_looks_first_and_takes_in_then(bank, desk, centre):
    window = desk(centre, "audit_lead")
    assert window.get(ADDRESS).status_code == 200

    looked = send(window, "check", csv(ROW))
    assert "每一行都正确" in looked.content.decode()
    assert not JournalLine.objects.filter(source="import").exists()

    taken = send(window, "import", csv(ROW))
    assert "全部导入" in taken.content.decode()
    assert JournalLine.objects.filter(source="import").count() == 1


def test_the_page_shows_each_wrong_row(bank, desk, centre):
    window = desk(centre, "audit_lead")

    page = send(window, "check", csv(row(amount="x"), row(journal_no="-")))

    assert [error.line for error in page.context["report"].errors] == [2, 3]
    assert "格式不符合该列要求" in page.content.decode()


@pytest.mark.parametrize(
    ("step", "data"), [("import", csv(row(amount="x"))), ("check", b"\xff")], ids=["rows", "text"]
)
def test_the_page_shows_a_refusal_beside_the_file(desk, centre, step, data):
    page = send(desk(centre, "audit_lead"), step, data)

    assert page.status_code == 422
    assert "op-errors" in page.content.decode()


def test_a_teller_takes_in_nothing(bank, desk):
    assert desk(bank.outlet, "teller").get(ADDRESS).status_code == 403
