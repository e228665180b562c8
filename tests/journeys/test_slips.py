"""A slip by keyboard: a difference audited, answered with evidence, verified, closed, counted."""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

import pytest
from playwright.sync_api import Browser, Page, expect

from ops_platform.demo.vouchers import draw
from tests.journeys.test_back_and_audit import by_keyboard, dealt_with
from tests.journeys.test_first_item import SMALL, WIDE, person, today, watched
from tests.stack import Stack, sign_in

AUDITORS = """
SELECT s.number FROM people_staff s JOIN people_staffrole r ON r.staff_id = s.id
WHERE r.role = 'auditor' ORDER BY s.number
"""
SUPERVISOR = """
SELECT s.number FROM people_staff s JOIN people_staffrole r ON r.staff_id = s.id
JOIN monitoring_slip slip ON slip.institution_id = s.institution_id
WHERE r.role = 'outlet_supervisor' AND slip.number = '{number}'
"""
POINTS = """
SELECT i.number, (SELECT sum(p.points) FROM monitoring_slippoint p
    WHERE p.institution_id = i.id AND to_char(p.on, 'YYYYMM') = to_char(slip.issued_on, 'YYYYMM'))
FROM monitoring_slip slip JOIN people_institution i ON i.id = slip.institution_id
WHERE slip.number = '{number}'
"""


@pytest.fixture(autouse=True)
def closed_afterwards(chromium: Browser):
    """Leave no desk open that would take the items of the next test."""
    yield
    for context in chromium.contexts:
        context.close()


def evidence(folder: Path, stack: Stack) -> str:
    """Draw the voucher that the customer has signed anew: another for each test."""
    seed = 9_000_000 + crc32(folder.name.encode()) % 900_000
    fields = {
        "date": today(stack), "amount_fen": 7_310_000, "account": "6228480010000000001",
        "name": "客户", "purpose": "补正", "voucher_no": f"074{seed}", "outlet": "网点",
    }  # fmt: skip
    data, _truth = draw("withdrawal", fields, seed=seed, level="clean")
    file = folder / "evidence.jpg"
    file.write_bytes(data)
    return str(file)


def opened(page: Page, stack: Stack, number: str, *way: str) -> None:
    """Sign somebody in and walk to a slip by links."""
    sign_in(page, stack, person(stack, number))
    by_keyboard(page, "集中监控", *way)


def test_a_difference_becomes_a_slip_that_is_answered_verified_closed_and_counted(
    stack, chromium: Browser, tmp_path
):
    first, second = (row[0] for row in stack.rows(AUDITORS)[:2])
    faults: list[str] = []
    desk = watched(chromium.new_page(viewport=WIDE), faults)
    opened(desk, stack, first)
    desk.wait_for_url("**/monitoring/audit/")
    desk.wait_for_load_state()
    expect(desk.locator("form.op-audit")).to_be_visible()
    while not desk.locator("form.op-audit [name=finding]").count():
        dealt_with(desk, desk.locator("form.op-audit").get_attribute("action") or "")
    # What stands first may be a line without a voucher, of which only that can be found.
    desk.keyboard.press(desk.locator("form.op-audit [name=finding] kbd").first.inner_text())
    offered = desk.get_by_role("link", name="就上一笔结论签发单据")
    expect(offered).to_be_visible(timeout=15_000)
    desk.keyboard.press("F6")
    desk.wait_for_url("**/monitoring/slips/new/**")
    desk.keyboard.press("F9")
    desk.wait_for_url("**/monitoring/slip/**")
    number = desk.url.rstrip("/").rpartition("/")[2]
    supervisor = stack.rows(SUPERVISOR.format(number=number))[0][0]

    outlet = watched(chromium.new_page(viewport=SMALL), faults)
    opened(outlet, stack, supervisor, "待答复单据", number)
    outlet.set_input_files("input[name=evidence]", evidence(tmp_path, stack))
    outlet.locator("[name=words]").first.focus()
    outlet.keyboard.type("已请客户重新填写凭证并签名")
    with outlet.expect_navigation():
        outlet.keyboard.press("F9")
    assert outlet.locator(".op-errors").all_inner_texts() == []
    expect(outlet.locator(".op-sub")).to_contain_text("已整改", timeout=15_000)

    check = watched(chromium.new_page(viewport=WIDE), faults)
    sign_in(check, stack, person(stack, second))
    check.goto(f"{stack.address}/monitoring/slips/")  # the desk shows no other pages
    by_keyboard(check, number)
    expect(check.locator("ops-viewer img").first).to_be_visible(timeout=15_000)
    check.keyboard.press("F10")
    expect(check.locator(".op-sub")).to_contain_text("已核验", timeout=15_000)
    check.keyboard.press("F10")
    expect(check.locator(".op-sub")).to_contain_text("已关闭", timeout=15_000)

    board = watched(chromium.new_page(viewport=WIDE), faults)
    opened(board, stack, "200010", "网点得分")
    ((place, points),) = stack.rows(POINTS.format(number=number))
    row = board.locator(f"tr[data-row='{place}']")
    expect(row.get_by_role("link", name=str(points), exact=True).first).to_be_visible()
    assert points >= 3
    assert faults == []
