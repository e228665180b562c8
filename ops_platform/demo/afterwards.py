"""Vouchers that are scanned after posting: with the print of another line, or misread.

Of a day that is closed they are read and set beside the journal; those of an open day lie with the
scanning of its centre.
"""

from __future__ import annotations

from dataclasses import replace
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
from ops_platform.demo.papers import Paper, Sheet

if TYPE_CHECKING:
    from ops_platform.demo.play import Day

# So far off that no line of an outlet's day has the number.
ASTRAY = 50_000
SCANNED = {"print_differs", "voucher_apart"}
_MISREAD = str.maketrans("0123456789", "3456789012")


def scan(day: Day, case: Case, *, journal_no: str, teller: Staff) -> str:
    """Let the voucher of a booked case come in; return the subject of its batch.

    On one the number of no line is printed. The other is as it should be, but account and numbers
    are misread, so that it stands alone beside its line until somebody traces it by hand.
    """
    apart = case.plant == "voucher_apart"
    who = day.registry.customers[case.payer]
    fields = {
        "date": day.on, "amount_fen": case.amount_fen, "name": who.name,
        "account": day.books.accounts[case.payer], "outlet": day.registry.outlets[who.outlet],
        "voucher_no": papers.voucher_no(case, day.on), "time": f"{local(case.at):%H:%M:%S}",
        "institution": who.outlet, "teller": teller.number, "trade_code": case.trade_code,
        "journal_no": journal_no if apart else _astray(journal_no),
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
            read = _misread(paper, journal_no) if apart else paper
            readings.record(page_id=frame.page_id, paper=read, at=case.at)
    subject: str = batch.trail_subject
    return subject


def _astray(journal_no: str) -> str:
    return f"{int(journal_no) + ASTRAY:08}"


def _misread(paper: Paper, journal_no: str) -> Paper:
    """Return the paper as a reader takes it who reads account and numbers wrong."""
    fields = dict(paper.truth["fields"])
    for name, text in (
        ("account", fields["account"]["text"].translate(_MISREAD)),
        ("voucher_no", fields["voucher_no"]["text"].translate(_MISREAD)),
        ("journal.journal_no", _astray(journal_no)),
    ):
        fields[name] = fields[name] | {"text": text}
    return replace(paper, truth={**paper.truth, "fields": fields})


def end_scans(*, on: date, at: datetime) -> None:
    """Let the scanning of a day end: what came in is all that was listed."""
    for batch in Batch.objects.filter(business_date=on, scanned_at=None).order_by("id"):
        batches.end_scan(batch_id=batch.pk, note="", by=_clerk(), at=at)


def _clerk() -> Staff:
    clerk = known.staff_by_number(number=scans.CLERK)
    assert clerk is not None, "the house has its scanning clerk"
    return clerk
