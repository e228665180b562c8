"""The child that opens foreign image bytes: small, limited, and gone after one job.

Its parent is started by path with `python -I`, so it knows neither Django nor this project, loads
the decoders and forks a child for each line handed to it. The child reads order and bytes from the
line, does one job, and answers with a plus at once, then one JSON line followed by the blobs.
"""

from __future__ import annotations

import gc
import io
import itertools
import json
import math
import operator
import os
import resource
import signal
import socket
import warnings
from typing import Any, cast

MIB = 1024 * 1024


def limit(*, memory_mib: int, cpu_seconds: int, wall_seconds: int) -> None:
    """Cap memory and time of this process before any foreign byte is looked at."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_mib * MIB, memory_mib * MIB))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_seconds, cpu_seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(wall_seconds)


def opened(data: bytes, order: dict[str, Any]) -> Any:
    """Decode every pixel of an allowed format, or raise."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = order["pixels_max"]
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    image = Image.open(io.BytesIO(data), formats=order["formats"])
    if getattr(image, "n_frames", 1) > 1 and image.format != "MPO":
        raise ManyFrames
    image.load()
    return image


class ManyFrames(Exception):
    """The file holds several pages; which one is meant is not ours to guess."""


class Locked(Exception):
    """The PDF is locked by a password or by rights."""


class DecompressionBombPage(Exception):
    """A page of a PDF would be larger than a picture may be."""


def upright(image: Any) -> Any:
    """Return the picture as a person sees it: turned by its tag, in RGB, without any metadata."""
    from PIL import Image, ImageOps

    turned = ImageOps.exif_transpose(image)
    if turned.mode.startswith("I;16") or turned.mode in {"I", "F"}:
        low, high = cast("tuple[float, float]", turned.getextrema())
        span = max(high - low, 1)
        turned = turned.point(lambda level: (level - low) * (255 / span)).convert("L")
    if turned.mode in {"RGBA", "LA", "PA"} or "transparency" in turned.info:
        layer = turned.convert("RGBA")
        paper = Image.new("RGBA", layer.size, "white")
        paper.alpha_composite(layer)
        turned = paper
    clean = Image.new("RGB", turned.size)
    clean.paste(turned.convert("RGB"))
    return clean


