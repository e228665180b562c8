"""The vouchers of the demo day: the same every time, and true to what they claim."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from foundation.kernel.money import Money
from ops_platform.demo import vouchers

CASE = {
    "date": date(2026, 11, 23),
    "amount_fen": 12_345_678,
    "name": "张晓明",
    "account": "9911100110000012345",
    "payee_name": "北京燕园示例科技有限公司",
    "payee_account": "9911200120000012349",
    "id_number": "119999198803120019",
    "voucher_no": "00123456",
    "outlet": "学院南支行",
}
POSTED = {
    "journal_no": "202611230000123",
    "time": "10:23:45",
    "institution": "111001",
    "teller": "220101",
    "trade_code": "1002",
}


@pytest.mark.parametrize("kind", vouchers.KINDS)
def test_one_seed_draws_one_voucher(kind):
    first, truth = vouchers.draw(kind, CASE, seed=7)
    again, same_truth = vouchers.draw(kind, CASE, seed=7)
    other, _ = vouchers.draw(kind, CASE, seed=8)

    assert first == again
    assert truth == same_truth
    assert first != other


@pytest.mark.parametrize("kind", vouchers.KINDS)
def test_every_text_stands_inside_the_scan(kind):
    data, truth = vouchers.draw(kind, CASE | POSTED, seed=3, level="hard")

    width, height = Image.open(BytesIO(data)).size
    assert truth["size"] == [width, height]
    assert truth["fields"]
    for field in truth["fields"].values():
        x, y, w, h = field["box"]
        assert 0 <= x < x + w <= width
        assert 0 <= y < y + h <= height


def test_a_voucher_carries_the_journal_line_only_once_posted():
    _, waiting = vouchers.draw("withdrawal", CASE, seed=1)
    _, posted = vouchers.draw("withdrawal", CASE | POSTED, seed=1)

    assert not [name for name in waiting["fields"] if name.startswith("journal.")]
    assert posted["fields"]["journal.journal_no"]["text"] == "202611230000123"


def test_the_words_follow_the_figures_unless_told_otherwise():
    _, honest = vouchers.draw("withdrawal", CASE, seed=1)
    _, forged = vouchers.draw("withdrawal", CASE | {"amount_words_fen": 1_234_567}, seed=1)

    assert honest["fields"]["amount_words"]["text"] == Money(12_345_678).capitals()
    assert forged["fields"]["amount_words"]["text"] == Money(1_234_567).capitals()
    assert forged["fields"]["amount"]["text"] == "¥123,456.78"


def test_the_amount_stands_where_a_reader_by_template_looks():
    _, truth = vouchers.draw("withdrawal", CASE, seed=1, level="clean")

    zone_x, zone_y, zone_w, zone_h = vouchers.zones("withdrawal")["amount"]
    x, y, w, h = truth["fields"]["amount"]["box"]
    assert zone_x - 20 <= x < x + w <= zone_x + zone_w + 20
    assert zone_y - 20 <= y < y + h <= zone_y + zone_h + 20
