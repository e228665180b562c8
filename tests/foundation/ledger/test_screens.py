"""The pages in a real browser: nobody is shut out, and a file is looked at without leaving."""

from __future__ import annotations

import pytest

from foundation.people import services
from tests.factories import ledger as factory
from tests.factories import people
from tests.factories.ledger import pay

pytestmark = pytest.mark.slow


@pytest.fixture
def screen(browse):
    bank = factory.bank()
    with services.acting_as_system(reason="test"):
        entry = pay(bank, bank.payer, bank.far_payee, 12_345)
        centre = services.open_institution(
            number="110199", name="监控中心", kind="centre", parent=bank.branch
        )
        lead = people.staff(centre, "audit_lead", name="陈明")
    return bank, entry, browse(lead)


def test_a_file_is_checked_and_taken_in_without_choosing_it_twice(screen):
    _bank, _entry, page = screen
    head = "institution,business_date,journal_no,time,teller,trade_code,account,side,amount"
    row = "110101,2026-11-20,A1,09:00:00,1,1002,62284,debit,5.00,CNY,,"
    data = f"{head},currency,counter_account,voucher_no\n{row}".encode()
    page.goto("/ledger/import/")
    page.set_input_files("#id_file", {"name": "a.csv", "mimeType": "text/csv", "buffer": data})

    page.click("button[value=check]")
    page.wait_for_selector("#report .op-ok")
    page.click("button[value=import]")
    page.wait_for_selector("#report :text('已全部导入')")
