"""Reads vouchers from files: which form, which fields, how sure, where; nothing is kept."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from foundation.imaging import gateways, rules
from foundation.imaging.rules import layouts as forms
from foundation.imaging.services import layouts
from foundation.kernel.errors import Refused
from foundation.people import services as people
from ops_platform.demo import layouts as demo


class Command(BaseCommand):
    """Read vouchers as the platform would, without a document for them."""

    help = "Read the fields of scanned vouchers; the layouts in use say what stands where."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Read the files and the form of the answer."""
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one JSON list of all files")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read file by file; one that cannot be read is told of and spoils none of the others."""
        blanks = self._blanks()
        told = [self._read(file, blanks) for file in options["files"]]
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
        else:
            for one in told:
                self._show(one)
        if all("error" in one for one in told):
            raise CommandError("no file could be read")

    @staticmethod
    def _blanks() -> Sequence[gateways.Blank]:
        """Return the layouts in use; where the bank has none yet, those of the demo bank."""
        with people.acting_as_system(reason="read_voucher"):
            return layouts.blanks() or demo.blanks()

    @staticmethod
    def _read(file: Path, blanks: Sequence[gateways.Blank]) -> dict[str, Any]:
        try:
            data = file.read_bytes()
            rules.check_upload(data=data)
            text = layouts.read(png=gateways.clean_png(data=data), known=blanks)
        except (OSError, Refused, gateways.EngineFailed) as error:
            return {"file": str(file), "error": str(error)}
        zones = next((blank.zones for blank in blanks if blank.key == text.layout), ())
        fields = (
            forms.fields_of_form(text.strips, zones) if zones else rules.fields_of(lines=text.lines)
        )
        return {
            "file": str(file),
            "layout": text.layout.rpartition(".")[0] or None,
            "engine": text.engine,
            "seconds": f"{text.milliseconds / 1000:.3f}",
            "fields": [
                {
                    "name": field.name,
                    "value": field.value,
                    "confidence": field.confidence,
                    "checked": field.checked,
                    "box": list(field.box),
                }
                for field in fields
            ],
            "codes": [
                {"kind": code.kind, "text": code.text, "box": list(code.box)} for code in text.codes
            ],
            "lines": [
                {"text": line.text, "confidence": line.confidence, "box": list(line.box)}
                for line in text.lines
            ],
        }

    def _show(self, one: dict[str, Any]) -> None:
        if "error" in one:
            self.stderr.write(f"{one['file']}: {one['error']}")
            return
        layout = one["layout"] or "no known form"
        self.stdout.write(f"{one['file']}: {layout}, {one['seconds']} s")
        for field in one["fields"]:
            self.stdout.write(f"  {field['name']:16} {field['confidence']:3} % {field['value']}")
