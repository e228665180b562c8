"""A transfer by keyboard: sent back, corrected, approved, receipt; its wrong paper audited."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ops_platform.demo.vouchers import draw
from tests.journeys.test_first_item import (
    CUSTOMERS,
    SMALL,
    WIDE,
    authorizers,
    person,
    today,
    watched,
    work_until,
)
from tests.stack import Stack, sign_in, until

VOUCHER, FEN = "0744719101", 25_800_000
PAYEE = """
SELECT a.number, a.name FROM ledger_account a
WHERE a.kind = 'customer' AND a.state = 'active' AND length(a.name) <= 4 AND a.number <> '{payer}'
ORDER BY a.number DESC LIMIT 1
"""
UNDONE = """
SELECT kind, state, attempts, run_after, count(*), left(max(last_error), 300) FROM worklist_job
WHERE state <> 'done' GROUP BY 1, 2, 3, 4 ORDER BY 5 DESC LIMIT 20
"""
RICH = CUSTOMERS.replace("12000000", "40000000")


def by_keyboard(page: Page, *names: str) -> None:
    """Follow links from where the page is, one after another, without a hand on the mouse."""
    for name in names:
        page.get_by_role("link", name=name).first.focus()
        page.keyboard.press("Enter")
        page.wait_for_load_state()


def wrong_paper(folder: Path, stack: Stack, facts: dict[str, str]) -> str:
    """Draw a transfer whose paper says 900.00 more than will be keyed."""
    fields = {
        "date": today(stack), "amount_fen": FEN + 90_000, "amount_words_fen": FEN + 90_000,
        "purpose": "货款", "voucher_no": VOUCHER, "signature": facts["name"], **facts,
    }  # fmt: skip
    data, _truth = draw("transfer", fields, seed=9101, level="clean")
    file = folder / "transfer.jpg"
    file.write_bytes(data)
    return str(file)


def dealt_with(desk: Page, held: str) -> None:
    """Confirm with its key whatever the desk shows, and see it go.

    A colleague's match by hand is accepted, of a second look is said that it agrees.
    """
    findings = desk.locator("form.op-audit [name=finding] kbd")
    keys = findings if findings.count() else desk.locator("form.op-audit button kbd")
    desk.keyboard.press(keys.first.inner_text())
    expect(desk.locator("form.op-audit")).not_to_have_attribute("action", held)


def typed(page: Page, *words: str) -> None:
    """Type field after field and send."""
    for place, word in enumerate(words):
        if place:
            page.keyboard.press("Enter")
        page.keyboard.type(word)
    page.keyboard.press("F9")


def shows(counter: Page, state: str) -> None:
    """Wait until the item's page tells of its state."""
    until(
        lambda: counter.reload() and state in counter.locator(".op-sub").inner_text(),
        seconds=30,
        what=f"the counter to see {state}",
    )


@pytest.fixture(autouse=True)
def closed_afterwards(chromium: Browser):
    """Leave no desk open that would take the items of the next test."""
    yield
    for context in chromium.contexts:
        context.close()


def test_sent_back_corrected_approved_and_audited(stack, chromium: Browser, tmp_path):
    teller, outlet, account, name = stack.rows(RICH)[0]
    payee_account, payee_name = stack.rows(PAYEE.format(payer=account))[0]
    facts = {
        "account": account, "name": name, "outlet": outlet, "payee_account": payee_account,
        "payee_name": payee_name, "payee_bank": outlet,
    }  # fmt: skip
    faults: list[str] = []
    counter = watched(chromium.new_page(viewport=SMALL), faults)
    sign_in(counter, stack, person(stack, teller))
    by_keyboard(counter, "集中授权", "新业务", "个人行内转账")
    counter.wait_for_url("**/authorization/new/1101/")
    counter.set_input_files("scan-capture input[type=file]", wrong_paper(tmp_path, stack, facts))
    expect(counter.locator(".op-shots a img").first).to_be_visible(timeout=15_000)
    counter.locator("[name=payer_account]").focus()
    typed(counter, account, payee_account, payee_name, VOUCHER, "258000", "借款")
    counter.wait_for_url(re.compile(r"/authorization/item/\d+/"))
    number = counter.url.rstrip("/").rpartition("/")[2]

    desk = watched(chromium.new_page(viewport=WIDE), faults)
    sign_in(desk, stack, person(stack, authorizers(stack)[2]))
    by_keyboard(desk, "集中授权")
    desk.wait_for_url("**/authorization/workbench/")
    work_until(desk, number)
    for key in ("F7", "1", "Enter"):
        desk.keyboard.press(key)
    shows(counter, "已退回")
    by_keyboard(counter, "补正")
    expect(counter.locator(".op-note--warn").filter(has_text="退回").first).to_be_visible()
    counter.locator("[name=purpose]").fill("货款")
    counter.keyboard.press("F9")
    counter.wait_for_url(re.compile(r"/authorization/item/\d+/"))

    work_until(desk, number)
    expect(desk.locator(".op-item")).to_contain_text("第 2 次提交")
    desk.keyboard.press("F9")
    shows(counter, "已记账")
    by_keyboard(counter, "回单")
    expect(counter.locator(".op-facts")).to_contain_text("贰拾伍万捌仟元整")
    expect(counter.locator(".op-facts")).to_contain_text(payee_name)

    audited(chromium, stack, faults, number)
    assert faults == []


def audited(chromium: Browser, stack: Stack, faults: list[str], number: str) -> None:
    """Wait for the difference that the paper makes, and let an auditor confirm it."""
    found = (
        "SELECT m.state, m.result, m.id FROM monitoring_match m JOIN authorization_request r"
        f" ON r.document_id = m.document_id WHERE r.number = '{number}'"
    )
    match_id = until(
        lambda: next((row[2] for row in stack.rows(found) if row[0] == "open"), None),
        seconds=240,
        what="the difference of the paper to be found",
        told=lambda: (stack.rows(found), stack.rows(UNDONE)),
    )
    number_of_auditor = stack.rows(
        "SELECT s.number FROM people_staff s JOIN people_staffrole r ON r.staff_id = s.id"
        " WHERE r.role = 'auditor' ORDER BY s.number LIMIT 1"
    )[0][0]
    page = watched(chromium.new_page(viewport=WIDE), faults)
    sign_in(page, stack, person(stack, number_of_auditor))
    by_keyboard(page, "集中监控")
    page.wait_for_url("**/monitoring/audit/")
    for _ in range(40):
        form = page.locator("form.op-audit")
        held = form.get_attribute("action") or ""
        if held.endswith(f"/{match_id}/"):
            break
        dealt_with(page, held)
    expect(page.locator(".op-data")).to_contain_text("258,900.00")
    page.keyboard.press("1")
    until(
        lambda: stack.rows(found)[0][:2] == ("confirmed", "amount_diff"),
        seconds=15,
        what="the finding to be kept",
    )
