"""Images that nobody here made: barcodes with their texts, receipts with their totals."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

from foundation.imaging import gateways
from foundation.imaging.rules import compact
from foundation.kernel import chance
from foundation.kernel.errors import Refused
from ops_platform.bench.rows import Row
from ops_platform.management.commands.read_barcodes import as_page

PICTURES = {".png", ".jpg", ".jpeg", ".webp"}
READ_LEAST = Decimal(85)


def run(folder: Path | None) -> list[Row]:
    """Read the folder's barcodes and receipts; without a folder say so and measure nothing."""
    if folder is None or not folder.is_dir():
        print("OPS_BENCH_DATA names no folder: foreign images are left out")  # noqa: T201
        return []
    rows = [
        _row(f"barcodes, {kind.name}", *_barcodes(kind))
        for kind in sorted((folder / "barcodes").glob("*"))
        if kind.is_dir()
    ]
    found = _receipts(sorted((folder / "receipts").glob("*.jpg")))
    for name in ("company", "date", "total"):
        share = [one[name] for one in found]
        rows.append(
            _row(f"receipts, {name} found in what is read", sum(share), len(share), Decimal(0))
        )
    return rows


def _barcodes(folder: Path) -> tuple[int, int, Decimal]:
    read = tried = 0
    for file in sorted(folder.iterdir()):
        truth = file.with_suffix(".txt")
        if file.suffix.lower() not in PICTURES or not truth.exists():
            continue
        tried += 1
        try:
            codes = gateways.read_codes(
                png=gateways.clean_png(data=as_page(file.read_bytes()))
            ).codes
        except (Refused, gateways.EngineFailed):
            continue
        wanted = _plain(truth.read_text(errors="replace"))
        read += any(_plain(code.text) == wanted for code in codes)
    return read, tried, READ_LEAST


def _plain(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable() and not sign.isspace())


def _receipts(files: Sequence[Path]) -> list[dict[str, bool]]:
    return [dict(_found(file)) for file in files]


def _found(file: Path) -> Iterator[tuple[str, bool]]:
    truth = json.loads(file.with_suffix(".json").read_text())
    text = gateways.read_text(png=gateways.clean_png(data=file.read_bytes()))
    read = compact("".join(line.text for line in text.lines)).upper()
    for name in ("company", "date", "total"):
        yield name, compact(str(truth.get(name, ""))).upper() in read


def _row(case: str, part: int, whole: int, least: Decimal) -> Row:
    share = chance.share(part=part, whole=whole)
    percent = share.percent or Decimal(0)
    return Row(
        bench="imaging", case=f"{case}: {part} of {whole}", ours=percent, unit="%",
        peer="target", peer_value=least,
        ratio=(percent / least).quantize(Decimal("0.01")) if least else Decimal(0),
        target=f">= {least} %", met=percent >= least,
    )  # fmt: skip
