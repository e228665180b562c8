"""What is refused at the door, and that nothing foreign gets past it."""

import io
import os
import signal
import struct
import subprocess
import sys
import threading
import time
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image
from PIL.ExifTags import Base

from foundation.imaging import gateways, rules
from foundation.imaging.gateways import _decoding
from tests.foundation.imaging import drawing


def bomb(side):
    """Return a small PNG that claims, and truly holds, side × side black pixels."""

    def chunk(kind, body):
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    packer = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    rows = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def saved(kind, **options):
    return drawing.encoded(drawing.voucher({"户名": "张三"}, size=(400, 300)), kind, **options)


@pytest.mark.parametrize("side", [9_400, 30_000])
def test_a_picture_with_too_many_pixels_is_refused_before_it_fills_the_memory(side):
    data = bomb(side)

    assert len(data) < 300_000
    with pytest.raises(rules.TooManyPixels):
        gateways.examine(data=data)


@pytest.mark.parametrize(
    "data",
    [
        saved("GIF"),
        saved("WEBP"),
        saved("BMP"),
        b"8BPS\x00\x01" + bytes(200),
        b"%PDF-1.7 " + bytes(200),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
    ids=["gif", "webp", "bmp", "psd", "pdf", "svg"],
)
def test_another_format_named_jpg_is_no_page(data):
    with pytest.raises(rules.NotAnImage):
        gateways.examine(data=data)


def test_a_zip_is_no_page():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("scan.jpg", "x")

    with pytest.raises(rules.NotAnImage):
        gateways.examine(data=out.getvalue())


def test_the_first_bytes_alone_make_no_image():
    with pytest.raises(rules.DamagedImage):
        gateways.examine(data=b"\xff\xd8\xff\xe0" + bytes(5000))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_a_cut_off_upload_is_refused(kind):
    data = saved(kind)

    with pytest.raises(rules.DamagedImage):
        gateways.examine(data=data[: len(data) * 2 // 3])


def test_nothing_and_too_much_are_refused_without_looking():
    with pytest.raises(rules.EmptyUpload):
        gateways.examine(data=b"")
    with pytest.raises(rules.TooManyBytes):
        gateways.examine(data=b"\xff\xd8\xff" + bytes(rules.BYTES_MAX))


def test_a_dot_is_no_page():
    with pytest.raises(rules.TooSmall):
        gateways.examine(data=drawing.encoded(Image.new("RGB", (40, 900)), "PNG"))


def test_a_file_of_several_pages_is_refused():
    pages = [Image.new("L", (300, 300), shade) for shade in (0, 255)]
    data = drawing.encoded(pages[0], "TIFF", save_all=True, append_images=pages[1:])

    with pytest.raises(rules.ManyPages):
        gateways.examine(data=data)


def test_a_decoder_out_of_memory_or_time_is_a_refusal(monkeypatch):
    monkeypatch.setattr("foundation.imaging.gateways._decoding.MEMORY_MIB", 64)

    with pytest.raises(rules.TooHeavy):
        gateways.examine(data=drawing.encoded(Image.new("RGB", (4400, 4400)), "PNG"))


@pytest.fixture
def warm(monkeypatch):
    """Return a decoder of the test's own, which is ended with it."""
    own = _decoding.Decoder()
    monkeypatch.setattr(_decoding, "decoder", own)
    yield own
    own.end()


def test_a_decoder_that_hangs_is_ended(monkeypatch, tmp_path, warm):
    hanging = tmp_path / "child.py"
    hanging.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(_decoding, "CHILD", hanging)
    monkeypatch.setattr(_decoding, "WALL_SECONDS", 1)
    begun = time.monotonic()

    with pytest.raises(rules.TooHeavy):
        gateways.examine(data=saved("PNG"))

    assert time.monotonic() - begun < 30


def test_a_warm_process_that_died_is_started_again(warm):
    gateways.examine(data=saved("PNG"))
    os.kill(warm.pid, signal.SIGKILL)

    seen = [gateways.examine(data=saved("PNG")).width_px for _ in range(2)]

    assert seen == [400, 400]


def test_a_line_that_dies_with_the_warm_process_is_asked_again(warm):
    """It is killed with the line in its hands: no child was forked for the image yet."""
    gateways.examine(data=saved("PNG"))
    before = warm.pid
    os.kill(before, signal.SIGSTOP)
    killing = threading.Timer(0.3, os.kill, (before, signal.SIGKILL))
    killing.start()

    seen = gateways.examine(data=saved("PNG"))

    killing.join()
    assert (seen.width_px, warm.pid != before) == (400, True)


def test_a_line_that_no_process_ever_takes_is_refused(monkeypatch, tmp_path, warm):
    deaf = tmp_path / "child.py"
    deaf.write_text("import socket; socket.recv_fds(socket.socket(fileno=0), 1, 1)")
    monkeypatch.setattr(_decoding, "CHILD", deaf)

    with pytest.raises(rules.TooHeavy):
        gateways.examine(data=saved("PNG"))


def test_a_child_that_dies_costs_its_image_and_no_other(monkeypatch):
    """What a decoder dies of leaves the warm process as it was: it never saw the bytes."""
    gateways.examine(data=saved("PNG"))
    before = _decoding.decoder.pid
    with monkeypatch.context() as patch:
        patch.setattr(_decoding, "MEMORY_MIB", 20)
        with pytest.raises(rules.TooHeavy):
            gateways.examine(data=drawing.encoded(Image.new("RGB", (4400, 4400)), "PNG"))

    assert gateways.examine(data=saved("PNG")).height_px == 300
    assert _decoding.decoder.pid == before


def test_many_images_at_once_each_get_their_own_answer():
    sizes = [(320 + 10 * step, 300) for step in range(12)]

    def width(size):
        return gateways.examine(data=drawing.encoded(Image.new("L", size, 200), "PNG")).width_px

    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(width, sizes)) == [wide for wide, _high in sizes]


def test_nobody_is_left_behind_when_the_asker_ends():
    asker = (
        "from foundation.imaging.gateways import _decoding\n"
        "_decoding.decoder.start(); print(_decoding.decoder.pid, flush=True)\n"
        "import os; os._exit(1)\n"
    )
    told = subprocess.run(
        [sys.executable, "-c", asker], capture_output=True, check=False, text=True, timeout=60
    )
    left = Path(f"/proc/{told.stdout.strip()}")

    deadline = time.monotonic() + 20
    while left.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not left.exists()


def test_copies_carry_no_metadata_and_none_of_the_bytes_behind_the_picture():
    tags = Image.Exif()
    tags[Base.Make] = "SECRET-CAMERA"
    tags[Base.Orientation] = 6
    polyglot = saved("JPEG", exif=tags) + b"<script>alert(1)</script>PK\x03\x04"

    seen = gateways.examine(data=polyglot)
    made = gateways.copies(data=polyglot)
    marked = gateways.marked_jpeg(data=polyglot, mark="110037 李静")

    assert (seen.width_px, seen.height_px) == (300, 400), "turned upright"
    for data in (made.view, made.thumb, marked):
        assert b"SECRET" not in data
        assert b"script" not in data
        assert not Image.open(io.BytesIO(data)).getexif()


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "CMYK", "I;16"])
def test_every_way_of_storing_pixels_becomes_a_copy(mode):
    page = drawing.voucher({"户名": "张三"}, size=(400, 300))
    kind = "TIFF" if mode in {"CMYK", "I;16", "1"} else "PNG"
    picture = (
        page.convert("L").convert("I").convert("I;16") if mode == "I;16" else page.convert(mode)
    )

    made = gateways.copies(data=drawing.encoded(picture, kind))

    view = Image.open(io.BytesIO(made.view)).convert("L")
    levels = sorted(view.tobytes())
    assert levels[-1] > 200, "paper stays light"
    assert levels[0] < 90, "ink stays dark"


