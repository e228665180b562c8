"""One sheet of a scanned batch says another amount: from the hand-over list to the outlet's score.

The outlet hands over, a clerk scans, workers read and match, an auditor confirms and issues a
slip, the outlet answers with evidence, another auditor checks it, and the figures follow.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from foundation.kernel.calendar import local
from ops_platform.demo.vouchers import draw
from tests.journeys.test_back_and_audit import by_keyboard, dealt_with
from tests.journeys.test_first_item import SMALL, WIDE, person, today, watched
from tests.journeys.test_slips import AUDITORS, evidence
from tests.stack import Stack, sign_in, until

TOO_MUCH_FEN, SHEETS = 90_000, 2
# The demo day's own vouchers are read first.
PATIENCE_MS = 300_000
# An outlet of whose day nothing was scanned yet, and cash lines of it without a voucher.
PLACES = """
SELECT l.institution_id, i.number, i.name, s.number
FROM ledger_journalline l
JOIN ledger_account a ON a.number = l.account_number AND a.kind = 'customer'
JOIN people_institution i ON i.id = l.institution_id AND i.kind = 'outlet'
JOIN people_staff s ON s.institution_id = i.id
JOIN people_staffrole r ON r.staff_id = s.id AND r.role = 'outlet_supervisor'
WHERE l.business_date = '{on}' AND l.trade_code IN ('1001', '1002')
  AND NOT EXISTS (SELECT 1 FROM ledger_account c
    WHERE c.number = l.counter_account AND c.kind = 'customer')
  AND NOT EXISTS (SELECT 1 FROM imaging_batch b
    WHERE b.institution_id = i.id AND b.state <> 'handed_over')
  AND NOT EXISTS (SELECT 1 FROM monitoring_match m WHERE m.institution_id = l.institution_id
    AND m.business_date = l.business_date AND m.journal_no = l.journal_no)
GROUP BY 1, 2, 3, 4 HAVING count(*) >= {sheets} ORDER BY count(*), 2, 4 LIMIT 1
"""
LINES = """
SELECT l.id, l.journal_no, l.at, l.teller, l.trade_code, l.account_number, l.amount_fen,
       l.voucher_no, a.name
FROM ledger_journalline l JOIN ledger_account a ON a.number = l.account_number
WHERE l.institution_id = {place} AND l.business_date = '{on}' AND a.kind = 'customer'
  AND l.trade_code IN ('1001', '1002')
  AND NOT EXISTS (SELECT 1 FROM ledger_account c
    WHERE c.number = l.counter_account AND c.kind = 'customer')
  AND NOT EXISTS (SELECT 1 FROM monitoring_match m WHERE m.institution_id = l.institution_id
    AND m.business_date = l.business_date AND m.journal_no = l.journal_no)
ORDER BY l.at, l.journal_no LIMIT {sheets}
"""
PAIR = """
SELECT m.id, m.state, m.result FROM monitoring_match m
WHERE m.institution_id = {place} AND m.business_date = '{on}' AND m.journal_no = '{journal_no}'
"""
MONTH = """
SELECT count(*) FILTER (WHERE kind = 'error' AND state <> 'revoked'),
  (SELECT coalesce(sum(points), 0) FROM monitoring_slippoint p
   WHERE p.institution_id = {place} AND p.on >= date_trunc('month', '{on}'::date))
FROM monitoring_slip WHERE institution_id = {place}
  AND issued_on >= date_trunc('month', '{on}'::date)
