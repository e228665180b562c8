"""One measured row, the table of many, and the file they are merged into."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Row:
    """Our figure beside the peer's: what ran next to it in the same run, or the limit."""

    bench: str
    case: str
    ours: Decimal
    unit: str
    peer: str
    peer_value: Decimal
    ratio: Decimal
    target: str
    met: bool


def compared(
    *,
    bench: str,
    case: str,
    ours: Decimal,
    unit: str,
    peer: str,
    peer_value: Decimal,
    most: Decimal,
) -> Row:
    """Return a row whose target is that ours is at most so many times the peer's."""
    ratio = (ours / peer_value).quantize(Decimal("0.01")) if peer_value else Decimal(0)
    return Row(
        bench=bench,
        case=case,
        ours=ours,
        unit=unit,
        peer=peer,
        peer_value=peer_value,
        ratio=ratio,
        target=f"<= {most} x",
        met=bool(peer_value) and ours <= peer_value * most,
    )


def at_least(
    *,
    bench: str,
    case: str,
    ours: Decimal,
    unit: str,
    peer: str,
    peer_value: Decimal,
    least: Decimal,
) -> Row:
    """Return a row whose target is that ours is at least so many times the peer's."""
    return Row(
        bench=bench,
        case=case,
        ours=ours,
        unit=unit,
        peer=peer,
        peer_value=peer_value,
        ratio=(ours / peer_value).quantize(Decimal("0.01")) if peer_value else Decimal(0),
        target=f">= {least} x",
        met=bool(peer_value) and ours >= peer_value * least,
    )


def limited(*, bench: str, case: str, ours: Decimal, unit: str, most: Decimal) -> Row:
    """Return a row whose target is a limit; the limit stands in the peer's place."""
    return Row(
        bench=bench,
        case=case,
        ours=ours,
        unit=unit,
        peer="limit",
        peer_value=most,
        ratio=(ours / most).quantize(Decimal("0.01")),
        target=f"<= {most} {unit}",
        met=ours <= most,
    )


def percentile(values: Sequence[Decimal], percent: int) -> Decimal:
    """Return the value that so many percent of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def table(rows: Iterable[Row]) -> str:
    """Return the rows as a table for people."""
    lines = [f"{'bench':<8} {'case':<68} {'ours':>10} {'peer':>10} {'ratio':>7}  target     met"]
    for row in rows:
        ours, peer = f"{row.ours} {row.unit}", f"{row.peer_value} {row.unit}"
        met = "yes" if row.met else "NO"
        lines.append(
            f"{row.bench:<8} {row.case:<68} {ours:>10} {peer:>10} {row.ratio:>7}  "
            f"{row.target:<10} {met}"
        )
    return "\n".join(lines) + "\n"


def merge(path: Path, rows: Sequence[Row]) -> None:
    """Put the rows in the file, in place of what the same benches wrote before."""
    measured = {row.bench for row in rows}
    kept = [row for row in _read(path) if row["bench"] not in measured]
    fresh = [{name: _plain(value) for name, value in asdict(row).items()} for row in rows]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept + fresh, ensure_ascii=False, indent=1) + "\n")


def _read(path: Path) -> list[dict[str, Any]]:
    try:
        found: list[dict[str, Any]] = json.loads(path.read_text())
    except (OSError, ValueError):
        return []
    return found


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else json.loads(f"{value:.3f}")
    return value
