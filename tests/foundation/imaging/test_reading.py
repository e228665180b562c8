"""Real engines on drawn pages and on barcodes that nobody here made; and engines that die."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from foundation.imaging import gateways, rules
from foundation.imaging.gateways import _reading
from tests.foundation.imaging import drawing

BARCODES = Path(__file__).parents[2] / "data" / "barcodes"


@pytest.fixture(scope="module")
def png(scan):
    return gateways.clean_png(data=scan)


def value_of(fields, name):
    return next((field.value for field in fields if field.name == name), None)


def test_pp_ocr_reads_chinese_and_tesseract_agrees_on_the_digits(png):
    text = gateways.read_text(png=png)

    fields = rules.fields_of(lines=text.lines)
    account = next(field for field in fields if field.name == "account")
    assert text.engine == "pp-ocrv6-small"
    assert "rapidocr" in text.version
    assert value_of(fields, "payer_name") == "欧阳建国"
    assert value_of(fields, "amount_words") == "壹拾贰万叁仟肆佰伍拾陆元柒角捌分"
    assert account.value == "6228480012345678910"
    assert account.confidence >= 99
    assert rules.words_agree(fields=fields) is True


def test_boxes_lie_where_the_text_is(png):
    text = gateways.read_text(png=png)

    account = next(line for line in text.lines if "6228480012345678910" in line.text)
    left, top, wide, high = account.box
    assert 820 < left < 900
    assert 190 < top < 220
    assert wide > 350
    assert 25 < high < 60


def test_tesseract_stands_in(png):
    text = gateways.read_text(png=png, engines=(gateways.TESSERACT,))

    assert text.engine == "tesseract"
    assert any("6228480012345678910" in line.text for line in text.lines)


def test_a_reader_killed_at_work_is_replaced(png):
    gateways.read_text(png=png)
    child = _reading._reader._child  # noqa: SLF001
    assert child
    os.kill(child.pid, signal.SIGKILL)
    child.wait()

    text = gateways.read_text(png=png)

    assert text.engine == gateways.PP_OCR


def test_a_reader_that_cannot_work_makes_way_for_tesseract_and_then_for_a_failure(
    png, monkeypatch, tmp_path
):
    dying = tmp_path / "child.py"
    dying.write_text("import sys; sys.stdin.buffer.read(8); sys.exit(139)")
    monkeypatch.setattr(_reading, "CHILD", dying)
    monkeypatch.setattr(_reading, "_reader", _reading._Reader())  # noqa: SLF001

    with pytest.raises(gateways.EngineFailed, match="tesseract"):
        gateways.read_text(png=png)


def test_a_reader_that_hangs_is_ended(png, monkeypatch, tmp_path):
    hanging = tmp_path / "child.py"
    hanging.write_text("import sys, time; sys.stdin.buffer.read(); time.sleep(60)")
    monkeypatch.setattr(_reading, "CHILD", hanging)
    monkeypatch.setattr(_reading, "START_SECONDS", 0)
    monkeypatch.setattr(_reading, "PAGE_SECONDS", 1)
    monkeypatch.setattr(_reading, "_reader", _reading._Reader())  # noqa: SLF001

    with pytest.raises(gateways.EngineFailed, match="in time"):
        gateways.read_text(png=png, engines=(gateways.PP_OCR,))


def test_what_a_reader_waits_for_a_processor_does_not_count(png, monkeypatch, tmp_path):
    late = tmp_path / "child.py"
    late.write_text(
        "import sys, threading, time\n"
        "threading.Thread(target=sys.stdin.buffer.read, daemon=True).start(); time.sleep(3)\n"
        'said = b\'{"error": "late"}\'\n'
        "sys.stdout.buffer.write(len(said).to_bytes(8, 'big') + said)\n"
        "sys.stdout.flush(); time.sleep(60)"
    )
    monkeypatch.setattr(_reading, "CHILD", late)
    monkeypatch.setattr(_reading, "START_SECONDS", 0)
    monkeypatch.setattr(_reading, "PAGE_SECONDS", 1)
    monkeypatch.setattr(_reading, "_reader", _reading._Reader())  # noqa: SLF001
    began = time.monotonic()
    monkeypatch.setattr(_reading, "waited_seconds", lambda **_pid: time.monotonic() - began)

    with pytest.raises(gateways.EngineFailed, match="late"):
        gateways.read_text(png=png, engines=(gateways.PP_OCR,))


def test_a_process_that_must_wait_for_a_processor_says_how_long():
    busy = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\nwhile True: pass"
    crowd = [subprocess.Popen([sys.executable, "-c", busy]) for _ in range(3)]
    try:
        until = time.monotonic() + 30
        while _reading.waited_seconds(pid=crowd[0].pid) < 0.2 and time.monotonic() < until:
            time.sleep(0.1)
        assert _reading.waited_seconds(pid=crowd[0].pid) >= 0.2
    finally:
        for one in crowd:
            one.kill()
            one.wait()
    assert _reading.waited_seconds(pid=crowd[0].pid) == 0


@pytest.mark.parametrize("sample", sorted(BARCODES.glob("*.[pw]*")), ids=lambda path: path.stem)
def test_real_barcodes_are_read(sample):
    picture = Image.open(sample).convert("RGB")
    page = Image.new("RGB", (max(picture.width, 400) + 80, picture.height + 160), "white")
    page.paste(picture, (40, 120))

    text = gateways.read_text(png=drawing.encoded(page, "PNG"))

    assert sample.with_suffix(".txt").read_text().strip() in [code.text for code in text.codes]
    assert all(code.box[0] >= 30 for code in text.codes)


def test_an_empty_page_is_read_as_empty():
    page = drawing.encoded(Image.new("RGB", (600, 400), "white"), "PNG")

    text = gateways.read_text(png=page)

    assert text.lines == ()
    assert text.codes == ()
