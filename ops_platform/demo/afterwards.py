"""Vouchers that are scanned after posting and bear the print of the machine: of another line.

Of a day that is closed they are read and set beside the journal; those of an open day lie with the
scanning of its centre.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from foundation.imaging import gateways
from foundation.imaging.models import Batch, Frame
from foundation.imaging.services import batches
from foundation.kernel.calendar import local
from foundation.people import selectors as known
from foundation.people import services as people
from foundation.people.models import Staff
from ops_platform.demo import papers, readings, scans
from ops_platform.demo.cases import Case
from ops_platform.demo.papers import Sheet

if TYPE_CHECKING:
    from ops_platform.demo.play import Day

# So far off that no line of an outlet's day has the number.
ASTRAY = 50_000


def scan(day: Day, case: Case, *, journal_no: str, teller: Staff) -> None:
    """Let the voucher of a booked case come in with the number of no line printed on it."""
    who = day.registry.customers[case.payer]
    fields = {
        "date": day.on, "amount_fen": case.amount_fen, "name": who.name,
        "account": day.books.accounts[case.payer], "outlet": day.registry.outlets[who.outlet],
        "voucher_no": papers.voucher_no(case, day.on), "time": f"{local(case.at):%H:%M:%S}",
        "institution": who.outlet, "teller": teller.number, "trade_code": case.trade_code,
        "journal_no": f"{int(journal_no) + ASTRAY:08}",
    }  # fmt: skip
    number = day.seed * 1_000_000 + day.on.toordinal() % 1_000 * 10_000 + case.serial * 10
    (paper,) = papers.draw([Sheet("deposit", fields, number, "clean")])
    with people.acting_as_system(reason="demo scanning"):
        batch = batches.hand_over(
            institution_id=teller.institution_id, business_date=day.on, sheets=1, by=teller,
            at=case.at,
        )  # fmt: skip
        file, _new = batches.receive(
            batch_id=batch.pk, data=paper.data, name="scan-0001.jpg", by=_clerk(), at=case.at
        )
        pieces = gateways.pieces(data=paper.data)
        batches.take_apart(file_id=file.pk, pieces=pieces, refusal="", at=case.at)
        for frame in Frame.objects.filter(file=file).order_by("number"):
            readings.record(page_id=frame.page_id, paper=paper, at=case.at)


def end_scans(*, on: date, at: datetime) -> None:
    """Let the scanning of a day end: what came in is all that was listed."""
    for batch in Batch.objects.filter(business_date=on, scanned_at=None).order_by("id"):
        batches.end_scan(batch_id=batch.pk, note="", by=_clerk(), at=at)


def _clerk() -> Staff:
    clerk = known.staff_by_number(number=scans.CLERK)
    assert clerk is not None, "the house has its scanning clerk"
    return clerk
