"""The recogniser of the reading child: what it sees in a line, column by column.

It is loaded by `_forms_child.py` from its own folder and knows nothing of the platform.
"""

from __future__ import annotations

import base64
import functools
import struct
import zlib
from importlib.resources import files
from typing import Any

import cv2
import numpy as np

HEIGHT_PX = 48
# Signs further than so many nats below the best one of a column are not kept.
DEPTH_NATS = 14
SIGNS_PER_COLUMN = 24


class Recogniser:
    """The recogniser of PP-OCRv6 by itself: a line of text in, chances of signs by column out."""

    def __init__(self) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        model = files("rapidocr") / "models" / "PP-OCRv6_rec_small.onnx"
        self.session = onnxruntime.InferenceSession(
            model.read_bytes(), options, providers=["CPUExecutionProvider"]
        )
        self.entry = self.session.get_inputs()[0].name
        signs = self.session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self.signs = ["", *signs, " "]
        self.points = np.array(
            [ord(sign) if len(sign) == 1 and ord(sign) < 65536 else 65535 for sign in self.signs],
            np.uint16,
        )
        self.points[0] = 0

    def chances(self, line: Any) -> Any:
        """Return the chance of each sign in each column of a line's picture."""
        high, wide = line.shape[:2]
        width = max(64, -(-HEIGHT_PX * wide // high))
        picture = cv2.cvtColor(cv2.resize(line, (width, HEIGHT_PX)), cv2.COLOR_GRAY2BGR)
        room = -(-width // 32) * 32
        entry = np.zeros((1, 3, HEIGHT_PX, room), np.float32)
        entry[0, :, :, :width] = picture.astype(np.float32).transpose(2, 0, 1) / 127.5 - 1
        found = self.session.run(None, {self.entry: entry})[0][0]
        return found[: min(len(found), -(-len(found) * width // room) + 1)]

    def read(self, line: Any) -> dict[str, Any]:
        """Return a line's text, how sure its least sure sign is (0–100), and its columns packed."""
        chances = self.chances(line)
        return {**self.text(chances), "frames": packed(chances, self.points)}

    def text(self, chances: Any) -> dict[str, Any]:
        """Return what is read when the most likely sign of each column is believed."""
        best, before, text, sure = chances.argmax(1), 0, [], []
        for column, sign in enumerate(best):
            chance = float(chances[column, sign])
            if sign and sign != before:
                text.append(self.signs[sign] if sign < len(self.signs) else " ")
                sure.append(chance)
            elif sign and sure:
                sure[-1] = max(sure[-1], chance)
            before = sign
        told = "".join(text)
        shown = [chance for sign, chance in zip(text, sure, strict=True) if sign.strip()]
        return {"text": told.strip(), "confidence": round(min(shown, default=0.0) * 100)}


@functools.cache
def recogniser() -> Recogniser:
    """Return the one recogniser of this process."""
    return Recogniser()


def packed(chances: Any, points: Any) -> str:
    """Return the columns as text: for each the signs near its best one and how far below they are.

    Number of columns; signs of each; their code points; their distance in sixteenths of a nat.
    """
    best = chances.max(1)
    near = chances > best[:, None] * np.exp(-DEPTH_NATS)
    counts, signs, below = [], [], []
    for column in range(len(chances)):
        there = np.flatnonzero(near[column])
        if len(there) > SIGNS_PER_COLUMN:
            order = np.argsort(chances[column, there])[::-1]
            there = there[order[:SIGNS_PER_COLUMN]]
        counts.append(len(there))
        signs.append(points[np.minimum(there, len(points) - 1)])
        below.append(np.log(best[column] / chances[column, there]) * 16)
    data = struct.pack("<H", len(counts)) + bytes(counts)
    data += np.concatenate(signs).astype("<u2").tobytes()
    data += np.concatenate(below).round().clip(0, 255).astype(np.uint8).tobytes()
    return base64.b64encode(zlib.compress(data, 6)).decode()
