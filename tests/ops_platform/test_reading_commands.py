"""`read_voucher`, `read_barcodes` and `doubt_curve`: what operators and judges run on files."""

import datetime as dt
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from foundation.imaging.rules import layouts as rules
from foundation.kernel.money import Money
from ops_platform.demo import layouts, vouchers

BARCODES = Path(__file__).parents[1] / "data" / "barcodes"
ACCOUNT = "1100372000260000143"
FIELDS = {
    "date": dt.date(2026, 11, 23),
    "amount_fen": 12_345_678,
    "account": ACCOUNT,
    "name": "欧阳建国",
    "outlet": "示例市东城支行",
    "voucher_no": "11230042",
    "id_number": "110105199003071239",
    "journal_no": "112300001742",
    "time": "10:11:12",
    "institution": "110037",
    "teller": "220101",
    "trade_code": "1002",
    "pen": "sans",
}


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("vouchers") / "withdrawal.jpg"
    path.write_bytes(vouchers.draw("withdrawal", FIELDS, 5, "clean")[0])
    return path


def told(capsys, *words):
    call_command(*words)
    return json.loads(capsys.readouterr().out)


def test_a_voucher_is_read_by_its_form_with_confidence_box_and_seconds(db, file, capsys):
    (one,) = told(capsys, "read_voucher", str(file), "--json")

    assert one["layout"] == "withdrawal"
    assert float(one["seconds"]) > 0
    found = {field["name"]: field for field in one["fields"]}
    assert found["account"]["value"] == ACCOUNT
    assert found["amount"]["value"] == Money(12_345_678).format()
    assert found["amount_words"]["value"] == Money(12_345_678).capitals()
    assert found["journal_no"]["value"] == "112300001742"
    days = [
        (field["value"], field["checked"]) for field in one["fields"] if field["name"] == "date"
    ]
    assert ("2026-11-23", True) in days
    assert len(found["account"]["box"]) == 4
    assert found["account"]["confidence"] > 90


def test_a_file_that_is_no_image_spoils_no_other(db, file, tmp_path, capsys):
    bad = tmp_path / "bad.jpg"
    bad.write_bytes(b"what")
    one, other = told(capsys, "read_voucher", str(bad), str(file), "--json")

    assert "error" in one
    assert other["layout"] == "withdrawal"
    with pytest.raises(CommandError):
        call_command("read_voucher", str(bad), str(tmp_path / "none.png"))


def test_barcodes_are_read_from_files(capsys, tmp_path):
    file = next(iter(sorted(BARCODES.rglob("*.png"))))
    (one,) = told(capsys, "read_barcodes", str(file), "--json")

    assert one["codes"][0]["text"]
    with pytest.raises(CommandError):
        call_command("read_barcodes", str(tmp_path / "none.png"))


def test_a_curve_needs_settled_pairs(db):
    with pytest.raises(CommandError, match="no settled pair"):
        call_command("doubt_curve")


@pytest.mark.parametrize("kind", layouts.KINDS)
def test_every_shipped_form_has_zones_that_can_be_read(kind):
    one = layouts.shipped(kind)
    box = vouchers.forms.empty(kind)

    rules.check_zones(one.zones, width_px=box.width, height_px=box.height)
    assert {zone.name for zone in one.zones if zone.needed} >= {"journal"}
