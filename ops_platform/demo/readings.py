"""What a reader without a fault reads on a drawn paper, from the drawing's own truth."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from foundation.imaging import gateways, rules
from foundation.imaging import services as imaging
from foundation.imaging.rules.layouts import GRID, JOURNAL
from foundation.imaging.rules.scoring import Strip, packed
from ops_platform.demo import layouts
from ops_platform.demo.papers import Paper

SURE = 99
# The label that stands before each field on paper, as a reader needs it to know the field.
LABELS = {
    "date": "日期",
    "voucher_no": "凭证号码",
    "name": "付款人户名",
    "account": "付款人账号",
    "payee_name": "收款人户名",
    "payee_account": "收款人账号",
    "amount_words": "金额(大写)",
    "amount": "金额(小写)",
    "id_number": "证件号码",
    "mobile": "手机号码",
    "address": "联系地址",
    "purpose": "用途",
}


def record(*, page_id: int, paper: Paper, at: datetime) -> None:
    """Keep what would be read on a paper as what was read on its page."""
    imaging.record_reading(page_id=page_id, text=as_read(paper), failure="", at=at)


def as_read(paper: Paper) -> gateways.PageText:
    """Return what a reader without a fault reads on the paper, from the drawing's own truth.

    A form of the bank is read by its zones, as in earnest; of anything else the labels are known.
    """
    if paper.sheet.kind in layouts.KINDS:
        strips = tuple(_strips(paper))
        return gateways.PageText(
            "drawing", "demo", 0, tuple(strip.line for strip in strips), (),
            f"{paper.sheet.kind}.1", 100, strips,
        )  # fmt: skip
    lines = tuple(
        rules.Line(f"{LABELS[name]}：{field['text']}", SURE, tuple(field["box"]))
        for name, field in paper.truth["fields"].items()
        if name in LABELS and field["text"]
    )
    return gateways.PageText("drawing", "demo", 0, lines)


def _strips(paper: Paper) -> Iterator[Strip]:
    """Return what stands in the zones of a form, and the rows of the machine's print."""
    zones = layouts.zones_of(paper.sheet.kind)
    rows: dict[int, list[tuple[str, Sequence[int]]]] = {}
    for name, field in paper.truth["fields"].items():
        zone, text = zones.get(name), field["text"]
        if zone and text:
            text = rules.digits_of(text) if zone.kind == GRID else text
            yield _strip(zone.name, zone.kind, text, field["box"])
        elif name.startswith("journal."):
            label = "流水号:" if name == "journal.journal_no" else ""
            rows.setdefault(field["box"][1], []).append((label + text, field["box"]))
    for _top, parts in sorted(rows.items()):
        text = " ".join(text for text, _box in parts)
        yield _strip(JOURNAL, JOURNAL, text, parts[0][1])


def _strip(zone: str, kind: str, text: str, box: Sequence[int]) -> Strip:
    """Return a line of which the recogniser saw every sign, with a blank after each."""
    columns = [column for sign in text for column in ({sign: 0.0}, {"": 0.0})]
    left, top, wide, high = box
    return Strip(zone, kind, text, SURE, (left, top, wide, high), packed(columns))
