"""A teller of the demo finds a posting of this day wrong: its cancellation waits for a lead."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from authorization import rules
from authorization import services as authorization
from authorization.models import Request
from authorization.rules import correcting
from authorization.services import Order
from foundation.imaging import tasks as imaging_tasks
from foundation.people import services as people
from ops_platform.demo import cases, papers
from ops_platform.demo.papers import Sheet
from ops_platform.demo.play import Day

SERIAL, BEFORE = 9_710, timedelta(seconds=40)
WHY = "客户存取款方向录错"


def play(*, day: Day, at: datetime) -> str:
    """Let the teller of the smallest withdrawal of the day take it back."""
    with people.acting_as_system(reason="demo"):
        posted = Request.objects.select_related("teller__institution").filter(
            business_date=day.on, state=rules.POSTED, trade_code=cases.WITHDRAWAL
        )
        wrong = posted.order_by("amount_fen", "-id").first()
    if wrong is None:
        return "no withdrawal to take back"
    teller, sent, outlet = wrong.teller, at - BEFORE, wrong.teller.institution.number
    with people.acting(staff=teller):
        order = Order(
            trade_code=correcting.SAME_DAY, amount=wrong.amount, purpose=WHY,
            voucher_no=f"{day.on:%m%d}{SERIAL:04}", corrects=wrong.number,
        )  # fmt: skip
        fields = {
            "date": day.on, "amount_fen": wrong.amount_fen, "name": wrong.payer_name,
            "account": wrong.payer_account, "outlet": day.registry.outlets[outlet],
            "voucher_no": order.voucher_no,
        }  # fmt: skip
        # A red voucher: on the form of what it takes back.
        (paper,) = papers.draw([Sheet("withdrawal", fields, day.seed + SERIAL, "clean")])
        key = UUID(int=Random(f"taking_back|{day.seed}|{day.on}").getrandbits(128), version=4)
        page = authorization.attach(
            key=key, teller=teller, data=paper.data, name=f"red-{SERIAL}.jpg",
            image_class=paper.sheet.image_class, at=sent,
        )  # fmt: skip
        request = authorization.submit(key=key, order=order, teller=teller, at=sent)
    with people.acting_as_system(reason="demo copies"):
        if effect := imaging_tasks.make_copies(page_id=page.pk):
            effect()
    return f"{outlet}: item {request.number} takes {wrong.number} back"