"""


class Line(NamedTuple):
    """A journal line for which a voucher is drawn."""

    pk: int
    journal_no: str
    at: Any
    teller: str
    trade_code: str
    account: str
    fen: int
    voucher_no: str
    name: str


class Place(NamedTuple):
    """The outlet of the walk, and who supervises it."""

    pk: int
    number: str
    name: str
    supervisor: str


@pytest.fixture(autouse=True)
def closed_afterwards(chromium: Browser):
    """Leave no desk open that would take the items of the next test."""
    yield
    for context in chromium.contexts:
        context.close()


def sheet(line: Line, place: Place, on: date, *, more_fen: int) -> Image.Image:
    fen = line.fen + more_fen
    fields = {
        "date": on, "amount_fen": fen, "amount_words_fen": fen, "account": line.account,
        "name": line.name, "purpose": "家用", "outlet": place.name, "journal_no": line.journal_no,
        "voucher_no": line.voucher_no or line.journal_no[-8:],
        "time": f"{local(line.at):%H:%M:%S}", "institution": place.number, "teller": line.teller,
        "trade_code": line.trade_code,
    }  # fmt: skip
    return Image.open(io.BytesIO(draw("withdrawal", fields, seed=line.pk, level="clean")[0]))


def scanned(folder: Path, place: Place, lines: Sequence[Line], on: date) -> str:
    """Return the scanner's file of the lines' vouchers; the first says more than was booked."""
    pages = [
        sheet(line, place, on, more_fen=0 if turn else TOO_MUCH_FEN)
        for turn, line in enumerate(lines)
    ]
    file = folder / "scan-0001.tif"
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:], compression="jpeg")
    return str(file)


def test_a_planted_error_is_found_answered_closed_and_costs_the_outlet_points(
    stack: Stack, chromium: Browser, tmp_path: Path
):
    on, faults = today(stack), []
    place = Place(*stack.rows(PLACES.format(on=on, sheets=SHEETS))[0])
    asked = LINES.format(place=place.pk, on=on, sheets=SHEETS)
    lines = [Line(*row) for row in stack.rows(asked)]
    before = stack.rows(MONTH.format(place=place.pk, on=on))[0]
    first, second = (row[0] for row in stack.rows(AUDITORS)[:2])

    outlet = opened(chromium, stack, place.supervisor, faults, view=SMALL)
    batch = handed_over(outlet, on)
    clerk = opened(chromium, stack, "212001", faults)
    scan(clerk, stack, batch, scanned(tmp_path, place, lines, on))
    differing = differs(stack, place, on, lines)

    desk = opened(chromium, stack, first, faults)
    number = confirmed_and_issued(desk, stack, differing)
    answered(outlet, number, evidence(tmp_path, stack))
    checked(opened(chromium, stack, second, faults), stack, number)

    after = counted(outlet, stack, place, on)
    assert after == (before[0] + 1, before[1] + 3)
    assert faults == []


def opened(
    chromium: Browser, stack: Stack, number: str, faults: list[str], view: Any = WIDE
) -> Page:
    page = watched(chromium.new_page(viewport=view), faults)
    sign_in(page, stack, person(stack, number))
    return page


def handed_over(outlet: Page, on: date) -> str:
    """Hand the day over as the outlet does, fetch the cover sheet; return the batch's number."""
    by_keyboard(outlet, "集中监控", "凭证批次", "凭证交接")
    expect(outlet.locator("[name=business_date]")).to_have_value(str(on))
    outlet.locator("[name=sheets]").focus()
    outlet.keyboard.type(str(SHEETS))
    outlet.keyboard.press("Enter")
    outlet.wait_for_url(re.compile(r"/imaging/batch/\d+/"))
    with outlet.expect_download() as cover:
        outlet.get_by_role("link", name="批次封面").click()
    assert cover.value.suggested_filename.endswith(".pdf")
    return outlet.locator(".op-sub .op-num").first.inner_text()


def scan(clerk: Page, stack: Stack, batch: str, file: str) -> None:
    """Upload the file, see it taken apart without a hand, end the scanning, see it matched."""
    clerk.goto(f"{stack.address}/imaging/batches/")
    by_keyboard(clerk, batch)
    clerk.set_input_files("[name=scans]", file)
    clerk.get_by_role("button", name="上传").click()
    pages = clerk.locator("a[data-row=page]")
    expect(pages).to_have_count(SHEETS, timeout=PATIENCE_MS)
    clerk.get_by_role("button", name="全部扫描完毕").click()
    expect(clerk.locator("ops-live .op-card").first).to_contain_text("已勾对", timeout=PATIENCE_MS)