def looks(picture: Any) -> str:
    """Return 1,024 bits of how the picture looks: the coarse waves of its brightness.

    A cosine transform of 96 × 96 fields, its 32 × 32 lowest waves against their median. Fewer bits
    would tell forms apart, but not two vouchers on the same form.
    """
    from PIL import Image

    side, kept = 96, 32
    grey = picture.convert("L").resize((side, side), Image.Resampling.BOX).tobytes()
    waves = [
        [math.cos(math.pi * wave * (2 * at + 1) / (2 * side)) for at in range(side)]
        for wave in range(kept)
    ]
    rows = [grey[side * row : side * (row + 1)] for row in range(side)]
    across = [[sum(map(operator.mul, row, wave)) for row in rows] for wave in waves]
    strengths = [round(sum(map(operator.mul, column, wave))) for wave in waves for column in across]
    middle = sorted(strengths)[len(strengths) // 2]
    bits = 0
    for strength in strengths:
        bits = bits << 1 | int(strength > middle)
    return f"{bits:0256x}"


def webp(picture: Any, *, side_max: int, quality: int, bytes_max: int) -> bytes:
    """Shrink and encode until it fits; a busy page gives up sharpness, never the limit."""
    from PIL import Image

    copy = picture.copy()
    copy.thumbnail((side_max, side_max), Image.Resampling.LANCZOS)
    while True:
        out = io.BytesIO()
        copy.save(out, "WEBP", quality=quality, method=3)
        if out.tell() <= bytes_max or min(copy.size) < 64:
            return out.getvalue()
        quality = max(quality - 15, 40)
        if quality == 40:
            copy = copy.resize((copy.width * 4 // 5, copy.height * 4 // 5))


def quality(picture: Any) -> dict[str, int]:
    """Return how good a scan is, from a small grey copy: skew, light, ink, broken edge, size."""
    from PIL import Image

    grey = picture.convert("L")
    grey.thumbnail((400, 400), Image.Resampling.BOX)
    steps, passed, paper = grey.histogram(), 0, 0
    while passed < grey.width * grey.height * 6 // 10:
        passed, paper = passed + steps[paper], paper + 1
    dark = grey.point([255 if level < paper * 7 // 10 else 0 for level in range(256)])
    ring = max(2, max(grey.size) // 70)
    middle = Image.new("L", (max(1, grey.width - 2 * ring), max(1, grey.height - 2 * ring)), 0)
    edge = dark.copy()
    edge.paste(middle, (ring, ring))
    border = max(1, grey.width * grey.height - middle.width * middle.height)
    ink = dark.histogram()[255] * 1000 // (grey.width * grey.height)
    return {
        "skew_tenths": skew(dark) if ink >= 5 else 0,
        "light": min(paper, 255),
        "ink_per_mille": ink,
        "edge_per_mille": min(1000, edge.histogram()[255] * 1000 // border),
        "side_pixels": max(picture.size),
    }


def skew(dark: Any) -> int:
    """Return by how many tenths of a degree lines of ink stand askew, at most five degrees."""
    found = max(range(-50, 51, 10), key=lambda tenths: (sharpness(dark, tenths), -abs(tenths)))
    near = range(found - 8, found + 9, 2)
    return max(near, key=lambda tenths: (sharpness(dark, tenths), -abs(tenths)))


def sharpness(dark: Any, tenths: int) -> int:
    """Return how much rows of ink stand out from each other once turned by so much."""
    from PIL import Image

    turned = dark.rotate(tenths / 10) if tenths else dark
    rows = turned.resize((1, dark.height), Image.Resampling.BOX).tobytes()
    return sum((one - other) ** 2 for one, other in itertools.pairwise(rows))


def codes(picture: Any) -> list[str]:
    """Return the texts of the barcodes on a page."""
    import zxingcpp

    grey = picture.convert("L")
    lines = memoryview(grey.tobytes()).cast("B", shape=[grey.height, grey.width])
    return [code.text[:80] for code in zxingcpp.read_barcodes(lines)]


def split(data: bytes, order: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Take some pictures of a file apart: each as a PNG of our own making, with its barcodes.

    A file of one picture keeps its own bytes: those are the evidence.
    """
    if data.startswith(b"%PDF-"):
        return split_pdf(data, order)
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = order["pixels_max"]
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    image = Image.open(io.BytesIO(data), formats=order["formats"])
    count = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
    first = order["first"]
    frames, blobs = [], []
    for number in range(first, min(count, first + order["most"], order["frames_max"])):
        if count > 1:
            image.seek(number)
        image.load()
        picture = upright(image)
        told = frame(picture)
        if count == 1:
            told["format"] = "JPEG" if image.format == "MPO" else image.format
        frames.append(told)
        blobs.append(png(picture) if count > 1 else b"")
    return {"count": count, "frames": frames}, blobs


def frame(picture: Any) -> dict[str, Any]:
    """Return what is told of a picture of a file that is encoded anew."""
    told = {"width": picture.width, "height": picture.height, "codes": codes(picture)}
    return told | {"looks": looks(picture), "format": "PNG"}


def split_pdf(data: bytes, order: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Draw some pages of a PDF, each as a PNG of our own making, with its barcodes.

    Only what is drawn is looked at: scripts, forms and attached files are neither run nor read.
    """
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise Locked if "password" in str(error).lower() else error from None
    if pypdfium2.raw.FPDF_GetSecurityHandlerRevision(document.raw) != -1:
        raise Locked
    count, first, scale = len(document), order["first"], order["pdf_dpi"] / 72
    frames, blobs = [], []
    for number in range(first, min(count, first + order["most"], order["frames_max"])):
        page = document[number]
        wide, high = page.get_size()
        if wide * scale * high * scale > order["pixels_max"]:
            raise DecompressionBombPage
        picture = upright(page.render(scale=scale).to_pil())
        page.close()
        frames.append(frame(picture))
        blobs.append(png(picture))
    return {"count": count, "frames": frames}, blobs


def crop(picture: Any, order: dict[str, Any]) -> bytes:
    """Return a box of the page with a little room around it, large enough to read."""
    from PIL import Image

    left, top, width, height = order["box"]
    room = max(6, height // 3)
    cut = picture.crop(
        (
            max(0, left - room),
            max(0, top - room),
            min(picture.width, left + width + room),
            min(picture.height, top + height + room),
        )
    )
    if cut.height < 90:
        by = min(4, 90 // max(1, cut.height) + 1)
        cut = cut.resize((cut.width * by, cut.height * by), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    cut.save(out, "WEBP", quality=80, method=3)
    return out.getvalue()


def png(picture: Any) -> bytes:
    """Encode without loss and quickly, for the engines that read."""
    out = io.BytesIO()
    picture.save(out, "PNG", compress_level=1)
    return out.getvalue()


def marked(picture: Any, order: dict[str, Any]) -> bytes:
    """Draw who looks and when across the page, faint and often enough to survive a crop."""
    from PIL import Image, ImageDraw, ImageFont

    size = max(16, picture.width // 60)
    font: Any = ImageFont.load_default(size)
    if order["font"]:
        font = ImageFont.truetype(order["font"], size, index=order["font_index"])
    text = order["mark"]
    wide = int(font.getlength(text)) + size * 4
    tile = Image.new("L", (wide, size * 9), 0)
    ImageDraw.Draw(tile).text((size, size), text, font=font, fill=64)
    ImageDraw.Draw(tile).text((size * 3 - wide // 2, size * 5), text, font=font, fill=64)
    ImageDraw.Draw(tile).text((size * 3 + wide // 2, size * 5), text, font=font, fill=64)
    reach = int((picture.width**2 + picture.height**2) ** 0.5) + 2
    sheet = Image.new("L", (reach, reach), 0)
    for top in range(0, reach, tile.height):
        for left in range(0, reach, tile.width):
            sheet.paste(tile, (left, top))
    sheet = sheet.rotate(24, resample=Image.Resampling.BILINEAR)
    left, top = (reach - picture.width) // 2, (reach - picture.height) // 2
    cut = sheet.crop((left, top, left + picture.width, top + picture.height))
    picture.paste((70, 70, 70), (0, 0), cut)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def work(data: bytes, order: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    """Do the one job of this process."""
    if order["job"] == "split":
        return split(data, order)
    image = opened(data, order)
    kind = "JPEG" if image.format == "MPO" else image.format
    picture = upright(image)
    told = {"format": kind, "width": picture.width, "height": picture.height}
    if order["job"] == "examine":
        return told | {"looks": looks(picture)}, []
    if order["job"] == "copies":
        told["quality"] = quality(picture)
        return told, [webp(picture, **sizes) for sizes in order["copies"]]
    if order["job"] == "crop":
        return told, [crop(picture, order)]
    if order["job"] == "marked":
        return told, [marked(picture, order)]
    return told, [png(picture)]


def answer(line: socket.socket) -> None:
    """Answer one order; every failure is a named word, never a traceback with foreign text."""
    line.sendall(b"+")
    head = taken(line, 8)
    length, size = int.from_bytes(head[:4], "big"), int.from_bytes(head[4:], "big")
    order = json.loads(taken(line, length))
    data = taken(line, size)
    limit(**{name: order[name] for name in ("memory_mib", "cpu_seconds", "wall_seconds")})
    blobs: list[bytes] = []
    try:
        told, blobs = work(data, order)
    except ManyFrames:
        told = {"error": "many_pages"}
    except Locked:
        told = {"error": "locked"}
    except MemoryError:
        told = {"error": "too_heavy"}
    except Exception as error:  # noqa: BLE001 - any failure of a foreign decoder is one answer
        bomb = "DecompressionBomb" in type(error).__name__
        told = {"error": "too_many_pixels" if bomb else "damaged"}
    told["blobs"] = [len(blob) for blob in blobs]
    line.sendall(json.dumps(told).encode() + b"\n" + b"".join(blobs))


def taken(line: socket.socket, length: int) -> bytes:
    """Take so many bytes from the line, or raise."""
    parts = bytearray()
    while len(parts) < length:
        part = line.recv(min(length - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def warm_up() -> None:
    """Load what every job needs, before there is anything foreign in this process."""
    import pypdfium2  # noqa: F401 - so that no child has to
    import zxingcpp  # noqa: F401
    from PIL import Image, ImageOps

    for kind in ("JPEG", "PNG", "TIFF", "WEBP"):
        Image.new("RGB", (8, 8)).save(io.BytesIO(), kind)
    ImageOps.exif_transpose(Image.new("RGB", (8, 8)))
    gc.collect()
    gc.freeze()


def main() -> None:
    """Fork a child for each line that is handed over; end with who asks.

    This process looks at no foreign byte: a child does, lives for one image, and ends.
    """
    warm_up()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # ended children are nobody's to fetch
    asked = socket.socket(fileno=0)
    while True:
        told, lines, _, _ = socket.recv_fds(asked, 1, 1)
        if not told:
            return
        for line in lines:
            if fork() == 0:
                asked.close()
                with socket.socket(fileno=line) as own:
                    answer(own)
                os._exit(0)
            os.close(line)


def fork() -> int:
    """Fork; where there is no room, the asker sees the line close without an answer."""
    try:
        return os.fork()
    except OSError:
        return -1


if __name__ == "__main__":
    main()
