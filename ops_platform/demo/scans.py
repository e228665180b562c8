"""Vouchers of today as outlets hand them over: one batch with its scans, one still to come."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from PIL import Image

from foundation.imaging.services import batches
from foundation.kernel.calendar import local
from foundation.ledger import selectors as ledger
from foundation.ledger.models import JournalLine
from foundation.people import services as people
from foundation.people.models import Institution, Staff
from monitoring.selectors import settling as monitoring
from ops_platform.demo import house, vouchers

SHEETS, TO_COME = 3, 12
CLERK = "212001"
NUMBERS = {
    "imaging.skew_tenths_most": "20",
    "imaging.light_least": "110",
    "imaging.ink_per_mille_least": "3",
    "imaging.side_pixels_least": "1000",
    "imaging.edge_per_mille_most": "350",
    "monitoring.entry_two_from_fen": "5000000",
    "monitoring.entry_control_every": "50",
}


def play(
    *, places: Mapping[str, Institution], staff: Mapping[str, Staff], on: date, at: datetime
) -> None:
    """Hand two outlets' vouchers over; of the first some are drawn, for lines without a pair."""
    first, second = (places[place.number] for place in house.outlets(2))
    with people.acting_as_system(reason="seed_demo"):
        lines = monitoring.lines_without_pair(institution_id=first.pk, on=on)[:SHEETS]
        for place, sheets in ((first, len(lines)), (second, TO_COME)):
            supervisor = _supervisor(staff, place)
            batch = batches.hand_over(
                institution_id=place.pk, business_date=on, sheets=max(sheets, 1), duplex=False,
                by=supervisor, at=at,
            )  # fmt: skip
            if place == first and lines:
                batches.receive(
                    batch_id=batch.pk, data=_file(lines, first), name="scan-0001.tif",
                    by=staff[CLERK], at=at,
                )  # fmt: skip


def _file(lines: Sequence[JournalLine], place: Institution) -> bytes:
    """Return the vouchers of the lines as one file of a scanner."""
    pages = [Image.open(io.BytesIO(_drawn(line, place))) for line in lines]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", save_all=True, append_images=pages[1:], compression="jpeg")
    return out.getvalue()


def _drawn(line: JournalLine, place: Institution) -> bytes:
    fields = {
        "date": line.business_date, "amount_fen": line.amount_fen, "account": line.account_number,
        "name": ledger.account(number=line.account_number).name, "purpose": "家用",
        "voucher_no": line.voucher_no or line.journal_no[-8:], "outlet": place.name,
        "journal_no": line.journal_no, "time": f"{local(line.at):%H:%M:%S}",
        "institution": place.number, "teller": line.teller, "trade_code": line.trade_code,
    }  # fmt: skip
    return vouchers.draw("withdrawal", fields, seed=line.pk, level="clean")[0]


def _supervisor(staff: Mapping[str, Staff], place: Institution) -> Staff:
    return next(
        one for number, one in sorted(staff.items())
        if one.institution_id == place.pk and number.endswith("91")
    )  # fmt: skip
