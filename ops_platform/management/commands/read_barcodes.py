"""Reads the barcodes of files: kind, text and where; nothing is kept."""

from __future__ import annotations

import io
import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from PIL import Image

from foundation.imaging import gateways, rules
from foundation.kernel.errors import Refused


class Command(BaseCommand):
    """Read barcodes as the platform does on every page."""

    help = "Read Code 128, QR, Data Matrix, PDF417 and other codes in pictures."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read the files and the form of the answer."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one JSON list of all files")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read file by file; one that is no picture is told of and spoils none of the others."""
        told = [self._read(file) for file in options["files"]]
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            for one in told:
                for code in one.get("codes", ()):
                    self.stdout.write(f"{one['file']}: {code['kind']} {code['text']}")
                if "error" in one:
                    self.stderr.write(f"{one['file']}: {one['error']}")
        if all("error" in one for one in told):
            raise CommandError("no file could be read")

    @staticmethod
    def _read(file: Path) -> dict[str, Any]:
        try:
            read = gateways.read_codes(png=gateways.clean_png(data=as_page(file.read_bytes())))
        except (OSError, Refused, gateways.EngineFailed) as error:
            return {"file": str(file), "error": str(error)}
        return {
            "file": str(file),
            "seconds": f"{read.milliseconds / 1000:.3f}",
            "codes": [
                {"kind": code.kind, "text": code.text, "box": list(code.box)} for code in read.codes
            ],
        }


def as_page(data: bytes) -> bytes:
    """Return a picture of another common format as a PNG; a page stays as it is."""
    if data.startswith(rules.MAGIC):
        return data
    out = io.BytesIO()
    with Image.open(io.BytesIO(data), formats=("WEBP", "GIF", "BMP")) as picture:
        picture.convert("RGB").save(out, "PNG")
    return out.getvalue()
