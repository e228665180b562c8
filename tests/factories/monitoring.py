"""Posted items with their vouchers, as monitoring meets them: keyed, booked, scanned, read."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from PIL import Image

from foundation.imaging import gateways
from foundation.imaging import rules as imaging_rules
from foundation.imaging import services as imaging
from foundation.imaging.models import Document, Page
from foundation.kernel.money import Money
from foundation.ledger import selectors as ledger
from foundation.ledger import services as books
from foundation.ledger.models import JournalLine
from foundation.ledger.rules import Leg
from foundation.people.models import Institution, Staff
from monitoring import services
from monitoring.models import Match
from tests.factories import ledger as ledger_factory
from tests.factories.people import DAY, NOON

_keys = count(1)
_tints = count(1)


@dataclass(frozen=True)
class Counter:
    """An outlet with its till and a customer who has money."""

    outlet: Institution
    till: str
    customer: str


def counter(outlet: Institution) -> Counter:
    """Open the day at an outlet, its till and a customer's account with money in it."""
    books.open_day(institution_id=outlet.pk, on=DAY, at=NOON, by="t")
    till = ledger_factory.account(outlet, "1001", "库存现金", overdraft_allowed=True)
    customer = ledger_factory.account(outlet, "2011", "张三")
    place = Counter(outlet, till.number, customer.number)
    post(place, teller="000000", fen=-900_000_000)
    return place


def post(
    place: Counter, *, teller: str, fen: int, voucher_no: str = "", at: datetime = NOON
) -> JournalLine:
    """Book a withdrawal (or, below nothing, a deposit) and return its journal line."""
    posted = books.post(
        key=f"k{next(_keys)}",
        institution_id=place.outlet.pk,
        legs=[Leg(account=place.customer, fen=fen), Leg(account=place.till, fen=-fen)],
        trade_code="1002",
        teller=teller,
        business_date=DAY,
        at=at,
        voucher_no=voucher_no,
    )
    query = ledger.JournalQuery(
        first=DAY, last=DAY, institution_id=place.outlet.pk, journal_no=posted.journal_no
    )
    (line,) = ledger.journal(query=query)
    return line


def scan(place: Counter, by: Staff, *, subject: str = "imaging.batch:1") -> tuple[Document, Page]:
    """Keep one image that no other looks like."""
    document = imaging.open_document(
        institution_id=place.outlet.pk, subject=subject, kind="voucher", by=by, at=NOON
    )
    return document, add_page(document, by)


def add_page(document: Document, by: Staff) -> Page:
    """Add a page of random look to a document."""
    return imaging.add_page(
        document_id=document.pk,
        data=picture(),
        name="voucher.png",
        image_class="voucher",
        side="front",
        by=by,
        at=NOON,
    )


def picture() -> bytes:
    """Return a small picture, different every time."""
    number = next(_tints)
    image = Image.effect_noise((240, 160), 60 + number % 90)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def read(page: Page, at: datetime = NOON, *, confidence: int = 95, **fields: str) -> None:
    """Let an engine have read these fields on the page."""
    lines = [
        imaging_rules.Line(
            text=f"{LABELS[name]}：{text}", confidence=confidence, box=(10, 10 + 20 * n, 200, 18)
        )
        for n, (name, text) in enumerate(fields.items())
    ]
    text = gateways.PageText(
        engine="test", version="1", milliseconds=1, lines=tuple(lines), codes=()
    )
    imaging.record_reading(page_id=page.pk, text=text, failure="", at=at)


LABELS = {
    "amount": "小写",
    "amount_words": "大写",
    "account": "付款人账号",
    "voucher_no": "凭证号码",
    "payer_name": "付款人户名",
    "journal_no": "流水号",
    "teller": "柜员号",
    "time": "交易时间",
}


def agreeing(line: JournalLine) -> dict[str, str]:
    """Return what a voucher says that bears the line out."""
    money = Money(line.amount_fen)
    return {
        "amount": f"¥{money.format()}",
        "amount_words": money.capitals(),
        "account": line.account_number,
        "voucher_no": line.voucher_no,
    }


def difference(place: Counter, teller: Staff, *, fen: int = 120_000_00, **misread: str) -> Match:
    """Return a pair that was read and differs as told."""
    line = post(place, teller=teller.number, fen=fen, voucher_no=f"1023{next(_keys):08d}")
    document, page = scan(place, teller)
    match = services.pair(line=line, document_id=document.pk, touched=[teller.person], at=NOON)
    read(page, **{**agreeing(line), **(misread or {"amount": "¥1.00"})})
    services.match_document(document_id=document.pk, at=NOON)
    match.refresh_from_db()
    return match


def alone(place: Counter, by: Staff, *, on: date = DAY, **read_on_it: str) -> Match:
    """Return a voucher that no line stands beside, and on which this was read."""
    document, page = scan(place, by)
    if read_on_it:
        read(page, **read_on_it)
    return services.stray(document_id=document.pk, institution_id=place.outlet.pk, day=on, at=NOON)
