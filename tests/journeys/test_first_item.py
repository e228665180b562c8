"""The first item, by keyboard: teller, authorizer, ledger, image, OCR, match, supervisor."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ops_platform.demo.vouchers import draw
from tests.stack import Person, Stack, sign_in, until

SMALL, WIDE = {"width": 1366, "height": 768}, {"width": 1920, "height": 1080}
DECIDED = "section[aria-labelledby=t-decided] .op-kpi__n a"
CUSTOMERS = """
SELECT s.number, i.name, a.number, a.name
FROM ledger_account a
JOIN people_institution i ON i.id = a.institution_id
JOIN people_staff s ON s.institution_id = i.id
JOIN people_staffrole r ON r.staff_id = s.id AND r.role = 'teller'
WHERE a.kind = 'customer' AND a.state = 'active' AND i.kind = 'outlet' AND length(a.name) <= 4
  AND abs(a.balance_fen) - a.held_fen > 12000000
ORDER BY a.number, s.number LIMIT 1
"""


@pytest.fixture
def customer(stack: Stack) -> tuple[str, str, str, str]:
    """Find a teller with a customer who has 120,000.00 to take out."""
    rows = stack.rows(CUSTOMERS)
    assert rows, "the demo bank has no such customer"
    return rows[0]


def person(stack: Stack, number: str) -> Person:
    return next(one for one in stack.people() if one.number == number)


def authorizers(stack: Stack) -> list[str]:
    found = stack.rows(
        "SELECT s.number FROM people_staff s JOIN people_staffrole r ON r.staff_id = s.id"
        " WHERE r.role = 'authorizer' AND s.grade >= 4 ORDER BY s.number"
    )
    return [row[0] for row in found]


def today(stack: Stack) -> date:
    """Return the business day that is open."""
    found: date = stack.rows("SELECT max(date) FROM ledger_businessday WHERE state = 'open'")[0][0]
    return found


def drawn(folder: Path, day: date, customer: tuple[str, str, str, str], voucher_no: str) -> str:
    _teller, outlet, account, name = customer
    fields = {
        "date": day, "amount_fen": 6_150_000, "account": account, "name": name,
        "purpose": "家用", "voucher_no": voucher_no, "outlet": outlet,
    }  # fmt: skip
    data, _truth = draw("withdrawal", fields, seed=int(voucher_no[-4:]), level="clean")
    file = folder / "voucher.jpg"
    file.write_bytes(data)
    return str(file)


def watched(page: Page, faults: list[str]) -> Page:
    page.on("pageerror", lambda fault: faults.append(str(fault)))
    page.on(
        "console",
        lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None,
    )
    return page


def enter(page: Page, stack: Stack, voucher: str, account: str, voucher_no: str) -> str:
    """Enter a withdrawal of 61,500.00 and send it; return the item's number."""
    page.goto(f"{stack.address}/authorization/new/1002/")
    page.set_input_files("scan-capture input[type=file]", voucher)
    expect(page.locator(".op-shots a img").first).to_be_visible(timeout=15_000)
    page.locator("[name=payer_account]").focus()
    page.keyboard.type(account)
    page.keyboard.press("Enter")
    page.keyboard.type(voucher_no)
    page.keyboard.press("Enter")
    page.keyboard.type("61500")
    expect(page.locator("amount-input output")).to_contain_text("陆万壹仟伍佰元整")
    page.keyboard.press("Enter")
    page.keyboard.type("家用")
    page.keyboard.press("F9")
    page.wait_for_url(re.compile(r"/authorization/item/\d+/"))
    return page.url.rstrip("/").rpartition("/")[2]


def work_until(page: Page, number: str) -> None:
    """Decide what waits, one key each, until the item is on the desk."""
    for _ in range(12):
        if number in page.locator(".op-meta").first.inner_text():
            return
        held = page.locator("#item").get_attribute("data-item") or ""
        page.keyboard.press("F9")
        expect(page.locator("#item")).not_to_have_attribute("data-item", held, timeout=15_000)
    raise AssertionError(f"{number} never came to the desk")


