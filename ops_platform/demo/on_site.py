"""Large cash paid in at one outlet of the demo: somebody there looks first, before the centre."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from authorization import services as authorization
from authorization.gateways import standard_rules
from authorization.services import Order
from foundation.imaging import tasks as imaging_tasks
from foundation.kernel.money import Money
from foundation.people import services as people
from foundation.people.models import Institution, Staff
from ops_platform.demo import cases, house, papers
from ops_platform.demo.papers import Sheet
from ops_platform.demo.play import Day

FROM_FEN, AMOUNT_FEN = 20_000_000, 26_800_000
SERIAL, BEFORE = 9_700, timedelta(minutes=3)


def rule(
    *, staff: Mapping[str, Staff], places: Mapping[str, Institution], on: date, at: datetime
) -> None:
    """Let the first outlet confirm large cash paid in on site; nothing else is asked of it."""
    shipped = next(one for one in standard_rules() if one.trade_code == cases.DEPOSIT)
    wanted = replace(
        shipped, outlet_levels=1, amount_from_fen=FROM_FEN, agent_from_fen=None, manual_id=False
    )
    row = authorization.propose_rule(
        rule=wanted, valid_from=on, reason="大额现金存入先由网点现场授权", by=staff["200010"],
        at=at, institution=places[house.outlets(1)[0].number],
    )  # fmt: skip
    authorization.approve_rules(rule_ids=[row.pk], by=staff["200011"], at=at)


def play(*, day: Day, at: datetime) -> str:
    """Let a teller of that outlet send such a deposit some minutes ago; it waits on site."""
    outlet = house.outlets(1)[0].number
    registry, teller = day.registry, day.crew.tellers[outlet][-1]
    places = [
        place
        for place, one in enumerate(registry.customers)
        if one.outlet == outlet and not one.company
    ]
    place = places[1]  # the first one's name is on a watch list
    who, sent = registry.customers[place].name, at - BEFORE
    order = Order(
        trade_code=cases.DEPOSIT, amount=Money(AMOUNT_FEN), voucher_no=f"{day.on:%m%d}{SERIAL:04}",
        payee_account=registry.accounts[place], payee_name=who, purpose="货款",
    )  # fmt: skip
    fields = {
        "date": day.on, "amount_fen": AMOUNT_FEN, "name": who, "account": order.payee_account,
        "outlet": registry.outlets[outlet], "voucher_no": order.voucher_no,
        "purpose": order.purpose,
    }  # fmt: skip
    key = UUID(int=Random(f"on_site|{day.seed}|{day.on}").getrandbits(128), version=4)
    (paper,) = papers.draw([Sheet("deposit", fields, day.seed + SERIAL, "clean")])
    with people.acting(staff=teller):
        page = authorization.attach(
            key=key, teller=teller, data=paper.data, name=f"deposit-{SERIAL}.jpg",
            image_class=paper.sheet.image_class, at=sent,
        )  # fmt: skip
        request = authorization.submit(key=key, order=order, teller=teller, at=sent)
    with people.acting_as_system(reason="demo copies"):
        if effect := imaging_tasks.make_copies(page_id=page.pk):
            effect()
    return f"{outlet}: item {request.number} waits on site"