def test_the_view_copy_is_light_and_the_thumbnail_small(scan):
    made = gateways.copies(data=scan)

    assert len(made.view) <= 120_000
    assert max(Image.open(io.BytesIO(made.thumb)).size) == 160
    assert len(made.thumb) <= 8_000


def test_even_noise_fits_the_view_copy():
    noise = Image.effect_noise((2400, 1600), 120)

    assert len(gateways.copies(data=drawing.encoded(noise)).view) <= 120_000


def test_a_saved_again_picture_looks_the_same_and_another_voucher_does_not(scan):
    page = Image.open(io.BytesIO(scan))
    again = drawing.encoded(page.resize((1240, 874)), quality=55)
    other = drawing.voucher(drawing.WITHDRAWAL | {"账号": "6217001234567890123", "户名": "李四"})
    looks = [gateways.examine(data=data).looks for data in (scan, again, drawing.encoded(other))]

    assert rules.likeness(looks[0], looks[1]) <= rules.ALIKE_BITS_MAX
    assert rules.likeness(looks[0], looks[2]) > rules.ALIKE_BITS_MAX


def test_an_empty_back_resembles_nothing(scan):
    blank = drawing.encoded(Image.new("RGB", (1654, 1165), "white"))

    assert rules.is_blank(gateways.examine(data=blank).looks)
    assert not rules.is_blank(gateways.examine(data=scan).looks)


def test_a_file_name_is_shown_without_its_path_and_tricks():
    assert rules.clean_name("C:\\scans\\..\\a\u202egpj.exe\n") == "agpj.exe"
    assert rules.clean_name("../../etc/passwd") == "passwd"