def test_the_first_item_goes_the_whole_way(stack, chromium: Browser, customer, tmp_path):
    teller_number, _outlet, account, _name = customer
    voucher_no = "0744719023"
    voucher = drawn(tmp_path, today(stack), customer, voucher_no)
    faults: list[str] = []
    counter = watched(chromium.new_page(viewport=SMALL), faults)
    sign_in(counter, stack, person(stack, teller_number))

    number = enter(counter, stack, voucher, account, voucher_no)
    expect(counter.locator(".op-sub")).to_contain_text("排队中")
    counter.goto(f"{stack.address}/authorization/mine/")

    board = watched(chromium.new_page(viewport=WIDE), faults)
    sign_in(board, stack, stack.person("200010"))
    board.goto(f"{stack.address}/dashboards/live/")
    decided = int(board.locator(DECIDED).inner_text())

    desk = watched(chromium.new_page(viewport=WIDE), faults)
    sign_in(desk, stack, person(stack, authorizers(stack)[0]))
    desk.goto(f"{stack.address}/authorization/workbench/")
    work_until(desk, number)
    expect(desk.locator("ops-viewer img").first).to_be_visible()
    desk.keyboard.press("ArrowDown")
    expect(desk.locator(".op-compare tr[aria-selected=true]")).to_have_count(1)
    desk.keyboard.press("F9")

    expect(counter.locator("tr", has_text=number)).to_contain_text("已记账", timeout=15_000)
    matched = until(
        lambda: [
            row[0]
            for row in stack.rows(
                "SELECT m.result FROM monitoring_match m JOIN authorization_request r"
                f" ON r.document_id = m.document_id WHERE r.number = '{number}'"
            )
            if row[0] != "waiting"
        ],
        seconds=120,
        what="the voucher to be read and matched",
    )
    assert matched == ["matched"]
    opened_from(board, number, above=decided)
    books = stack.rows(
        "SELECT count(*), sum(p.amount_fen) FROM ledger_posting p JOIN authorization_request r"
        f" ON r.entry_id = p.entry_id WHERE r.number = '{number}'"
    )
    assert books == [(2, 0)]
    assert faults == []


def opened_from(board: Page, number: str, *, above: int) -> None:
    """See the figure rise without a hand on the page, and open it by keyboard down to the item."""
    figure = board.locator(DECIDED)
    expect(figure).not_to_have_text(str(above), timeout=15_000)
    counted = int(figure.inner_text())
    assert counted > above
    figure.focus()
    board.keyboard.press("Enter")
    expect(board.locator("#total")).to_have_text(str(counted))
    board.get_by_role("link", name=number, exact=True).focus()
    board.keyboard.press("Enter")
    expect(board.locator(".op-sub")).to_contain_text(number)


@pytest.fixture(autouse=True)
def closed_afterwards(chromium: Browser):
    """Leave no desk open that would take the items of the next test."""
    yield
    for context in chromium.contexts:
        context.close()


def test_a_rejection_takes_three_keys(stack, chromium: Browser, customer, tmp_path):
    teller_number, _outlet, account, _name = customer
    voucher = drawn(tmp_path, today(stack), customer, "0744719024")
    counter = chromium.new_page(viewport=SMALL)
    sign_in(counter, stack, person(stack, teller_number))
    number = enter(counter, stack, voucher, account, "0744719024")
    desk = chromium.new_page(viewport=SMALL)
    sign_in(desk, stack, person(stack, authorizers(stack)[1]))
    desk.goto(f"{stack.address}/authorization/workbench/")
    work_until(desk, number)

    for key in ("F10", "2", "Enter"):
        desk.keyboard.press(key)

    counter.goto(f"{stack.address}/authorization/item/{number}/")
    until(
        lambda: counter.reload() and "已拒绝" in counter.locator(".op-sub").inner_text(),
        seconds=15,
        what="the rejection to be seen at the counter",
    )
    assert stack.rows(f"SELECT reasons FROM authorization_request WHERE number = '{number}'") == [
        (["A08"],)
    ]
