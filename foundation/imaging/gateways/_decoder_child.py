"""The child that opens foreign image bytes: small, limited, and gone after one job.

Its parent is started by path with `python -I`, so it knows neither Django nor this project, loads
the decoders and forks a child for each line handed to it. The child reads order and bytes from the
line, does one job, and answers with one JSON line followed by the blobs.
"""

from __future__ import annotations

import gc
import io
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
    image = opened(data, order)
    kind = "JPEG" if image.format == "MPO" else image.format
    picture = upright(image)
    told = {"format": kind, "width": picture.width, "height": picture.height}
    if order["job"] == "examine":
        return told | {"looks": looks(picture)}, []
    if order["job"] == "copies":
        return told, [webp(picture, **sizes) for sizes in order["copies"]]
    if order["job"] == "marked":
        return told, [marked(picture, order)]
    return told, [png(picture)]


def answer(line: socket.socket) -> None:
    """Answer one order; every failure is a named word, never a traceback with foreign text."""
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