def differs(stack: Stack, place: Place, on: date, lines: Sequence[Line]) -> int:
    """Return the pair of the planted error; the other sheets are matched by the machine."""
    found = [
        stack.rows(PAIR.format(place=place.pk, on=on, journal_no=line.journal_no))[0]
        for line in lines
    ]
    assert [row[1:] for row in found] == [
        ("open", "amount_diff"), *[("matched", "matched")] * (SHEETS - 1)
    ]  # fmt: skip
    return int(found[0][0])


def confirmed_and_issued(desk: Page, stack: Stack, match_id: int) -> str:
    """Confirm what waits until the pair comes, confirm it, and issue the slip about it."""
    by_keyboard(desk, "集中监控")
    desk.wait_for_url("**/monitoring/audit/")
    form = desk.locator("form.op-audit")
    for _ in range(60):
        held = form.get_attribute("action") or ""
        if held.endswith(f"/{match_id}/"):
            break
        dealt_with(desk, held)
    expect(desk.locator("ops-viewer img").first).to_be_visible(timeout=15_000)
    desk.keyboard.press("1")
    expect(desk.locator(f"form.op-audit[action$='/{match_id}/']")).to_have_count(0, timeout=15_000)
    expect(desk.get_by_role("link", name="就上一笔结论签发单据")).to_be_visible(timeout=15_000)
    desk.keyboard.press("F6")
    desk.wait_for_url("**/monitoring/slips/new/**")
    desk.keyboard.press("F9")
    desk.wait_for_url("**/monitoring/slip/**")
    return desk.url.rstrip("/").rpartition("/")[2]


def answered(outlet: Page, number: str, picture: str) -> None:
    """Acknowledge, begin, and answer with a picture."""
    by_keyboard(outlet, "集中监控", "待答复单据", number)
    told = outlet.locator(".op-sub")
    for state in ("已确认", "整改中"):
        expect(outlet.locator("ops-viewer img").first).to_be_visible(timeout=30_000)
        outlet.keyboard.press("F6")
        expect(told).to_contain_text(state, timeout=30_000)
    expect(outlet.locator("ops-viewer img").first).to_be_visible(timeout=30_000)
    outlet.set_input_files("input[name=evidence]", picture)
    outlet.locator("[name=words]").first.focus()
    outlet.keyboard.type("凭证金额有误，已请客户重新填写并签名")
    outlet.keyboard.press("F9")
    expect(told).to_contain_text("已整改", timeout=30_000)


def checked(check: Page, stack: Stack, number: str) -> None:
    """Look at the evidence, verify and close."""
    check.goto(f"{stack.address}/monitoring/slips/")  # the desk shows no other pages
    by_keyboard(check, number)
    for state in ("已核验", "已关闭"):
        expect(check.locator("ops-viewer img").first).to_be_visible(timeout=30_000)
        check.keyboard.press("F10")
        expect(check.locator(".op-sub")).to_contain_text(state, timeout=30_000)


def counted(outlet: Page, stack: Stack, place: Place, on: date) -> tuple[int, int]:
    """See the outlet's row of the score; the database counts the same errors and points."""
    by_keyboard(outlet, "集中监控", "网点得分")
    outlet.wait_for_url("**/monitoring/score/**")
    errors, points = stack.rows(MONTH.format(place=place.pk, on=on))[0]
    cells = outlet.locator(f"tr[data-row='{place.number}'] td")
    assert cells.nth(8).inner_text() == str(errors)
    assert cells.nth(10).inner_text() == str(points)
    by_keyboard(outlet, "网点日勾对")
    outlet.wait_for_url("**/monitoring/day/**")
    shown = until(
        lambda: [int(n) for n in outlet.locator("td a[data-figure]").all_inner_texts()],
        seconds=15,
        what="the outlet's day",
    )
    (pairs,) = stack.rows(
        f"SELECT count(*) FROM monitoring_match WHERE institution_id = {place.pk}"
        f" AND business_date = '{on}'"
    )
    assert shown[-1] == pairs[0] == sum(shown[:-1])
    return int(errors), int(points)
